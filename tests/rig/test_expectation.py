"""The oracle of the relay: every edge explained or found, every due edge missed when it does not come."""

import tomllib
from importlib.resources import files

import pytest

from rig.clock import FOREVER, HOUR, SECOND, Span
from rig.contracts import Edge, RelayState
from rig.expectation import COMMAND, CREDIT, LOCK_OUT, OVERLOAD, Due, Expectation
from rig.interval import Interval
from rig.promises import Promises

OPEN, CLOSED, UNKNOWN = RelayState.OPEN, RelayState.CLOSED, RelayState.UNKNOWN
TABLE = tomllib.loads((files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8"))["promises"]
SETTINGS = {
    "load_limit": 2000, "over_threshold_duration": 10, "reclose_attempts": 2, "reclose_interval": 30,
    "lock_out_duration": 600, "overload_enabled": 1,
}  # fmt: skip


def expectation(closed: bool = True, allowed: bool = True, done: int = 0) -> Expectation:
    told: list[Due] = []
    return Expectation(Promises.read(TABLE, "map reference"), SETTINGS, closed, allowed, told.append, done)


def at(seconds: float) -> Span:
    instant = int(seconds * SECOND)
    return Span(instant, instant + SECOND // 100)


def edge(state: RelayState, seconds: float) -> Edge:
    return Edge(state, at(seconds))


def test_nothing_allows_an_edge_out_of_the_blue() -> None:
    oracle = expectation()
    assert "nothing allows it" in oracle.edge(edge(OPEN, 5))
    assert "nothing allows it" in oracle.edge(edge(CLOSED, 6))


def test_a_command_opens_in_its_window_and_not_later() -> None:
    oracle = expectation()
    oracle.commanded(OPEN, at(1))
    assert oracle.edge(edge(OPEN, 1.1)) == ""
    assert oracle.held_by == {COMMAND}
    oracle.commanded(CLOSED, at(2))
    assert oracle.edge(edge(CLOSED, 2.1)) == ""
    oracle.commanded(OPEN, at(3))
    assert oracle.edge(edge(OPEN, 4)) != ""


def test_a_command_that_is_not_followed_is_missed_once() -> None:
    oracle = expectation()
    oracle.commanded(OPEN, at(1))
    assert oracle.overdue(SECOND) == []
    (words,) = oracle.overdue(5 * SECOND)
    assert "remote disconnect" in words
    assert oracle.overdue(6 * SECOND) == []


def test_an_overload_trips_recloses_and_locks_out() -> None:
    oracle = expectation()
    oracle.load(at(0), Interval.of(2400))
    now = 10.5
    for _ in range(SETTINGS["reclose_attempts"]):
        assert oracle.edge(edge(OPEN, now)) == ""
        assert oracle.held_by == {OVERLOAD}
        assert oracle.edge(edge(CLOSED, now + 30.1)) == ""
        now += 30.1 + 10.5
    assert oracle.edge(edge(OPEN, now)) == ""
    assert oracle.held_by == {LOCK_OUT}
    assert oracle.edge(edge(CLOSED, now + 30.1)) != "", "an attempt too many"


def test_a_lock_out_is_released_in_time() -> None:
    oracle = expectation(done=2)
    oracle.load(at(0), Interval.of(2400))
    assert oracle.edge(edge(OPEN, 10.5)) == ""
    due = oracle.closing()
    assert due is not None
    assert due.must
    assert due.window.lo < int(610.5 * SECOND) < due.window.hi
    assert "lock-out" in oracle.overdue(700 * SECOND)[0]


@pytest.mark.parametrize("watts", [2400, 2001])
def test_a_load_above_the_limit_must_trip(watts: int) -> None:
    oracle = expectation()
    oracle.load(at(0), Interval.of(watts))
    assert oracle.overdue(60 * SECOND) != []


@pytest.mark.parametrize("watts", [0, 1999, 2000])
def test_a_load_that_is_not_above_the_limit_must_not_trip(watts: int) -> None:
    oracle = expectation()
    oracle.load(at(0), Interval.of(watts))
    assert oracle.overdue(60 * SECOND) == []
    assert oracle.edge(edge(OPEN, 10.5)) != ""


def test_a_load_that_may_be_above_may_trip_and_need_not() -> None:
    oracle = expectation()
    oracle.load(at(0), Interval.of(1990, 2010))
    assert oracle.overdue(60 * SECOND) == []
    assert oracle.edge(edge(OPEN, 10.5)) == ""


def test_a_burst_does_not_trip() -> None:
    oracle = expectation()
    oracle.load(at(0), Interval.of(5000))
    oracle.load(at(3), Interval.of(500))
    assert oracle.edge(edge(OPEN, 10.5)) != ""


def test_a_policy_that_forbids_cutting_for_overload_is_kept() -> None:
    oracle = expectation(allowed=False)
    oracle.load(at(0), Interval.of(5000))
    assert oracle.overdue(60 * SECOND) == []
    assert oracle.edge(edge(OPEN, 10.5)) != ""


def test_credit_gone_opens_and_a_recharge_closes() -> None:
    oracle = expectation()
    oracle.credit_gone(Span(20 * SECOND, 22 * SECOND))
    assert oracle.edge(edge(OPEN, 15)) != "", "early"
    oracle = expectation()
    oracle.credit_gone(Span(20 * SECOND, 22 * SECOND))
    assert oracle.edge(edge(OPEN, 21)) == ""
    assert oracle.closing() is None
    oracle.credited(at(40), Interval.of(100))
    assert oracle.edge(edge(CLOSED, 41)) == ""
    assert oracle.overdue(HOUR) == []


def test_credit_gone_and_never_cut_is_missed() -> None:
    oracle = expectation()
    oracle.credit_gone(Span(20 * SECOND, 22 * SECOND))
    assert "credit is gone" in oracle.overdue(60 * SECOND)[0]


def test_what_may_never_run_out_need_not_open() -> None:
    oracle = expectation()
    oracle.credit_gone(Span(20 * SECOND, FOREVER))
    assert oracle.overdue(HOUR) == []
    oracle.credit_gone(None)
    assert oracle.opening(CREDIT) is None


def test_a_recharge_that_leaves_nothing_does_not_close() -> None:
    oracle = expectation()
    oracle.credit_gone(Span(20 * SECOND, 22 * SECOND))
    oracle.edge(edge(OPEN, 21))
    oracle.credited(at(40), Interval.of(-50))
    assert oracle.edge(edge(CLOSED, 41)) != ""


def test_a_recharge_does_not_undo_a_remote_disconnect() -> None:
    oracle = expectation()
    oracle.credit_gone(Span(20 * SECOND, 22 * SECOND))
    oracle.edge(edge(OPEN, 21))
    oracle.commanded(OPEN, at(30))
    oracle.credited(at(40), Interval.of(100))
    assert oracle.closing() is None
    assert oracle.edge(edge(CLOSED, 41)) != ""


def test_a_power_failure_moves_nothing() -> None:
    oracle = expectation()
    oracle.power_lost(at(0.5))
    assert oracle.edge(edge(UNKNOWN, 1)) == ""
    oracle.power_back(at(5))
    assert oracle.edge(edge(CLOSED, 5)) == ""
    oracle.edge(edge(UNKNOWN, 6))
    assert "while the line was dead" in oracle.edge(edge(OPEN, 9))


def test_what_a_power_failure_cut_short_is_served_afterwards() -> None:
    oracle = expectation()
    oracle.load(at(0), Interval.of(2400))
    oracle.edge(edge(OPEN, 10.5))
    oracle.power_lost(at(12))
    oracle.edge(edge(UNKNOWN, 12))
    oracle.power_back(at(60))
    assert oracle.edge(edge(OPEN, 60)) == ""
    assert oracle.edge(edge(CLOSED, 61.1)) == ""


def test_a_long_calm_clears_the_attempts() -> None:
    oracle = expectation(done=2)
    oracle.load(at(3700), Interval.of(2400))
    oracle.edge(edge(OPEN, 3710.5))
    assert oracle.held_by == {OVERLOAD}


def test_a_changed_limit_counts_at_once() -> None:
    oracle = expectation()
    oracle.load(at(0), Interval.of(1500))
    oracle.setting("load_limit", 1000, at(5))
    assert oracle.overdue(14 * SECOND) == []
    assert oracle.overdue(60 * SECOND) != []


def test_an_edge_that_was_missed_is_not_forgotten_for_what_came_after() -> None:
    oracle = expectation()
    oracle.credit_gone(Span(20 * SECOND, 22 * SECOND))
    oracle.credited(at(60), Interval.of(100))
    oracle.credit_gone(None)
    assert "credit is gone" in oracle.overdue(70 * SECOND)[0]
    oracle = expectation()
    oracle.load(at(0), Interval.of(2400))
    oracle.power_lost(at(60))
    assert "above the limit" in oracle.overdue(70 * SECOND)[0]


def test_a_command_amid_an_overload_does_not_make_a_trip_of_it() -> None:
    oracle = expectation()
    oracle.load(at(0), Interval.of(2400))
    oracle.commanded(OPEN, at(10))
    assert oracle.edge(edge(OPEN, 10.1)) == ""
    oracle.load(at(11), Interval.of(0))
    oracle.commanded(CLOSED, at(12))
    assert oracle.edge(edge(CLOSED, 12.1)) == ""
    assert oracle.overdue(HOUR) == []


def test_credit_that_is_gone_in_a_lock_out_holds_the_relay_after_it() -> None:
    oracle = expectation(done=2)
    oracle.load(at(1), Interval.of(2500))
    assert oracle.edge(edge(OPEN, 12)) == ""
    assert oracle.held_by == {LOCK_OUT}
    oracle.credit_gone(Span(20 * SECOND, 20 * SECOND), now=19 * SECOND)
    assert oracle.held_by == {LOCK_OUT}
    oracle.credit_gone(Span(20 * SECOND, 20 * SECOND), now=21 * SECOND)
    assert oracle.held_by == {LOCK_OUT, CREDIT}
    assert oracle.closing() is None
    assert oracle.overdue(700 * SECOND) == []
    oracle.credited(at(800), Interval.of(500))
    assert oracle.edge(edge(CLOSED, 800.6)) == ""


def test_credit_that_may_be_gone_in_a_lock_out_allows_both() -> None:
    oracle = expectation(done=2)
    oracle.load(at(1), Interval.of(2500))
    oracle.edge(edge(OPEN, 12))
    oracle.credit_gone(Span(20 * SECOND, FOREVER))
    assert oracle.overdue(700 * SECOND) == []
    assert oracle.edge(edge(CLOSED, 612)) == ""


@pytest.mark.parametrize(("pause", "explained"), [(0.3, True), (1.5, True), (2.5, False)])
def test_a_pause_without_a_whole_window_may_not_have_ended_an_overload(pause: float, explained: bool) -> None:
    oracle = expectation()
    oracle.load(at(1), Interval.of(2500))
    oracle.load(at(9), Interval.of(1000))
    oracle.load(at(9 + pause), Interval.of(2500))
    assert (oracle.edge(edge(OPEN, 11.5)) == "") is explained


@pytest.mark.parametrize(("mode", "closes"), [(3, False), (4, True), (6, False), (7, True)])
def test_a_reconnect_closes_or_waits_for_the_button(mode: int, closes: bool) -> None:
    oracle = expectation()
    oracle.setting("control_mode", mode, at(0))
    oracle.commanded(OPEN, at(1))
    oracle.edge(edge(OPEN, 1.1))
    oracle.button(at(1.5))
    oracle.commanded(CLOSED, at(2))
    assert (oracle.closing() is not None) is closes
    if not closes:
        oracle.button(at(40))
    assert oracle.edge(edge(CLOSED, 2.1 if closes else 40.1)) == ""


def test_a_relay_that_is_ready_does_not_close_without_the_button() -> None:
    oracle = expectation()
    oracle.setting("control_mode", 1, at(0))
    oracle.commanded(OPEN, at(1))
    oracle.edge(edge(OPEN, 1.1))
    oracle.commanded(CLOSED, at(2))
    assert "nothing allows it" in oracle.edge(edge(CLOSED, 2.1))


def test_the_button_opens_where_the_mode_lets_it() -> None:
    oracle = expectation()
    oracle.setting("control_mode", 2, at(0))
    oracle.button(at(1))
    assert oracle.edge(edge(OPEN, 1.1)) == ""
    oracle.button(at(2))
    assert oracle.edge(edge(CLOSED, 2.1)) == ""


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("state", [OPEN, CLOSED])
def test_a_command_that_was_cut_off_may_have_been_taken_or_not(state: RelayState, taken: bool) -> None:
    oracle, other = expectation(), CLOSED if state is OPEN else OPEN
    if state is CLOSED:
        oracle.commanded(OPEN, at(1))
        assert oracle.edge(edge(OPEN, 1.1)) == ""
    oracle.power_lost(at(5))
    oracle.command_cut_off(state, at(5))
    oracle.power_back(at(9))
    if taken:
        assert oracle.edge(edge(state, 10.1)) == ""
    oracle.cut_off_is_over()
    assert oracle.overdue(20 * SECOND) == []
    assert oracle.closed is ((state is CLOSED) is taken)
    assert "nothing allows it" in oracle.edge(edge(other if taken else state, 30))


def test_in_control_mode_0_a_command_opens_nothing() -> None:
    oracle = expectation()
    oracle.setting("control_mode", 0, at(1))
    oracle.commanded(OPEN, at(2))
    assert oracle.overdue(9 * SECOND) == []
    assert "nothing allows it" in oracle.edge(edge(OPEN, 9))
