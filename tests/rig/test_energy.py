"""Energy of a power trace: the quick way through segments in order tells the same as the general one, and both as a sum by hand."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rig import energy
from rig.clock import FOREVER, HOUR, Span
from rig.energy import PowerTrace, Segment
from rig.interval import Interval

POWERS = st.fractions(0, 9000, max_denominator=200)


@st.composite
def in_order(draw: st.DrawFn) -> list[Segment]:
    """Segments of which each begins after the one before surely has; the last may not have come."""
    found: list[Segment] = []
    at = 0
    for _ in range(draw(st.integers(1, 6))):
        begins = at + draw(st.integers(0, 3))
        at = begins + draw(st.integers(0, 3))
        least, more = draw(POWERS), draw(POWERS)
        found.append((Span(begins, at), Interval(least, least + more)))
    if draw(st.booleans()):
        found[-1] = (Span(found[-1][0].lo, FOREVER), found[-1][1])
    return found


@given(in_order(), st.booleans(), st.integers(0, 30))
def test_the_quick_way_agrees_with_the_general_one(segments: list[Segment], upper: bool, until: int) -> None:
    quick, general = energy._in_order(segments, upper), energy._overlapping(segments, upper)
    assert quick is not None
    assert energy._sum_wh(quick, until) == energy._sum_wh(general, until)
    for energy_wh in (Fraction(1, HOUR), Fraction(5000, HOUR)):
        assert energy.when_used(quick, energy_wh) == energy.when_used(general, energy_wh)


def test_energy_by_hand() -> None:
    trace = PowerTrace()
    trace.set(Span(0, 0), Interval.of(0))
    trace.set(Span(HOUR, 2 * HOUR), Interval.of(990, 1010))
    trace.set(Span.at(4 * HOUR), Interval.of(0))
    assert trace.energy_wh(0, Span.at(5 * HOUR)) == Interval.of(2 * 990, 3 * 1010)
    assert trace.energy_wh(0, Span(3 * HOUR, 5 * HOUR)) == Interval.of(990, 3 * 1010)
    assert trace.energy_wh(4 * HOUR, Span.at(5 * HOUR)) == Interval.of(0)
