"""The event log: a ring numbered from 1, kept over power failures. One that stops when it is full takes no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import Entry, Store

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

SET: Mapping[str, int] = {
    "load_limit": LOAD_LIMIT_SET, "over_threshold_duration": 1001, "under_threshold_duration": 1002,
    "reclose_attempts": 1003, "reclose_interval": 1004, "lock_out_duration": 1005, "alarm_1": 1006, "alarm_2": 1007,
    "control_mode": 1008,
}  # fmt: skip
"""Setting -> event code of its having been written. All but the first are logged only by a meter whose map names them."""

ONLY_BY_NAME = frozenset(SET.values()) - {LOAD_LIMIT_SET}

NAMES: Mapping[int, str] = {
    1: "phase 1 missing", 2: "phase 1 missing ended", 3: "phase 2 missing", 4: "phase 2 missing ended",
    5: "phase 3 missing", 6: "phase 3 missing ended",
    7: "over voltage", 8: "over voltage ended", 9: "low voltage", 10: "low voltage ended",
    51: "current reversed", 52: "current reversed ended", 69: "earth load", 70: "earth load ended",
    OVER_CURRENT_BEGAN: "over current", OVER_CURRENT_ENDED: "over current ended",
    POWER_FAIL: "power fail", POWER_RESTORE: "power restore", CLOCK_SET: "clock set",
    LIMITER_ENABLED: "load limit function enabled", LIMITER_DISABLED: "load limit function disabled",
    201: "magnet", 202: "magnet ended", 203: "neutral disturbance", 204: "neutral disturbance ended",
    205: "low power factor", 206: "low power factor ended", 217: "terminal cover open", 218: "terminal cover open ended",
    251: "cover open",
    TO_POSTPAID: "changed to postpaid", TO_PREPAID: "changed to prepaid",
    OVERLOAD_BEGAN: "overload occurrence", OVERLOAD_ENDED: "overload restoration",
    SWITCH_OPENED: "load switch disconnected", SWITCH_CLOSED: "load switch connected",
    901: "low credit alarm 1", 902: "low credit alarm 2", RECHARGE_ACCEPTED: "recharge accepted",
    904: "credit notice 1", 905: "credit notice 2", 906: "credit notice 3", 909: "credit notice 4",
    EMERGENCY_LENT: "emergency credit lent", EMERGENCY_ENDED: "emergency credit ended",
    **{code: f"{item.replace('_', ' ')} set" for item, code in SET.items()},
}  # fmt: skip
"""The firmware's own codes, and what they are called. A meter logs them under the codes that its map has for these names."""


class EventLog:
    """Writes events with the time of the meter's own clock, under the codes of its settings."""

    def __init__(self, store: Store, clock: Clock, settings: MeterSettings) -> None:
        self._codes = None if settings.event_codes is None else dict(settings.event_codes)
        self.last_sequence = settings.last_sequence
        self.entries = settings.log_entries
        self.stops = settings.log_stops_when_full
        self.store = store
        self.clock = clock

    def record(self, code: int, now: int) -> None:
        """Enter one event, where the meter has it. After the last number comes 0."""
        store = self.store
        if self._codes is None:
            shown = None if code in ONLY_BY_NAME else code
        else:
            shown = self._codes.get(code)
        if shown is None:
            return
        if self.stops and len(store.entries) >= self.entries:
            return
        sequence = (store.sequence + 1) & self.last_sequence
        store.sequence = sequence
        store.entries[sequence] = Entry(sequence, shown, self.stamp(now))
        if len(store.entries) > self.entries:
            del store.entries[next(iter(store.entries))]

    def stamp(self, now: int) -> datetime:
        """The time that an event of `now` bears."""
        return self.clock.civil(now)
