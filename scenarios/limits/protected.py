"""Moments around protected time that are worth trying, by the policy's own calendar. Naive civil time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from rig.clock import SECOND
from rig.policies.protected import ProtectedTime, is_second_saturday
from rig.policies.week import WEEKDAYS

if TYPE_CHECKING:
    from rig.policy import Policy
    from rig.promises import Promises

FIRST_DAY = date(2026, 2, 1)
ONE_DAY = timedelta(days=1)
A_MOMENT = timedelta(seconds=19)
"""So long before an edge a cut is made before the edge, on most meters."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When credit ends, in words, and whether the relay must stay closed then; None: it may open until protected time begins."""

    at: datetime
    words: str
    protected: bool | None


def protects_nothing(policy: Policy) -> str:
    """Why protected time cannot be judged."""
    if not policy.prepaid:
        return "is postpaid: supply is not cut for want of credit"
    return "protects no time: a cut is made as soon as credit is gone" if policy.file.no_cut.empty else ""


def protects_no_day(policy: Policy) -> str:
    """Why protected days cannot be judged."""
    rules = policy.file.no_cut
    if words := protects_nothing(policy):
        return words
    return "" if rules.weekdays or rules.second_saturday or rules.holidays else "protects hours, and no whole day"


def _lends_for_days(policy: Policy) -> bool:
    lent = policy.file.emergency_credit
    return lent is not None and lent.granted == "automatic" and lent.days is not None


def protects_nothing_or_lends_for_days(policy: Policy) -> str:
    """Why the hours of protected time cannot be judged within minutes."""
    if words := protects_nothing(policy):
        return words
    return "lends emergency credit for days before a cut: judged by EXH-14" if _lends_for_days(policy) else ""


def protects_no_day_or_lends_for_days(policy: Policy) -> str:
    """Why protected days cannot be judged within minutes."""
    return protects_no_day(policy) or protects_nothing_or_lends_for_days(policy)


def lends_for_no_days_into_protected_time(policy: Policy) -> str:
    """Why days of emergency credit that end in protected time cannot be judged."""
    if words := protects_nothing(policy):
        return words
    return "" if _lends_for_days(policy) else "lends nothing for days"


def edge_moments(policy: Policy, promises: Promises, cut: int, held: int) -> list[Moment]:
    """On a working day around each edge of the daily windows: as late before it as a cut is surely made before it, at it, after it.

    `cut`: so long (ns) a cut may take; `held`: so long it is watched that none is made, which has to be over before protected
    time ends.
    """
    times = ProtectedTime(policy.file.no_cut)
    day = next(d for d in _days() if not any(times.whole_day(d + n * ONE_DAY) for n in (-1, 0, 1)))
    still = timedelta(seconds=-(-promises.cut_allowance.hi // SECOND) + 2)
    found: list[tuple[datetime, str]] = []
    hasty: list[datetime] = []
    for window in policy.file.no_cut.daily:
        for minute, words, before in (
            (window.begins, "protected time begins", _longer_than(cut) if _lends_for_days(policy) else still),
            (window.ends, "protected time ends", _longer_than(held)),
        ):
            edge = datetime.combine(day, time()) + timedelta(minutes=minute)
            after = edge + timedelta(seconds=1)
            found += [(edge - before, f"just before {words}"), (edge, f"when {words}"), (after, f"just after {words}")]
            if minute == window.begins and not _lends_for_days(policy):
                hasty.append(edge - timedelta(seconds=1))
                found.append((hasty[-1], f"a second before {words}"))
    return [
        Moment(at, f"{at:%a %d %b %Y %H:%M:%S}, {words}", None if at in hasty else times.holds(at))
        for at, words in found
    ]


def _longer_than(duration: int) -> timedelta:
    return max(A_MOMENT, timedelta(seconds=-(-duration // SECOND) + 2))


def day_moments(policy: Policy) -> list[Moment]:
    """At an hour at which cuts are made: protected days, and the like that are not; ends of month and year."""
    times = ProtectedTime(policy.file.no_cut)
    hour = timedelta(minutes=_free_minute(times))
    found = []
    for day, words in dict(_odd_days(policy)).items():
        at = datetime.combine(day, time()) + hour
        found.append(Moment(at, f"{at:%a %d %b %Y %H:%M}, {words}", times.holds(at)))
    return found


def _odd_days(policy: Policy) -> Iterator[tuple[date, str]]:
    rules = policy.file.no_cut
    for name in rules.weekdays:
        day = next(d for d in _days() if WEEKDAYS[d.weekday()] == name)
        yield day, f"a {name}"
        yield day + ONE_DAY, f"the day after a {name}"
    if rules.second_saturday:
        saturdays = [d for d in _days() if d.weekday() == 5]
        early = next(d for d in saturdays if is_second_saturday(d) and d.day == 8)
        late = next(d for d in saturdays if is_second_saturday(d) and d.day == 14)
        yield early, "a second Saturday on the 8th"
        yield late, "a second Saturday on the 14th"
        yield late - 7 * ONE_DAY, "a first Saturday"
        yield early + 7 * ONE_DAY, "a third Saturday"
    for holiday in rules.holidays[:2]:
        yield holiday.on, holiday.name
        yield holiday.on + ONE_DAY, f"the day after {holiday.name}"
    yield date(2026, 12, 31), "the last day of the year"
    yield date(2027, 2, 28), "the last day of February"
    yield date(2027, 3, 1), "the first of March"


def _days() -> Iterator[date]:
    return (FIRST_DAY + n * ONE_DAY for n in range(800))


def _free_minute(times: ProtectedTime) -> int:
    """The middle of the longest part of a working day in which cuts are made (minutes)."""
    day = next(d for d in _days() if not times.whole_day(d))
    midnight = datetime.combine(day, time())
    free = [minute for minute in range(24 * 60) if not times.holds(midnight + timedelta(minutes=minute))]
    return free[len(free) // 2]


def some_free_time(policy: Policy) -> datetime:
    """The middle of the longest time of a working day in which cuts are made."""
    times = ProtectedTime(policy.file.no_cut)
    day = next(d for d in _days() if not times.whole_day(d))
    return datetime.combine(day, time()) + timedelta(minutes=_free_minute(times))


def some_end(policy: Policy) -> datetime:
    """An end of protected time after which cuts are made, on a working day."""
    times = ProtectedTime(policy.file.no_cut)
    day = next(d for d in _days() if not times.whole_day(d) and not times.whole_day(d - ONE_DAY))
    end = times.next_cut(datetime.combine(day, time()))
    assert end is not None, "some time is not protected"
    return end


def held_over_days(policy: Policy) -> list[tuple[datetime, datetime]]:
    """When protected time begins and when it ends: over a night, over protected days, over the end of a year."""
    times = ProtectedTime(policy.file.no_cut)
    hour = timedelta(minutes=_free_minute(times))
    found = []
    for before in (_before(times, FIRST_DAY, days) for days in (0, 1, 2)):
        if before is not None:
            found.append(_protected_from(times, datetime.combine(before, time()) + hour))
    found.append(_protected_from(times, datetime.combine(date(2026, 12, 31), time()) + hour))
    return found


def _before(times: ProtectedTime, since: date, protected: int) -> date | None:
    """The first working day since then that just so many protected days follow."""
    for number in range(400):
        day = since + number * ONE_DAY
        following = [times.whole_day(day + n * ONE_DAY) for n in range(protected + 2)]
        if following == [False, *[True] * protected, False]:
            return day
    return None


def _protected_from(times: ProtectedTime, at: datetime) -> tuple[datetime, datetime]:
    """Protected time that begins after `at`: its beginning, and the first time after it at which cuts are made."""
    begins = at
    while not times.holds(begins):
        begins += timedelta(minutes=1)
    ends = times.next_cut(begins)
    assert ends is not None, "some time is not protected"
    return begins, ends
