"""The second batch, of figures, clock and log: slips of a tired firmware engineer."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from drivers.emulated.faults.unlisted.naming import unlisted
from drivers.emulated.meter import events
from drivers.emulated.meter.calendar import Calendar
from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.limiter import Limiter
from drivers.emulated.meter.mailbox import Mailbox
from drivers.emulated.meter.metering import Metering
from drivers.emulated.meter.registers import Registers, Writer, whole
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import Store
from drivers.emulated.meter.wallet import Wallet
from rig.contracts import Value


class DateBehindAfterMidnight(EventLog):
    """Events of the first hour of a day bear the date of the day before."""

    def stamp(self, now: int) -> datetime:
        time = super().stamp(now)
        return time - timedelta(days=1) if time.hour == 0 else time


class OneEntryLess(EventLog):
    """The ring keeps 31 entries."""

    def __init__(self, store: Store, clock: Clock, settings: MeterSettings) -> None:
        super().__init__(store, clock, settings)
        self.entries = max(1, self.entries - 1)


class FailToldAtTheReturn(EventLog):
    """A power failure is logged when the mains are back, with that time."""

    def record(self, code: int, now: int) -> None:
        if code == events.POWER_FAIL:
            return
        if code == events.POWER_RESTORE:
            super().record(events.POWER_FAIL, now)
        super().record(code, now)


class VoltageEndUntold(EventLog):
    """No event tells that the voltage is in range again."""

    def record(self, code: int, now: int) -> None:
        if code not in (8, 10):
            super().record(code, now)


class UnchangedUntold(Registers):
    """A setting that is written as it was has no event."""

    def _setup_writer(self, item: str) -> Writer:
        write = super()._setup_writer(item)

        def changed(to: Value, now: int) -> None:
            if self.store.setup[item] != whole(to):
                write(to, now)

        return changed


class SecondsDropped(Clock):
    """A set clock begins at the whole minute."""

    def set(self, now: int, to: datetime) -> None:
        super().set(now, to.replace(second=0))


class NoLeapDay(Clock):
    """29 February is shown as 1 March."""

    def civil(self, now: int) -> datetime:
        shown = super().civil(now)
        return shown + timedelta(days=1) if (shown.month, shown.day) == (2, 29) else shown


class EnergyInTens(Metering):
    """The energy register moves by ten Wh."""

    def watt_hours(self, now: int) -> Decimal:
        return super().watt_hours(now) // 10 * 10


class ExportLost(Metering):
    """A power failure takes what was counted as export since the last one."""

    def stop(self, now: int) -> None:
        exported = self.store.exported
        super().stop(now)
        self.store.exported = exported


class FourteenBits(Metering):
    """The current register wraps at 16,384 mA."""

    def milliamps(self, now: int) -> int:
        return super().milliamps(now) & 0x3FFF


class VoltageOfTheStart(Metering):
    """The voltage register stays at what it was at the start."""

    _first = 0

    def start(self, now: int) -> None:
        super().start(now)
        self._first = self._line[0]

    def line(self, now: int) -> tuple[int, int]:
        return self._first, super().line(now)[1]


class NeutralIsPhase(Registers):
    """The register of the neutral's current shows the phase's."""

    def __init__(self, wallet: Wallet, mailbox: Mailbox, limiter: Limiter, calendar: Calendar) -> None:
        super().__init__(wallet, mailbox, limiter, calendar)
        self.readers["neutral_current"] = self.readers["current"]


_ROOMS = (
    DateBehindAfterMidnight, OneEntryLess, FailToldAtTheReturn, VoltageEndUntold, UnchangedUntold, SecondsDropped,
    NoLeapDay, EnergyInTens, ExportLost, FourteenBits, VoltageOfTheStart, NeutralIsPhase,
)  # fmt: skip

FAULTS = unlisted("UE", *_ROOMS)
