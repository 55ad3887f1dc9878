"""Hours of the meter's clock in which no day begins, for scenarios that are not about what a day costs."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from rig.cutting_hours import cutting_hours
from rig.policy import Policy
from rig.scenario import Scenario

A_START = timedelta(minutes=2)
"""What the way to the start may take besides."""
TOO_LATE_TO_SET = timedelta(seconds=5)
"""So close to midnight it could pass between the look at the clock and its setting."""
AN_HOUR = timedelta(hours=1)


def lasts(scenario: Scenario) -> timedelta:
    """How long a scenario may take at most, from its start; nothing where it waits for days, and sets the clock itself."""
    bench_time = timedelta(seconds=scenario.wall_seconds)
    return 2 * bench_time + A_START if bench_time else timedelta()


def next_midnight(shown: datetime) -> datetime:
    """The 00:00 that follows."""
    return datetime.combine(shown.date() + timedelta(days=1), time())


def meets_midnight(policy: Policy, shown: datetime, stretch: timedelta) -> bool:
    """True when the policy takes something at a midnight that falls into `stretch` from now, when the clock shows `shown`."""
    return policy.charges_by_day and bool(stretch) and shown + stretch >= next_midnight(shown)


def quiet_hour(policy: Policy, shown: datetime, stretch: timedelta, cuts: bool) -> datetime | None:
    """What a clock that shows `shown` has to be set to, so that it meets no midnight; None where the day has no such hour.

    It goes back by whole hours and stays in its day, so that no day is begun or taken back. `cuts`: and cuts are made then.
    """
    for hours in range(1, 24):
        earlier = shown - hours * AN_HOUR
        if earlier.date() != shown.date():
            return None
        if not meets_midnight(policy, earlier, stretch) and not (cuts and cutting_hours(policy, earlier)):
            return earlier
    return None
