"""Spans, the virtual clock, seconds as text."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig.clock import (
    FOREVER,
    MILLISECOND,
    SECOND,
    Span,
    VirtualClock,
    WallClock,
    boot_id,
    raw_now,
    seconds,
    suspended_ns,
    utc_now,
)  # fmt: skip

INSTANTS = st.integers(0, 10**15)


def spans() -> st.SearchStrategy[Span]:
    return st.tuples(INSTANTS, st.integers(0, 10**12)).map(lambda p: Span(p[0], p[0] + p[1]))


@given(spans(), spans(), st.data())
def test_a_duration_holds_every_possible_one(earlier: Span, later: Span, data: st.DataObject) -> None:
    began = data.draw(st.integers(earlier.lo, earlier.hi))
    ended = data.draw(st.integers(later.lo, later.hi))
    duration = later.since(earlier)
    assert duration.lo <= ended - began <= duration.hi


def test_what_did_not_come_stays_open() -> None:
    waited = Span(5 * SECOND, FOREVER)
    assert waited.censored
    assert waited.since(Span(SECOND, 2 * SECOND)) == Span(3 * SECOND, FOREVER)
    assert waited.plus(1, 2).censored
    assert waited.widened(1, 1) == Span(5 * SECOND - 1, FOREVER)


def test_a_span_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end before"):
        Span(2, 1)


def test_uncertainty_is_half_width_over_root_three() -> None:
    assert Span(0, 6).standard_uncertainty == pytest.approx(3 / 3**0.5)


@pytest.mark.parametrize(
    ("text", "ns"),
    [("1", SECOND), ("0.020", 20 * MILLISECOND), ("-1.5", -1_500_000_000), (7, 7 * SECOND), ("0.3125", 312_500_000)],
)
def test_seconds_are_exact(text: str, ns: int) -> None:
    assert seconds(text) == ns


@pytest.mark.parametrize("text", ["", "x", "1.0000000001", "1e3", ".5", "1.2.3", "--1"])
def test_what_is_no_number_of_seconds_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        seconds(text)


@given(st.lists(st.integers(0, 1000), max_size=30), st.integers(0, 1000))
def test_timers_run_in_order_and_the_clock_stands_where_it_was_asked(due: list[int], until: int) -> None:
    clock = VirtualClock()
    ran: list[tuple[int, int]] = []
    for number, instant in enumerate(due):
        clock.call_at(instant, lambda n=number: ran.append((clock.now(), n)))
    clock.sleep_until(until)
    assert ran == sorted((d, n) for n, d in enumerate(due) if d <= until)
    assert clock.now() == until


def test_waiting_ends_as_soon_as_what_was_waited_for_is_there() -> None:
    clock = VirtualClock()
    seen: list[int] = []
    clock.call_at(40, lambda: seen.append(1))
    assert clock.sleep_until(100, unless=lambda: bool(seen))
    assert clock.now() == 40


def test_a_device_never_sleeps() -> None:
    clock = VirtualClock()
    clock.call_at(1, lambda: clock.sleep_until(5))
    with pytest.raises(RuntimeError, match="must not sleep"):
        clock.sleep_until(2)


def test_a_wire_moves_the_clock_but_not_from_inside_a_timer() -> None:
    clock = VirtualClock()
    inside: list[int] = []

    def poll() -> None:
        clock.spend(5)
        inside.append(clock.now())

    clock.call_at(10, poll)
    clock.spend(12)
    assert inside == [10]
    assert clock.now() == 12


def test_a_cancelled_timer_is_not_run() -> None:
    clock = VirtualClock()
    ran: list[int] = []
    clock.call_at(1, lambda: ran.append(1)).cancel()
    clock.sleep_until(2)
    assert not ran


def test_processes_share_a_zero() -> None:
    zero = raw_now()
    first, second = WallClock(zero), WallClock(zero)
    a = first.now()
    b = second.now()
    assert a <= b <= first.now()


def test_spans_touch_and_hold_each_other_at_their_very_ends() -> None:
    assert Span(0, 5).overlaps(Span(5, 9))
    assert Span(5, 9).overlaps(Span(0, 5))
    assert not Span(0, 4).overlaps(Span(5, 9))
    assert not Span(5, 9).overlaps(Span(0, 4))
    assert Span(2, 5).within(Span(2, 5))
    assert not Span(1, 5).within(Span(2, 5))
    assert not Span(2, 6).within(Span(2, 5))


def test_spans_of_moments_that_came() -> None:
    assert Span(10, 13).since(Span(2, 4)) == Span(6, 11)
    assert Span(10, 13).widened(1) == Span(9, 13)
    assert Span(10, 13).widened(1, 2) == Span(9, 15)
    assert Span(10, 13).plus(2) == Span(12, 15)
    assert Span(10, 13).plus(2, 5) == Span(12, 18)
    assert Span(10, 13).plus(2, FOREVER) == Span(12, FOREVER)
    assert Span(1, FOREVER - 1).censored is False
    assert Span(1, FOREVER).censored is True
    assert (Span.at(7), Span(3, 8).width) == (Span(7, 7), 5)


@pytest.mark.parametrize(
    ("text", "ns"),
    [("-0.5", -500_000_000), ("-0", 0), ("0", 0), ("0.000000001", 1), ("-2", -2 * SECOND), ("3.", 3 * SECOND)],
)
def test_seconds_of_either_sign(text: str, ns: int) -> None:
    assert seconds(text) == ns


def test_a_timer_that_is_late_runs_now_and_none_before_its_instant() -> None:
    clock = VirtualClock()
    assert clock.now() == 0
    clock.spend(100)
    ran: list[int] = []
    clock.call_at(50, lambda: ran.append(clock.now()))
    clock.call_at(200, lambda: ran.append(clock.now()))
    assert clock.sleep_until(100) is False
    assert ran == [100]
    clock.spend(99)
    assert (clock.now(), ran) == (199, [100])
    clock.spend(1)
    assert (clock.now(), ran) == (200, [100, 200])
    clock.sleep_until(150)
    assert clock.now() == 200, "time does not run backwards"


def test_a_timer_may_ask_for_another_and_fail() -> None:
    clock = VirtualClock()
    ran: list[int] = []

    def again() -> None:
        ran.append(clock.now())
        if len(ran) < 3:
            clock.call_at(clock.now() + 10, again)

    clock.call_at(10, again)

    def breaks() -> None:
        raise ZeroDivisionError

    clock.call_at(40, breaks)
    with pytest.raises(ZeroDivisionError):
        clock.sleep_until(100)
    assert (ran, clock.now()) == ([10, 20, 30], 40)
    assert clock.sleep_until(60, unless=lambda: True) is True
    assert clock.now() == 40, "what is there already is not waited for"
    clock.sleep_until(60)
    assert clock.now() == 60


def test_wall_time_passes_by_itself() -> None:
    """The only naps of this file: thousandths of a second."""
    zero = raw_now()
    clock = WallClock(zero)
    assert 0 <= clock.now() <= raw_now() - zero
    assert WallClock().zero >= zero
    assert WallClock(12_345).zero == 12_345
    until = clock.now() + 3 * MILLISECOND
    assert clock.sleep_until(until) is False
    assert until <= clock.now() < until + SECOND
    assert clock.sleep_until(0) is False
    before = clock.now()
    assert clock.sleep_until(before + SECOND, unless=lambda: True) is True
    asked: list[int] = []

    def asked_often(enough: int) -> bool:
        asked.append(clock.now())
        return len(asked) > enough

    assert clock.sleep_until(clock.now() + 9 * MILLISECOND, unless=lambda: asked_often(10**6)) is False
    assert len(asked) >= 2
    assert clock.sleep_until(clock.now() + SECOND, unless=lambda: asked_often(len(asked) and 4)) is True
    assert clock.now() < before + SECOND
    clock.spend(10**15)
    assert clock.now() < before + SECOND


def test_what_the_machine_says_of_itself() -> None:
    assert utc_now().tzinfo is UTC
    assert abs(utc_now().timestamp() - datetime.now(UTC).timestamp()) < 60
    if hasattr(time, "CLOCK_BOOTTIME"):
        true = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        assert abs(suspended_ns() - true) < SECOND
    file = Path("/proc/sys/kernel/random/boot_id")
    assert boot_id() == (file.read_text(encoding="ascii").strip() if file.exists() else "")


def test_a_machine_that_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    assert suspended_ns() == 0
    monkeypatch.setattr(Path, "read_text", lambda *_a, **_k: (_ for _ in ()).throw(FileNotFoundError()))
    assert boot_id() == ""


def test_a_wall_clock_that_began_long_ago_waits_no_longer() -> None:
    clock = WallClock(raw_now() - 1000 * SECOND)
    before = raw_now()
    clock.sleep_until(clock.now() + 2 * MILLISECOND)
    assert raw_now() - before < 100 * SECOND


def test_a_timer_is_found_by_its_instant_and_not_by_its_number() -> None:
    clock = VirtualClock()
    ran: list[int] = []
    for _ in range(5):
        clock.call_at(100, lambda: None)
    clock.call_at(1, lambda: ran.append(clock.now()))
    clock.spend(2)
    assert (ran, clock.now()) == ([1], 2)


def test_time_that_a_machine_was_suspended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "CLOCK_BOOTTIME", 7, raising=False)
    monkeypatch.setattr(time, "CLOCK_MONOTONIC", 1, raising=False)
    monkeypatch.setattr(time, "clock_gettime_ns", lambda which: {7: 50, 1: 20}[which], raising=False)
    assert suspended_ns() == 30


def test_a_cancelled_timer_holds_up_no_other() -> None:
    clock = VirtualClock()
    ran: list[int] = []
    clock.call_at(1, lambda: ran.append(1)).cancel()
    clock.call_at(2, lambda: ran.append(2))
    clock.sleep_until(3)
    assert ran == [2]


@pytest.mark.parametrize("text", ["x1.5", "1.5x", "1.2.3", "-", "X1"])
def test_what_is_no_number_of_seconds_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"^'{text}' is not a number of seconds with at most nine decimals$"):
        seconds(text)
