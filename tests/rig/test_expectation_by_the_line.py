"""What the oracle of the relay tells, edge by edge and to the nanosecond: every window against the promises that make it.

The reference meter: 0.2 s from a command to the drive, 0.02 s for the contact; 2.02 s from credit gone to open, 3.02 s from
credited to closed; 1 s to start, after which a release that fell due meanwhile may take a command's time.
"""

from __future__ import annotations

from fractions import Fraction

from rig.clock import FOREVER, MILLISECOND, SECOND, Span
from rig.contracts import Edge, RelayState
from rig.expectation import COMMAND, CREDIT, DECIDED, LOCK_OUT, OVERLOAD, READY, Due, Expectation
from rig.interval import Interval
from rig.promises import Promises
from tests.rig.test_expectation import CLOSED, OPEN, SETTINGS, TABLE

UNKNOWN = RelayState.UNKNOWN
COMMAND_TAKES, CONTACT = 220 * MILLISECOND, 20 * MILLISECOND
CUT_TAKES, RECLOSE_TAKES = 2020 * MILLISECOND, 3020 * MILLISECOND


class Told:
    """An expectation, and what it has told."""

    def __init__(self, closed: bool = True, mode: int | None = None, promised: int | None = None) -> None:
        self.dues: list[Due] = []
        table = TABLE if promised is None else {**TABLE, "control_mode": promised}
        settings = SETTINGS if mode is None else {**SETTINGS, "control_mode": mode}
        self.oracle = Expectation(Promises.read(table, "map"), settings, closed, told=self.dues.append)

    def sees(self, state: RelayState, instant: int) -> str:
        return self.oracle.edge(Edge(state, Span.at(instant)))

    @property
    def last(self) -> Due:
        return self.dues[-1]


def test_a_command_and_its_answer() -> None:
    told = Told()
    told.oracle.commanded(OPEN, Span(1000, 1300))
    due = Due(OPEN, Span(1000 - 300, 1300 + COMMAND_TAKES), "remote disconnect", True)
    assert told.dues == [due]
    assert told.oracle.opening(COMMAND) == due
    assert told.sees(OPEN, 1400) == ""
    assert told.oracle.openings == [frozenset({COMMAND})]
    told.oracle.commanded(CLOSED, Span(SECOND, SECOND + 300))
    assert told.last == Due(CLOSED, Span(SECOND - 300, SECOND + 300 + COMMAND_TAKES), "remote reconnect", True)
    assert told.sees(CLOSED, SECOND + 400) == ""
    assert told.oracle.overdue(FOREVER) == []


def test_a_command_that_comes_while_the_relay_is_open_holds_it() -> None:
    told = Told()
    told.oracle.credit_gone(Span.at(SECOND))
    assert told.sees(OPEN, 2 * SECOND) == ""
    told.oracle.commanded(OPEN, Span.at(3 * SECOND))
    assert told.oracle.held_by == {CREDIT, COMMAND}
    told.oracle.commanded(CLOSED, Span.at(4 * SECOND))
    assert told.oracle.closing() is None
    told.oracle.credited(Span.at(5 * SECOND), Interval.of(1))
    due = told.oracle.closing()
    assert due is not None
    assert (due.window, due.must) == (Span(5 * SECOND, 5 * SECOND + RECLOSE_TAKES), True)
    assert due.why in ("recharge brought credit, remote reconnect", "remote reconnect, recharge brought credit")


def test_a_reconnect_takes_back_a_disconnect_that_has_not_opened_yet() -> None:
    told = Told()
    told.oracle.commanded(OPEN, Span.at(1000))
    told.oracle.commanded(CLOSED, Span.at(2000))
    assert told.oracle.opening(COMMAND) is None
    assert told.sees(OPEN, 3000) == "the relay opened at 0.000 s, and nothing allows it"


def test_mode_0_opens_for_nothing() -> None:
    for told in (Told(mode=0), Told(promised=0)):
        told.oracle.commanded(OPEN, Span.at(1000))
        told.oracle.credit_gone(Span.at(SECOND))
        told.oracle.load(Span.at(0), Interval.of(9000))
        assert told.dues == []
        assert told.sees(OPEN, SECOND) != ""
    assert Told(mode=7, promised=0).oracle.mode == 7


def test_a_press_of_the_button() -> None:
    told = Told(mode=2)
    told.oracle.button(Span(1000, 1300))
    assert told.dues == [Due(OPEN, Span(700, 1300 + COMMAND_TAKES), "button", True)]
    assert told.sees(OPEN, 1400) == ""
    assert told.oracle.held_by == {READY}
    told.oracle.button(Span(SECOND, SECOND + 300))
    assert told.last == Due(CLOSED, Span(SECOND - 300, SECOND + 300 + COMMAND_TAKES), "button", True)
    assert told.oracle.closing() == told.last
    assert told.sees(CLOSED, SECOND + 400) == ""
    idle = Told(mode=4)
    idle.oracle.button(Span.at(1000))
    assert idle.dues == []


def test_credit_told_again_only_when_it_has_moved() -> None:
    told = Told()
    told.oracle.credit_gone(Span(10 * SECOND, 11 * SECOND))
    first = Due(OPEN, Span(10 * SECOND, 11 * SECOND + CUT_TAKES), "credit is gone", True)
    assert told.dues == [first]
    told.oracle.credit_gone(Span(10 * SECOND + CUT_TAKES, 13 * SECOND))
    assert told.dues == [first]
    assert told.oracle.opening(CREDIT) == Due(
        OPEN, Span(10 * SECOND + CUT_TAKES, 13 * SECOND + CUT_TAKES), first.why, True
    )
    told.oracle.credit_gone(Span(10 * SECOND + 2 * CUT_TAKES + 1, FOREVER))
    assert told.last == Due(OPEN, Span(10 * SECOND + 2 * CUT_TAKES + 1, FOREVER), first.why, False)
    assert len(told.dues) == 2


def test_credit_gone_while_open_for_another_reason() -> None:
    told = Told()
    told.oracle.commanded(OPEN, Span.at(0))
    told.sees(OPEN, 100)
    for gone in (None, Span(FOREVER, FOREVER), Span(11 * SECOND, 12 * SECOND)):
        told.oracle.credit_gone(gone, now=10 * SECOND)
        assert told.oracle.held_by == {COMMAND}
        assert told.oracle.may_be_held_by == set()
    for gone in (Span(10 * SECOND, FOREVER), Span(9 * SECOND, 10 * SECOND + 1)):
        told.oracle.credit_gone(gone, now=10 * SECOND)
        assert told.oracle.held_by == {COMMAND}
        assert told.oracle.may_be_held_by == {CREDIT}
    told.oracle.credit_gone(Span(9 * SECOND, 10 * SECOND), now=10 * SECOND)
    assert told.oracle.held_by == {COMMAND, CREDIT}
    assert told.oracle.may_be_held_by == set()
    told.oracle.credit_gone(Span(9 * SECOND, FOREVER), now=10 * SECOND)
    assert told.oracle.may_be_held_by == set(), "what surely holds it is not in doubt again"


def test_credited_closes_what_credit_opened_alone() -> None:
    for least, most, must in ((1, 1, True), (0, 1, False), (-5, 3, False)):
        told = Told()
        told.oracle.credit_gone(Span.at(SECOND))
        told.sees(OPEN, 2 * SECOND)
        told.oracle.credited(Span(5 * SECOND, 6 * SECOND), Interval.of(least, most))
        assert told.last == Due(CLOSED, Span(5 * SECOND, 6 * SECOND + RECLOSE_TAKES), "recharge brought credit", must)
    told = Told()
    told.oracle.credit_gone(Span.at(SECOND))
    told.sees(OPEN, 2 * SECOND)
    told.oracle.credited(Span.at(5 * SECOND), Interval.of(-1, 0))
    assert (told.oracle.closing(), len(told.dues)) == (None, 1)
    waits = Told(mode=3)
    waits.oracle.credit_gone(Span.at(SECOND))
    waits.sees(OPEN, 2 * SECOND)
    waits.oracle.credited(Span.at(5 * SECOND), Interval.of(1))
    assert waits.oracle.held_by == {READY}
    assert waits.oracle.closing() is None


def test_postpaid_forbids_a_cut_but_for_a_contact_on_its_way() -> None:
    for gone, on_its_way in ((Span(0, SECOND), True), (Span(SECOND + CONTACT + 10, SECOND + CONTACT + 10), True),
                             (Span(SECOND + CONTACT + 11, 2 * SECOND), False)):  # fmt: skip
        told = Told()
        told.oracle.credit_gone(gone)
        told.oracle.goes_postpaid(Span(SECOND, SECOND + 10))
        assert told.oracle.opening(CREDIT) is None
        latest = SECOND + 10 + CONTACT
        kept = list(told.oracle._opens.values())
        assert kept == ([Due(OPEN, Span(gone.lo, latest), "credit is gone", False)] if on_its_way else [])
        if on_its_way:
            assert told.sees(OPEN, latest) == ""
            assert told.oracle.openings == [frozenset({CREDIT})]
            assert told.last == Due(CLOSED, Span(SECOND, latest + RECLOSE_TAKES), "recharge brought credit", True)
    cut = Told()
    cut.oracle.credit_gone(Span.at(0))
    cut.sees(OPEN, SECOND)
    cut.oracle.goes_postpaid(Span.at(3 * SECOND))
    assert cut.last == Due(CLOSED, Span(3 * SECOND, 3 * SECOND + RECLOSE_TAKES), "recharge brought credit", True)


def test_an_overload_that_was_decided_before_a_setting() -> None:
    for moment, decided in ((8 * SECOND, False), (11 * SECOND, True)):
        told = Told()
        told.oracle.load(Span.at(0), Interval.of(2400))
        before = told.oracle.opening(OVERLOAD)
        assert before is not None
        told.oracle.setting("load_limit", 9000, Span(moment, moment + 10))
        assert told.oracle.opening(OVERLOAD) is None
        latest = moment + 10 + CONTACT
        due = Due(OPEN, Span(before.window.lo, latest), before.why, False) if decided else None
        assert told.oracle.opening(DECIDED) == due
        assert told.oracle.settings["load_limit"] == 9000
        if decided:
            assert told.sees(OPEN, latest) == ""
            assert told.oracle.openings == [frozenset({OVERLOAD})]
    edge_of_it = Told()
    edge_of_it.oracle.load(Span.at(0), Interval.of(2400))
    before = edge_of_it.oracle.opening(OVERLOAD)
    assert before is not None
    edge_of_it.oracle.setting("load_limit", 9000, Span.at(before.window.lo - CONTACT))
    assert edge_of_it.oracle.opening(DECIDED) is not None


def test_another_setting_lets_an_overload_count_on() -> None:
    told = Told()
    told.oracle.load(Span.at(0), Interval.of(2400))
    before = told.oracle.opening(OVERLOAD)
    told.oracle.setting("reclose_interval", 60, Span.at(5 * SECOND))
    assert told.oracle.opening(OVERLOAD) == before
    assert told.oracle.opening(DECIDED) is None
    assert told.oracle.was_over


def test_a_failure_of_power_gives_releases_the_time_to_start() -> None:
    told = Told()
    told.oracle.commanded(OPEN, Span.at(0))
    told.sees(OPEN, 1000)
    told.oracle.commanded(CLOSED, Span.at(SECOND))
    told.oracle.power_lost(Span.at(SECOND + 1000))
    told.oracle.power_back(Span(2 * SECOND, 2 * SECOND + 50))
    ready = 3 * SECOND + 50
    due = Due(CLOSED, Span(SECOND, ready + COMMAND_TAKES), "remote reconnect", True)
    assert told.oracle.closing() == due
    late = Told()
    late.oracle.credit_gone(Span.at(0))
    late.sees(OPEN, 1000)
    late.oracle.credited(Span.at(SECOND), Interval.of(1))
    known = late.oracle.closing()
    late.oracle.power_lost(Span.at(SECOND + 1000))
    late.oracle.power_back(Span.at(2 * SECOND))
    assert known is not None
    assert late.oracle.closing() == known, "what is due long after the start is not moved"


def test_power_back_under_a_load_counts_from_when_the_meter_is_awake() -> None:
    told = Told()
    told.oracle.load(Span.at(0), Interval.of(2400))
    first = told.oracle.opening(OVERLOAD)
    told.oracle.power_lost(Span.at(SECOND))
    assert told.oracle.opening(OVERLOAD) is None
    told.oracle.power_back(Span(20 * SECOND, 20 * SECOND + 40))
    again = told.oracle.opening(OVERLOAD)
    assert first is not None
    assert again is not None
    assert (again.window.lo - first.window.lo, again.window.hi - first.window.hi) == (20 * SECOND, 21 * SECOND + 40)


def test_words_of_what_nothing_allows() -> None:
    told = Told()
    told.oracle.edge(Edge(UNKNOWN, Span.at(SECOND)))
    assert (
        told.sees(OPEN, 2_345_600_000) == "the relay opened at 2.346 s while the line was dead, and nothing allows it"
    )
    assert told.oracle.openings == [frozenset()]
    assert told.sees(CLOSED, 3 * SECOND) == "the relay closed at 3.000 s, and nothing allows it"
    assert told.sees(CLOSED, 4 * SECOND) == ""


def test_a_protected_time_lets_no_want_of_credit_open() -> None:
    settings, promises = {**SETTINGS}, Promises.read(TABLE, "map")
    oracle = Expectation(promises, settings, True, cut_forbidden=lambda at: at.hi < 2 * SECOND)
    oracle.credit_gone(Span.at(SECOND))
    assert "nothing allows it" in oracle.edge(Edge(OPEN, Span.at(SECOND + 1)))
    oracle = Expectation(promises, settings, True, cut_forbidden=lambda at: at.hi < 2 * SECOND)
    oracle.credit_gone(Span.at(SECOND))
    assert oracle.edge(Edge(OPEN, Span.at(2 * SECOND))) == ""


def test_attempts_that_the_meter_has_counted() -> None:
    for done, held in ((0, OVERLOAD), (2, LOCK_OUT)):
        oracle = Expectation(Promises.read(TABLE, "map"), SETTINGS, True, attempts_done=2)
        oracle.attempts_are(done)
        oracle.load(Span.at(0), Interval.of(2400))
        oracle.edge(Edge(OPEN, Span.at(10_500 * MILLISECOND)))
        assert oracle.held_by == {held}


def test_a_power_factor_makes_a_current_of_less_power() -> None:
    table = {**TABLE, "over_current": {"amps": "10", "delay_s": "5"}}
    for factor, watts, opens in ((Fraction(1), 1500, False), (Fraction(1, 2), 1500, True)):
        oracle = Expectation(Promises.read(table, "map"), {**SETTINGS, "load_limit": 9000}, True)
        oracle.power_factor(factor)
        oracle.load(Span.at(0), Interval.of(watts))
        assert (oracle.opening("over-current") is not None) is opens


def test_a_reconnect_and_a_missed_edge_before_the_button() -> None:
    told = Told(mode=2)
    told.oracle.button(Span.at(1000))
    told.sees(OPEN, 1400)
    told.oracle.commanded(CLOSED, Span.at(SECOND))
    assert told.sees(CLOSED, SECOND + 100) == "", "a command closes what the button has opened"
    late = Told(mode=2)
    late.oracle.commanded(OPEN, Span.at(0))
    late.oracle.button(Span.at(5 * SECOND))
    assert "remote disconnect" in late.oracle.overdue(5 * SECOND)[0]


def test_what_may_have_opened_it_may_close_it() -> None:
    told = Told()
    told.oracle.load(Span.at(0), Interval.of(2400))
    told.oracle.credit_gone(Span(10 * SECOND, 11 * SECOND))
    assert told.sees(OPEN, 10_500 * MILLISECOND) == ""
    assert told.oracle.held_by == set()
    assert told.oracle.may_be_held_by == {CREDIT, OVERLOAD}
    assert told.sees(CLOSED, 12 * SECOND) == "", "either may have let go"
    held = Told()
    held.oracle.load(Span.at(0), Interval.of(2400))
    held.oracle.credit_gone(Span(10 * SECOND, 11 * SECOND))
    held.sees(OPEN, 10_500 * MILLISECOND)
    held.oracle.commanded(OPEN, Span.at(11 * SECOND))
    assert held.sees(CLOSED, 12 * SECOND) != "", "an order holds it whatever else may"
    held = Told()
    held.oracle.load(Span.at(0), Interval.of(2400))
    held.oracle.credit_gone(Span(10 * SECOND, 11 * SECOND))
    held.sees(OPEN, 10_500 * MILLISECOND)
    held.oracle.commanded(OPEN, Span.at(11 * SECOND))
    held.oracle.commanded(CLOSED, Span.at(20 * SECOND))
    due = held.oracle.closing()
    assert due is not None
    assert due.must is False
    assert held.sees(CLOSED, due.window.lo - 1) != ""
    for instant in (due.window.lo, due.window.hi + 1, due.window.hi + 90 * SECOND):
        again = Told()
        again.oracle.load(Span.at(0), Interval.of(2400))
        again.oracle.credit_gone(Span(10 * SECOND, 11 * SECOND))
        again.sees(OPEN, 10_500 * MILLISECOND)
        again.oracle.commanded(OPEN, Span.at(11 * SECOND))
        again.oracle.commanded(CLOSED, Span.at(20 * SECOND))
        assert again.sees(CLOSED, instant) == "", "later, if one of the others still held it"


def test_credit_that_may_be_back_does_not_make_it_wait_for_the_button() -> None:
    told = Told(mode=3)
    told.oracle.credit_gone(Span.at(SECOND))
    told.sees(OPEN, 2 * SECOND)
    told.oracle.credited(Span.at(5 * SECOND), Interval.of(0, 1))
    assert told.oracle.closing() is not None


def test_credit_in_doubt_joins_what_is_in_doubt() -> None:
    told = Told()
    told.oracle.load(Span.at(0), Interval.of(2400))
    told.oracle.commanded(OPEN, Span.at(10 * SECOND))
    told.sees(OPEN, 10_100 * MILLISECOND)
    assert told.oracle.may_be_held_by == {OVERLOAD}
    told.oracle.credit_gone(Span(11 * SECOND, FOREVER), now=12 * SECOND)
    assert told.oracle.may_be_held_by == {OVERLOAD, CREDIT}


def test_a_release_that_is_due_at_the_start_and_one_that_is_not() -> None:
    for due_by, moved in ((3 * SECOND + 100 * MILLISECOND - 1, True), (3 * SECOND + 100 * MILLISECOND, False)):
        told = Told()
        told.oracle.commanded(OPEN, Span.at(0))
        told.sees(OPEN, 1000)
        told.oracle.commanded(CLOSED, Span.at(due_by - COMMAND_TAKES))
        told.oracle.power_lost(Span.at(SECOND))
        told.oracle.power_back(Span.at(2 * SECOND))
        due = told.oracle.closing()
        assert due is not None
        assert due.window.hi == (3 * SECOND + COMMAND_TAKES if moved else due_by)
    still = Told()
    still.oracle.commanded(OPEN, Span.at(0))
    still.sees(OPEN, 1000)
    still.oracle.power_back(Span.at(2 * SECOND))
    assert still.oracle.held_by == {COMMAND}


def test_a_trip_waits_for_the_button_where_the_mode_has_it() -> None:
    for mode, held, due in ((3, READY, False), (7, OVERLOAD, True)):
        told = Told(mode=mode)
        told.oracle.load(Span.at(0), Interval.of(2400))
        assert told.sees(OPEN, 10_500 * MILLISECOND) == ""
        assert told.oracle.held_by == {held}
        assert told.oracle.may_be_held_by == set()
        assert (told.oracle.closing() is not None) is due


def test_words_of_a_late_edge_are_to_the_millisecond() -> None:
    assert Told().sees(OPEN, 1_000_000 * SECOND) == "the relay opened at 1000000.000 s, and nothing allows it"


def test_an_opening_that_nothing_explains_is_held_by_nothing() -> None:
    told = Told()
    told.sees(OPEN, SECOND)
    assert told.oracle.held_by == set()
    assert told.oracle.may_be_held_by == set()
    assert told.sees(CLOSED, 2 * SECOND) != ""
    assert told.oracle.may_be_held_by == set()
