"""Faults of store, clock and event log."""

from __future__ import annotations

from datetime import datetime, timedelta

from drivers.emulated.faults.fault import Fault, fails
from drivers.emulated.meter import events
from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.metering import Metering
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import Account, Store
from rig.clock import MINUTE, SECOND

SAVED_EVERY = 15 * MINUTE
HALF_FOR = 2 * SECOND


class SavedSeldom(Store):
    """The account is saved every 15 minutes only: a power failure takes back the recharges since."""

    _saved: Account | None = None
    _saved_in = -1

    def before_recharge(self, now: int) -> None:
        super().before_recharge(now)
        if now // SAVED_EVERY != self._saved_in:
            self._saved, self._saved_in = self.account.copy(), now // SAVED_EVERY

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        if self._saved is not None and now // SAVED_EVERY == self._saved_in:
            self.account = self._saved.copy()


class HalfARecharge(Store):
    """A power failure within two seconds of a recharge leaves its balance, and what else is kept of it as it was before."""

    _before: Account | None = None
    _at = -HALF_FOR

    def before_recharge(self, now: int) -> None:
        super().before_recharge(now)
        self._before, self._at = self.account.copy(), now

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        if self._before is not None and now < self._at + HALF_FOR:
            for what in ("last_amount", "last_to_arrears", "last_time", "total_recharged", "recharge_count"):
                setattr(self.account, what, getattr(self._before, what))


class EnergySavedSeldom(Metering):
    """The energy register is saved every 64 counts only."""

    def kept(self, quanta: int) -> int:
        return max(self.store.quanta, super().kept(quanta) // 64 * 64)


class ClockDrifts(Clock):
    """The clock runs fast by 10 s in an hour."""

    def __init__(self, settings: MeterSettings, civil_zero: datetime) -> None:
        super().__init__(settings, civil_zero)
        self.drift_ppb += 2_777_778


class ClockLost(Clock):
    """Without mains the clock forgets the time and starts from its epoch."""

    _had_power = False

    def power_returns(self, now: int) -> None:
        super().power_returns(now)
        if self._had_power:
            self.set(now, datetime(2000, 1, 1))
        self._had_power = True


class SwitchEventsWrong(EventLog):
    """An opening is logged twice, a closing not at all."""

    def record(self, code: int, now: int) -> None:
        for _ in range({events.SWITCH_OPENED: 2, events.SWITCH_CLOSED: 0}.get(code, 1)):
            super().record(code, now)


class EventTimesWrong(EventLog):
    """Events bear a time that is up to five minutes off, and out of order."""

    def stamp(self, now: int) -> datetime:
        return super().stamp(now) + timedelta(seconds=self.store.sequence * 7919 % 600 - 300)


class FullLogStops(EventLog):
    """A log that is full takes no more."""

    def record(self, code: int, now: int) -> None:
        if len(self.store.entries) < self.entries:
            super().record(code, now)


FAULTS = (
    Fault(
        "L4",
        "account rolled back at power failure",
        "store",
        "a recharge is gone after a power failure",
        (SavedSeldom,),
        ends_in=fails("PWR-3", "arrears beside the ledger"),
    ),
    Fault(
        "P3",
        "half a recharge",
        "store",
        "after a power failure the balance has the recharge, and its amount, time and sum have not",
        (HalfARecharge,),
        ends_in=fails("PWR-6", "record beside the balance"),
    ),
    Fault(
        "L7",
        "energy lost at power failure",
        "store",
        "the energy register falls back by more than one count",
        (EnergySavedSeldom,),
        ends_in=fails("PWR-1", "energy across the failure"),
    ),
    Fault(
        "T1",
        "clock drifts by 10 s/h",
        "clock",
        "the clock gains on the rig's",
        (ClockDrifts,),
        ends_in=fails("IDL-2", "drift"),
    ),
    Fault(
        "T2",
        "clock lost at power failure",
        "clock",
        "after a power failure the clock shows the year 2000",
        (ClockLost,),
        ends_in=fails("CLK-1", "clock after midnight"),
    ),
    Fault(
        "E1",
        "switch events missing or double",
        "event log",
        "an operation has two entries or none",
        (SwitchEventsWrong,),
        ends_in=fails("EVT-1", "load switch connected"),
    ),
    Fault(
        "E3",
        "event times wrong",
        "event log",
        "times of events are minutes off and not in order",
        (EventTimesWrong,),
        ends_in=fails("EVT-1", "load switch disconnected"),
    ),
    Fault(
        "E8",
        "a full log takes no more",
        "event log",
        "what happens after 32 events is not logged",
        (FullLogStops,),
        ends_in=fails("EVT-2", "events beside those promised"),
    ),
)
