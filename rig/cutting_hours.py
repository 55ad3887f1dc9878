"""The next hours at which a policy lets supply be cut, for scenarios that need some."""

from __future__ import annotations

from datetime import datetime, timedelta

from rig.policies.protected import ProtectedTime
from rig.policy import Policy

LONG_ENOUGH = timedelta(hours=2)
"""What a scenario takes at most, and a little more."""
A_LITTLE = timedelta(minutes=1, seconds=7)


def cutting_hours(policy: Policy, shown: datetime) -> datetime | None:
    """What a clock that shows `shown` has to be set to; None when cuts are made for long enough from now on."""
    if policy.file.no_cut.empty:
        return None
    times = ProtectedTime(policy.file.no_cut)
    if _free(times, shown):
        return None
    begins = times.next_cut(shown)
    while begins is not None and not _free(times, begins + A_LITTLE):
        begins = _after(times, begins)
    return None if begins is None else begins.replace(microsecond=0) + A_LITTLE


def _free(times: ProtectedTime, at: datetime) -> bool:
    """True when no time is protected from `at` on, for long enough."""
    until = at + LONG_ENOUGH
    return not times.holds(at) and not any(times.holds(edge) for edge in times.begins_between(at, until))


def _after(times: ProtectedTime, at: datetime) -> datetime | None:
    """The beginning of the next time at which cuts are made, after the one that `at` lies in."""
    while not times.holds(at):
        at += timedelta(minutes=1)
    return times.next_cut(at)
