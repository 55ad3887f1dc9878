"""Spans, the virtual clock, seconds as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig.clock import FOREVER, MILLISECOND, SECOND, Span, VirtualClock, WallClock, raw_now, seconds

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
