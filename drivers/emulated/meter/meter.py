"""The whole emulated meter: its rooms put together, the mains followed, time kept, items served."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from fractions import Fraction

from drivers.emulated.circuit import Circuit
from drivers.emulated.faults import faults_named
from drivers.emulated.meter import events
from drivers.emulated.meter.rooms import Rooms
from drivers.emulated.meter.settings import MeterSettings
from drivers.modbus.codec import DEVICE_FAILURE, ILLEGAL_ADDRESS, ModbusRefusal
from rig.clock import FOREVER, Alarm, Alarms
from rig.contracts import Value

CIVIL_ZERO = datetime(2026, 1, 5, 8, 0, 0)


class EmulatedMeter:
    """A prepaid meter on `circuit`. Never loops or sleeps: what is due by `alarms.now()` is done when somebody asks or
    when the alarm for it comes, whichever is first, and with the same result.

    `faults` are ids of `drivers.emulated.faults.FAULTS`; an unknown one is a ConfigError. `civil_zero` is what its clock
    shows at instant 0.
    """

    def __init__(
        self,
        circuit: Circuit,
        alarms: Alarms,
        settings: MeterSettings,
        faults: Collection[str] = (),
        civil_zero: datetime = CIVIL_ZERO,
    ) -> None:
        chosen = faults_named(faults)
        self.settings = settings
        self.circuit = circuit
        circuit.phase_shares = settings.phase_shares
        self._alarms = alarms
        rooms = Rooms(circuit, settings, chosen, civil_zero, alarms.now())
        self.store, self.clock, self.log = rooms.store, rooms.clock, rooms.log
        self.metering, self.relay, self.wallet = rooms.metering, rooms.relay, rooms.wallet
        self.calendar, self.mailbox, self.limiter = rooms.calendar, rooms.mailbox, rooms.limiter
        self.registers = rooms.registers
        self._readers = self.registers.readers
        self._rooms = rooms.at_work()
        self._powered = self._booted = self._inside = False
        self._due = self._boots_at = FOREVER
        self._alarm: Alarm | None = None
        self._alarm_at = FOREVER
        for fault in chosen:
            if fault.plant is not None:
                fault.plant(circuit)
        circuit.on_change(self._circuit_changed)
        self._circuit_changed()

    # ------------------------------------------------------------ the face

    def answers(self) -> bool:
        """False while the meter is dead or starting: the unit is silent."""
        if self._alarms.now() >= self._due:
            self._catch_up()
        return self._booted

    @property
    def powered(self) -> bool:
        """True while the mains are on its terminals."""
        return self._powered

    def get(self, item: str) -> Value:
        """The present value of an item, canonical as in `rig.contracts.ITEMS`. Raises ModbusRefusal: there is none."""
        now = self._alarms.now()
        if now >= self._due:
            self._catch_up()
        reader = self._readers.get(item)
        if reader is None:
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        return reader(now)

    def shows(self, item: str) -> bool:
        """True for an item that it reads itself."""
        return item in self._readers

    def takes(self, item: str) -> bool:
        """True for an item that can be written."""
        return item in self.registers.writers

    def need_unlocked(self, item: str) -> None:
        """Raises ModbusRefusal: this item needs the password first."""
        self.registers.need_unlocked(item, self._alarms.now())

    def set(self, item: str, to: Value) -> None:
        """Write an item. Raises ModbusRefusal: the meter does not take it, and nothing has changed."""
        self._catch_up()
        if not self._booted:
            raise ModbusRefusal(DEVICE_FAILURE)
        now = self._alarms.now()
        self._bring_up(now)
        self.registers.write(item, to, now)
        self._plan(now)

    def event(self, sequence: int) -> Mapping[str, int | datetime | None] | None:
        """An entry of the event ring by its number; None when there is none."""
        self._catch_up()
        return self.store.event(sequence)

    def press_button(self) -> None:
        """The button on the front: lends emergency credit that is asked for, makes a reclosing that waits at once, closes
        what is ready, and in some control modes opens. Else it only wakes a display."""
        self._catch_up()
        if self._booted and self.settings.button:
            now = self._alarms.now()
            self._bring_up(now)
            self.wallet.button(now)
            self.relay.button(now)
            self._plan(now)

    def truth(self) -> dict[str, object]:
        """What is really so, for the tests of the rig; money as exact paise, in words ("1234/5")."""
        self._catch_up()
        now = self._alarms.now()
        self._bring_up(now)
        store, account = self.store, self.store.account
        return {
            "contact": self.circuit.contact_closed,
            "position": self.relay.position,
            "holds": store.holds,
            "control": self.relay.shown_control(),
            "balance": str(Fraction(account.balance, self.settings.units_per_paisa)),
            "arrears": account.arrears,
            "recharges": account.recharge_count,
            "total_recharged": account.total_recharged,
            "attempts": store.attempts_done,
            "quanta": self.metering.quanta_at(now),
            "energy_wh": str(Fraction(self.metering.quanta_at(now) * 1000, self.settings.imp_per_kwh)),
            "events": store.sequence,
            "answers": self._booted,
        }

    # ------------------------------------------------------------ time

    def _catch_up(self) -> None:
        """Do, in order, everything that is due by now."""
        if self._inside:
            return
        now = self._alarms.now()
        while self._due <= now:
            self._act(self._due)

    def _act(self, now: int) -> None:
        self._inside = True
        try:
            self._bring_up(now)
            if self._boots_at <= now:
                self._boot(now)
            for room in self._rooms:
                if room.due <= now:
                    room.run(now)
        finally:
            self._inside = False
        self._plan(now)
        if self.circuit.source_on is not self._powered:
            self._circuit_changed()

    def _bring_up(self, now: int) -> None:
        """Bring what is counted lazily up to `now`; changes nothing that anybody could see."""
        if self._powered:
            self.wallet.book(now)
            if self._booted:
                self.limiter.count(now)

    def _plan(self, now: int) -> None:
        due = self._boots_at
        if self._booted:
            for room in self._rooms:
                room.plan(now)
                due = min(due, room.due)
        self._due = due
        if due == self._alarm_at:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = due
        self._alarm = None if due >= FOREVER else self._alarms.call_at(due, self._wake)

    def _wake(self) -> None:
        self._alarm, self._alarm_at = None, FOREVER
        self._catch_up()
        if self._alarm is None:
            self._plan(self._alarms.now())

    # ------------------------------------------------------------ the mains

    def _circuit_changed(self) -> None:
        now = self._alarms.now()
        if self._inside:
            self._bring_up(now)  # in wall time the contact moves a little after the instant that it was due
            self.metering.take(now)
            return
        self._catch_up()
        self._bring_up(now)
        if self.circuit.source_on is self._powered:
            self.metering.take(now)
        elif self._powered:
            self._power_fails(now)
        else:
            self._power_returns(now)
        self._plan(now)

    def _power_fails(self, now: int) -> None:
        self.log.record(events.POWER_FAIL, now)
        self.metering.stop(now)
        for room in self._rooms:
            room.power_fails()
            room.due = FOREVER
        self.registers.power_fails()
        self.clock.power_fails(now)
        self.store.power_fails(now)
        self._powered, self._booted, self._boots_at = False, False, FOREVER

    def _power_returns(self, now: int) -> None:
        self._powered = True
        self.metering.start(now)
        self.clock.power_returns(now)
        if self.store.entries:
            self.log.record(events.POWER_RESTORE, now)
        self._boots_at = now + self.settings.power_up_ns

    def _boot(self, now: int) -> None:
        self._boots_at, self._booted = FOREVER, True
        for room in self._rooms:
            room.boots(now)
