"""Protected time: a cut that falls into it is made when it ends, by every rule of domain.md section 5."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.clock import DAY, HOUR, SECOND, Span
from rig.cutting import first_cut, surely_protected
from rig.meter_time import MeterTime, civil_ns, civil_time
from rig.policies.protected import ProtectedTime, is_second_saturday
from rig.policy import load_policy


def protected(name: str) -> ProtectedTime:
    """The protected time of a shipped policy."""
    return ProtectedTime(load_policy(resources.files("scenarios.policies") / f"{name}.toml").file.no_cut)


UP, BIHAR, MEGHALAYA = protected("uppcl_2026_01"), protected("nbpdcl"), protected("mepdcl_2026")
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 30))


@pytest.mark.parametrize(
    ("gone", "cut"),
    [
        ("2026-11-25 17:59:59", "2026-11-25 17:59:59"),  # a Wednesday
        ("2026-11-25 18:00:00", "2026-11-26 08:00:00"),
        ("2026-11-26 07:59:59", "2026-11-26 08:00:00"),
        ("2026-11-26 08:00:00", "2026-11-26 08:00:00"),
        ("2026-11-28 18:00:00", "2026-11-30 08:00:00"),  # fourth Saturday, then Sunday
        ("2026-11-14 12:00:00", "2026-11-16 08:00:00"),  # second Saturday, then Sunday
        ("2026-11-07 12:00:00", "2026-11-07 12:00:00"),  # first Saturday
        ("2026-08-14 18:00:01", "2026-08-17 08:00:00"),  # Independence Day is a Saturday, then Sunday
        ("2026-12-25 00:00:00", "2026-12-26 08:00:00"),
        ("2026-12-31 18:00:00", "2027-01-01 08:00:00"),
        ("2026-02-28 18:00:00", "2026-03-02 08:00:00"),
    ],
)
def test_a_cut_is_made_at_the_first_time_that_is_not_protected(gone: str, cut: str) -> None:
    assert UP.next_cut(datetime.fromisoformat(gone)) == datetime.fromisoformat(cut)


def test_second_saturdays_are_the_eighth_to_the_fourteenth() -> None:
    found = [day for n in range(365) if is_second_saturday(day := date(2026, 1, 1) + timedelta(days=n))]
    assert len(found) == 12 and all(8 <= day.day <= 14 and day.weekday() == 5 for day in found)


@settings(max_examples=200, deadline=None)
@given(gone=TIMES, later=st.timedeltas(timedelta(0), timedelta(days=9)))
def test_cuts_fall_into_working_hours_and_keep_their_order(gone: datetime, later: timedelta) -> None:
    """(a) always within 08:00 and 18:00 of a working day, (b) monotone in the exhaustion, and never early."""
    for rules, begins, ends in ((UP, 8, 18), (BIHAR, 10, 13), (MEGHALAYA, 11, 16)):
        cut = rules.next_cut(gone)
        assert cut is not None and cut >= gone
        assert begins <= cut.hour < ends and not rules.whole_day(cut.date())
        after = rules.next_cut(gone + later)
        assert after is not None and after >= cut
        assert rules.next_cut(cut) == cut, "what may be cut is cut at once"


@settings(max_examples=100, deadline=None)
@given(gone=TIMES)
def test_every_moment_before_the_cut_is_protected(gone: datetime) -> None:
    cut = UP.next_cut(gone)
    assert cut is not None
    moment = gone
    while moment < cut:
        assert UP.holds(moment)
        moment += timedelta(minutes=29)


def test_a_day_has_twenty_four_hours_all_year() -> None:
    """(d) India knows no summer time: the same hours on every working day."""
    for month in range(1, 13):
        assert UP.next_cut(datetime(2026, month, 3, 18)).hour == 8  # type: ignore[union-attr]


# by a clock that is not known exactly


def clock(shown: str, drift: str = "0.5") -> MeterTime:
    """A meter's clock that was read at the beginning of the run."""
    known = MeterTime(Fraction(drift))
    known.read(datetime.fromisoformat(shown), Span.at(0))
    return known


def test_a_cut_in_the_open_hours_is_not_moved() -> None:
    found = Span(5 * SECOND, 6 * SECOND)
    assert first_cut(found, UP, clock("2026-11-25 12:00:00")) == found


def test_a_cut_in_the_night_is_made_in_the_morning_as_the_meter_sees_it() -> None:
    cut = first_cut(Span(5 * SECOND, 6 * SECOND), UP, clock("2026-11-25 20:00:00"))
    assert cut.lo <= 12 * HOUR <= cut.hi and cut.width <= 25 * SECOND // 10


def test_a_cut_at_the_edge_may_be_made_at_once_or_in_the_morning() -> None:
    cut = first_cut(Span.at(SECOND // 2), UP, clock("2026-11-25 17:59:59"))
    assert cut.lo == SECOND // 2 and 14 * HOUR <= cut.hi <= 14 * HOUR + 3 * SECOND


def test_an_unknown_clock_excuses_every_delay() -> None:
    cut = first_cut(Span(5, 6), UP, MeterTime(Fraction(1)))
    assert cut.lo == 5 and cut.censored


def test_only_time_that_is_protected_by_every_reading_is_surely_so() -> None:
    known = clock("2026-11-25 17:59:58")
    assert not surely_protected(Span(0, SECOND), UP, known)
    assert not surely_protected(Span(SECOND + 1, 5 * SECOND), UP, known)
    assert surely_protected(Span(3 * SECOND, HOUR), UP, known)
    assert not surely_protected(Span(3 * SECOND, 15 * HOUR), UP, known)


@settings(max_examples=150, deadline=None)
@given(shown=TIMES, gone=st.integers(0, 3 * DAY), width=st.integers(0, HOUR), ahead=st.integers(0, SECOND - 1))
def test_the_true_cut_lies_in_the_window_whatever_the_clock_truly_shows(
    shown: datetime, gone: int, width: int, ahead: int
) -> None:
    shown = shown.replace(microsecond=0)
    known = MeterTime(Fraction(1, 2))
    known.read(shown, Span.at(0))
    true = civil_ns(shown) + ahead
    for instant in (gone, gone + width):
        cut = UP.next_cut(civil_time(true + instant))
        assert cut is not None
        window = first_cut(Span(gone, gone + width), UP, known)
        made = max(civil_ns(cut) - true, instant)
        assert window.lo - 1000 <= made <= window.hi + 1000
