"""The rooms of a meter put together: what its settings ask for, with what the chosen faults make of each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from drivers.emulated.circuit import Circuit
from drivers.emulated.faults import Fault
from drivers.emulated.meter.calendar import Calendar
from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.dues import Dues
from drivers.emulated.meter.emergency import EmergencyCredit
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.families import LIMITERS
from drivers.emulated.meter.limiter import Limiter
from drivers.emulated.meter.mailbox import Mailbox
from drivers.emulated.meter.metering import Metering
from drivers.emulated.meter.protected_time import ProtectedTime
from drivers.emulated.meter.registers import Registers
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.room import Room
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.sharing import SIMPLE, Sharing
from drivers.emulated.meter.store import Store
from drivers.emulated.meter.tariff import Tariff, edges_of
from drivers.emulated.meter.wallet import Wallet
from drivers.emulated.meter.watch import Watch

R = TypeVar("R")


class Rooms:
    """Every room of one meter. `now` is the instant at which it is made, `civil_zero` what its clock shows at instant 0."""

    def __init__(
        self, circuit: Circuit, settings: MeterSettings, faults: Collection[Fault], civil_zero: datetime, now: int
    ) -> None:
        self._settings, self._faults = settings, faults
        self.store = self._made(Store)(settings)
        self.clock = self._made(Clock)(settings, civil_zero)
        self.log = self._made(EventLog)(self.store, self.clock, settings)
        self.metering = self._made(Metering)(circuit, settings, self.store)
        self.relay = self._made(Relay)(circuit, settings, self.store, self.log, self.metering)
        self.wallet = self._wallet()
        self.calendar = self._made(Calendar)(settings, self.store, self.clock, self.wallet, now)
        self.mailbox = self._made(Mailbox)(settings, self.store, self.wallet)
        limiter = self._made(Limiter, LIMITERS[settings.overload_family])
        self.limiter = limiter(settings, self.store, self.metering, self.relay, self.log)
        self.watch = self._made(Watch)(circuit, settings, self.store, self.relay, self.log)
        self.registers = self._made(Registers)(self.wallet, self.mailbox, self.limiter, self.calendar)

    def at_work(self) -> tuple[Room, ...]:
        """The rooms that act by themselves, in the order in which they act at one instant."""
        always: tuple[Room, ...] = (self.wallet, self.mailbox, self.limiter, self.watch, self.relay)
        return (self.calendar, *always) if self.calendar.works else always

    def _wallet(self) -> Wallet:
        """The wallet, with what its money table asks for; the rest is not there."""
        settings, table = self._settings, self._settings.money
        lent, no_cut, prices = table.emergency_credit, table.no_cut, settings.prices
        account, units = self.store.account, settings.units_per_paisa
        return self._made(Wallet)(
            settings,
            self.store,
            self.metering,
            self.relay,
            self.log,
            self.clock,
            self._made(Sharing)(table.sinks or SIMPLE[settings.arrears_mode]),
            self._made(EmergencyCredit)(lent, account, units) if lent is not None else None,
            self._made(ProtectedTime)(no_cut) if no_cut is not None else None,
            self._made(Tariff)(prices, edges_of(table, settings.imp_per_kwh), table) if prices else None,
            self._made(Dues)(table.reconnection_dues) if table.reconnection_dues is not None else None,
        )

    def _made(self, room: type[R], kind: type[R] | None = None) -> type[R]:
        """The room as the faults make it: each is a subclass, and several stand on each other, all of them on `kind`."""
        kind = kind or room
        changed: list[type[R]] = [one for fault in self._faults for one in fault.rooms if issubclass(one, room)]
        if len(changed) < 2 and kind is room:
            return changed[0] if changed else room
        if not changed:
            return kind
        return type(room.__name__, (*dict.fromkeys(changed), *([kind] if kind is not room else [])), {})
