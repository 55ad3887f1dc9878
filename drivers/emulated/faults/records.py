"""Faults of what the meter keeps of its life: log, clock and store under stress."""

from __future__ import annotations

from datetime import datetime, timedelta

from drivers.emulated.faults.fault import Fault, fails
from drivers.emulated.meter.calendar import Calendar
from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.limiter import Limiter
from drivers.emulated.meter.mailbox import Mailbox
from drivers.emulated.meter.registers import Reader, Registers
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import Account, Store
from drivers.emulated.meter.wallet import Wallet
from drivers.emulated.meter.watch import Sign, Watch
from rig.clock import MILLISECOND
from rig.contracts import Value

SAGGED_MV = 160_000
TORN_FOR = 12 * MILLISECOND


class StopsWhenFull(EventLog):
    """A full ring takes no more."""

    def __init__(self, store: Store, clock: Clock, settings: MeterSettings) -> None:
        super().__init__(store, clock, settings)
        self.stops = True


class ShiftedStamps(EventLog):
    """Events bear a time that is five and a half hours behind the clock."""

    def stamp(self, now: int) -> datetime:
        return super().stamp(now) - timedelta(minutes=330)


class SetRefusedSilently(Clock):
    """A new time is acknowledged, and the old one goes on."""

    def set(self, _now: int, _to: datetime) -> None:
        return None


class ClockStandsStill(Clock):
    """Without mains the clock stands still."""

    _went: int | None = None

    def power_fails(self, now: int) -> None:
        self._went = now

    def power_returns(self, now: int) -> None:
        super().power_returns(now)
        if self._went is not None:
            self.set(now, self.civil(self._went))


class DatesNotFilledIn(Registers):
    """From a power failure until the clock is set again, registers of a date hold ones in all their bits."""

    def __init__(self, wallet: Wallet, mailbox: Mailbox, limiter: Limiter, calendar: Calendar) -> None:
        super().__init__(wallet, mailbox, limiter, calendar)
        self._unset = False
        for item in ("clock", "last_recharge_time"):
            self.readers[item] = self._unless_unset(self.readers[item])

    def _unless_unset(self, reader: Reader) -> Reader:
        return lambda now: None if self._unset else reader(now)

    def write(self, item: str, to: Value, now: int) -> None:
        super().write(item, to, now)
        if item == "clock":
            self._unset = False

    def power_fails(self) -> None:
        super().power_fails()
        self._unset = True


class TornWrite(Store):
    """A power failure within 12 ms of a recharge's being credited leaves the low half of the new balance on the high half of the old."""

    _before: Account | None = None
    _at = -TORN_FOR

    def before_recharge(self, now: int) -> None:
        super().before_recharge(now)
        self._before, self._at = self.account.copy(), now

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        if self._before is not None and now < self._at + TORN_FOR:
            units = self._units
            old, new = self._before.balance // units, self.account.balance // units
            self.account.balance += ((old & ~0xFFFF | new & 0xFFFF) - new) * units


class SagForgets(Wallet):
    """A recharge that is credited while the mains sag is acknowledged and not stored."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        before = self.store.account.copy()
        super().credit(amount, recharge_id, now)
        if self.metering.circuit.line_millivolts < SAGGED_MV:
            self.store.account = before


class SeesNoVoltage(Watch):
    """Voltage out of range is not noticed."""

    def shows(self, sign: Sign) -> bool:
        return sign.begins not in (7, 9) and super().shows(sign)


FAULTS = (
    Fault(
        "E18",
        "the log stops when it is full",
        "event log",
        "no event has a number after the ring's last",
        (StopsWhenFull,),
        ends_in=fails("EVT-2", "events beside those promised"),
    ),
    Fault(
        "E19",
        "voltage is not watched",
        "watch",
        "no event tells of a voltage out of range",
        (SeesNoVoltage,),
        ends_in=fails("EVT-3", "told beside what was due"),
    ),
    Fault(
        "T4",
        "stamps in another zone",
        "event log",
        "events bear times five and a half hours off",
        (ShiftedStamps,),
        ends_in=fails("EVT-1", "recharge accepted"),
    ),
    Fault(
        "T5",
        "dates not filled in",
        "registers",
        "after a power failure the clock shows no time",
        (DatesNotFilledIn,),
        ends_in=fails("PWR-1", "clock after the failure"),
    ),
    Fault(
        "T6",
        "a set clock is not taken",
        "clock",
        "the clock goes on as before it was set",
        (SetRefusedSilently,),
        ends_in=fails("CLK-1", "clock as set"),
    ),
    Fault(
        "T7",
        "the clock stands still without mains",
        "clock",
        "after a power failure the clock is behind",
        (ClockStandsStill,),
        ends_in=fails("CLK-1", "clock after midnight"),
    ),
    Fault(
        "L5",
        "torn write",
        "store",
        "after a power failure the balance is neither old nor new",
        (TornWrite,),
        ends_in=fails("PWR-6", "neither old nor new"),
    ),
    Fault(
        "L6",
        "a sag loses a recharge",
        "wallet",
        "a recharge is acknowledged in a sag and not credited",
        (SagForgets,),
        ends_in=fails("EVT-4", "credited beside what was due"),
    ),
)
