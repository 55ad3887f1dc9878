"""The event log: a ring numbered from 1, kept over power failures. One that stops when it is full takes no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import Entry, Store

LAST_SEQUENCE = 0xFFFF

POWER_FAIL, POWER_RESTORE = 101, 102
CLOCK_SET = 151
LOAD_LIMIT_SET, LIMITER_ENABLED, LIMITER_DISABLED = 158, 159, 160
TO_POSTPAID, TO_PREPAID = 211, 212
OVERLOAD_BEGAN, OVERLOAD_ENDED = 215, 216
OVER_CURRENT_BEGAN, OVER_CURRENT_ENDED = 67, 68
SWITCH_OPENED, SWITCH_CLOSED = 301, 302
LOW_CREDIT = {"alarm_1": 901, "alarm_2": 902}
RECHARGE_ACCEPTED = 903
EMERGENCY_LENT, EMERGENCY_ENDED = 907, 908
NOTICES = (904, 905, 906, 909)
"""Notices by percentage of the last recharge, in the order of the settings."""


def notice(place: int) -> str:
    """The name under which the store keeps whether a notice was told."""
    return f"notice_{place + 1}"


TOLD: Mapping[str, int] = {**LOW_CREDIT, **{notice(place): code for place, code in enumerate(NOTICES)}}
"""Alarm or notice -> event code."""


class EventLog:
    """Writes events with the time of the meter's own clock."""

    def __init__(self, store: Store, clock: Clock, settings: MeterSettings) -> None:
        self.entries = settings.log_entries
        self.stops = settings.log_stops_when_full
        self.store = store
        self.clock = clock

    def record(self, code: int, now: int) -> None:
        """Enter one event. After 65535 comes 0."""
        store = self.store
        if self.stops and len(store.entries) >= self.entries:
            return
        sequence = (store.sequence + 1) & LAST_SEQUENCE
        store.sequence = sequence
        store.entries[sequence] = Entry(sequence, code, self.stamp(now))
        if len(store.entries) > self.entries:
            del store.entries[next(iter(store.entries))]

    def stamp(self, now: int) -> datetime:
        """The time that an event of `now` bears."""
        return self.clock.civil(now)
