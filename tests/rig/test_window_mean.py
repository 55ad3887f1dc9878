"""A limit is set only once no window of the meter can hold so much of the load before that its mean lies above the limit."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rig.catalogue import file_named
from rig.clock import SECOND, Span
from rig.config import read_toml
from rig.energy import PowerTrace
from rig.interval import Interval
from rig.promises import Promises
from rig.window_mean import forgotten_at

PROMISES = Promises.read(read_toml(file_named("maps", "reference"))["promises"], "map reference")
WINDOW = PROMISES.metering_window


def drawn(watts: int, off: int) -> PowerTrace:
    trace = PowerTrace()
    trace.set(Span.at(0), Interval.of(watts))
    trace.set(Span.at(off), Interval.of(0))
    return trace


@given(
    watts=st.integers(1, 5000),
    limit=st.integers(1, 9000),
    since=st.integers(0, 2 * WINDOW),
    later=st.integers(0, 2 * WINDOW),
)
def test_no_window_that_ends_from_then_on_has_a_mean_above_the_limit(
    watts: int, limit: int, since: int, later: int
) -> None:
    off = 100 * SECOND
    at = forgotten_at(drawn(watts, off), PROMISES, limit, off + since)
    assert at >= off + since
    ends = at + later
    assert Fraction(watts * max(WINDOW - (ends - off), 0), WINDOW) <= limit
    assert at <= max(off + since, off + WINDOW)


def test_it_waits_no_longer_than_it_must() -> None:
    off = 100 * SECOND
    assert forgotten_at(drawn(4000, off), PROMISES, 2000, off) == off + WINDOW // 2
    assert forgotten_at(drawn(2000, off), PROMISES, 2000, off) == off
    assert forgotten_at(drawn(4000, off), PROMISES, 2000, off + WINDOW) == off + WINDOW


def test_a_load_that_is_still_on_is_left_to_whoever_draws_it() -> None:
    trace = PowerTrace()
    trace.set(Span.at(0), Interval.of(4000))
    assert forgotten_at(trace, PROMISES, 2000, SECOND) == SECOND
    assert forgotten_at(PowerTrace(), PROMISES, 2000, SECOND) == SECOND
