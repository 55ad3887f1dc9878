"""The zone that a bench, or a meter on it, keeps its time in: a distance from UTC, or the name of a zone.

A meter keeps one distance from UTC: of a named zone the one that holds when the run begins, whatever clocks on the wall do later.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from typing import Annotated

from pydantic import AfterValidator

from rig.clock import utc_now
from rig.errors import ConfigError

USUAL = "+05:30"
"""Where nothing is said: India."""
AHEAD = timedelta(days=2)
"""So far ahead a change of the clocks is looked for: no run takes longer."""
_DISTANCE = ("+", "-", "Z")


def zone_named(text: str) -> tzinfo:
    """The zone of this text, "+05:30" or "Asia/Kolkata". ConfigError for none such, and where its data is not on this machine."""
    if text.startswith(_DISTANCE):
        return _at_a_distance(text)
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    if available_timezones():
        raise ConfigError(f"{text} is no time zone; write its name, Asia/Kolkata, or its distance from UTC, +05:30")
    raise ConfigError(
        f"{text}: this machine has no data of time zones, as Windows has none; install the package tzdata, "
        "or write the distance from UTC, +05:30"
    )


def _at_a_distance(text: str) -> tzinfo:
    try:
        found = datetime.fromisoformat(f"2000-01-01T00:00:00{text}").tzinfo
    except ValueError:
        found = None
    if found is None:
        raise ConfigError(f"{text} is no distance from UTC; write it as +05:30")
    return found


def _checked(text: str) -> str:
    try:
        zone_named(text)
    except ConfigError as error:
        raise ValueError(str(error)) from None
    return text


ZoneText = Annotated[str, AfterValidator(_checked)]
"""A zone as it stands in a file."""


def zone_of_a_meter(zone: str, at: datetime) -> timezone:
    """The one distance from UTC that a meter in this zone keeps in a run that begins at `at` (aware)."""
    return timezone(at.astimezone(zone_named(zone)).utcoffset() or timedelta())


def distance_text(zone: str, at: datetime) -> str:
    """That distance as text: "+05:30"."""
    minutes = int((zone_of_a_meter(zone, at).utcoffset(None) or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def civil_now(zone: str) -> datetime:
    """What a meter in this zone ought to show now, naive."""
    now = utc_now()
    return now.astimezone(zone_of_a_meter(zone, now)).replace(tzinfo=None)


def change_ahead(zone: str, at: datetime) -> str:
    """What the clocks of this zone will do within two days of `at` (aware), in words; empty where they run on."""
    place = zone_named(zone)
    before, after = at.astimezone(place).utcoffset(), (at + AHEAD).astimezone(place).utcoffset()
    if before == after:
        return ""
    kept, then = distance_text(zone, at), distance_text(zone, at + AHEAD)
    return (
        f"the clocks of {zone} change from {kept} to {then} within two days: the meter's clock is judged by {kept} to the end "
        "of this run, and a meter that changes by itself will be called wrong"
    )
