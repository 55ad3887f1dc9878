"""The money of the meter: what consumption takes off the balance, what a recharge brings, and who gets which part of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from drivers.emulated.meter import events
from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.dues import Dues
from drivers.emulated.meter.emergency import LENT, EmergencyCredit
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.metering import Metering
from drivers.emulated.meter.protected_time import ProtectedTime
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.room import Room
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.sharing import Sharing
from drivers.emulated.meter.store import Store
from drivers.emulated.meter.tariff import Tariff
from rig.clock import FOREVER


class Ledger(Room):
    """Money is counted in whole parts of a paisa, so that a quantum costs a whole number of them: nothing is rounded.

    In a wallet of kWh a step of the balance takes the place of a paisa.
    """

    def __init__(
        self,
        settings: MeterSettings,
        store: Store,
        metering: Metering,
        relay: Relay,
        log: EventLog,
        clock: Clock,
        sharing: Sharing,
        emergency: EmergencyCredit | None = None,
        protected: ProtectedTime | None = None,
        tariff: Tariff | None = None,
        dues: Dues | None = None,
    ) -> None:
        """What the meter does not have is None."""
        self.settings = settings
        self.store = store
        self.metering = metering
        self.relay = relay
        self.log = log
        self.clock = clock
        self.sharing = sharing
        self.emergency = emergency
        self.protected = protected
        self.tariff = tariff
        self.dues = dues
        self._tick = 0
        self._on = date.min
        self._parts: dict[str, int] = {}
        account = store.account
        for place, _ in enumerate(settings.money.notices_percent):
            account.low[events.notice(place)] = False
        for alarm in events.LOW_CREDIT:
            account.low[alarm] = account.balance <= self.threshold(alarm)

    @property
    def quantum_cost(self) -> int:
        """What one quantum takes off the balance at present (parts of a paisa)."""
        return self.settings.price_paise if self.tariff is None else self.tariff.price

    def shares(self, amount: int) -> tuple[int, int]:
        """What a recharge takes off the arrears, and what it adds to the balance (paise)."""
        self._parts = self.sharing.shares(amount, self.owed(), self.store.account.taken, self._on)
        taken = self._parts.get("arrears", 0) + self._parts.get("charges", 0)
        return taken, amount - taken

    def owed(self) -> dict[str, int]:
        """What each kind of sink is due (paise)."""
        account = self.store.account
        below = -(min(account.balance, 0) // self.settings.units_per_paisa)
        used = 0 if self.emergency is None else self.emergency.used(account)
        return {
            "arrears": account.arrears,
            "emergency_credit": used,
            "negative_balance": below - used,
            "charges": min(account.missed, account.arrears),
        }

    def book(self, now: int) -> None:
        """Bring consumption up to the last tick into the balance."""
        metering, tick_ns = self.metering, self.settings.tick_ns
        if not metering.running:
            return
        tick = (now - metering.anchor) // tick_ns
        if tick <= self._tick:
            return
        self._tick = tick
        self.take(metering.quanta_at(metering.anchor + tick * tick_ns))

    def book_all(self, now: int) -> None:
        """Bring consumption up to `now` into the balance: what follows has another price, or another balance."""
        self.book(now)
        self.take(self.metering.quanta_at(now))

    def take(self, quanta: int) -> None:
        """Consumption up to this count of the energy register comes off the balance."""
        account = self.store.account
        more, account.booked_quanta = quanta - account.booked_quanta, quanta
        if self.tariff is None:
            account.balance -= more * self.quantum_cost
            return
        while more > 0:
            some = min(more, self.tariff.left)
            account.balance -= some * self.quantum_cost
            self.tariff.take(some)
            more -= some

    def energy_of_month(self) -> Decimal:
        """What was booked since the month began (Wh); since ever in a meter that has no months."""
        quanta = self.store.account.booked_quanta if self.tariff is None else self.tariff.used_in_month
        return Decimal(quanta * 1000) / self.settings.imp_per_kwh

    def look_at_prices(self, civil: datetime) -> None:
        """The meter's clock has come to a time at which the price may change; everything before it is booked."""
        if self.tariff is not None:
            self.tariff.look(civil)

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        """Credit a recharge (paise)."""
        self.store.before_recharge(now)
        account = self.store.account
        self._on = self.clock.civil(now).date()
        if self.dues is not None:
            self.dues.recharged(account, amount, self.owed())
        to_arrears, to_balance = self.shares(amount)
        account.arrears -= to_arrears
        account.missed = min(account.missed - self._parts.get("charges", 0), account.arrears)
        account.taken = self.sharing.note(self._parts, account.taken, self._on)
        account.balance += to_balance * self.settings.units_per_paisa
        account.last_credited = to_balance
        account.total_recharged += amount
        account.recharge_count = (account.recharge_count + 1) & 0xFFFF
        self.note_last(amount, to_arrears, recharge_id, now)
        self.log.record(events.RECHARGE_ACCEPTED, now)
        self._balance_rose(now)

    def note_last(self, amount: int, to_arrears: int, recharge_id: int, now: int) -> None:
        """Keep what the last recharge was."""
        account = self.store.account
        account.last_amount, account.last_to_arrears = amount, to_arrears
        account.last_time, account.last_id = self.clock.civil(now), recharge_id
        account.ids[recharge_id] = None
        while len(account.ids) > self.settings.remembered_ids:
            del account.ids[next(iter(account.ids))]

    def preset(self, balance: int, now: int) -> None:
        """Set the balance to whole paise; what was consumed until now is behind it."""
        self.book_all(now)
        self.store.account.balance = balance * self.settings.units_per_paisa
        self.forget_dues()
        self._balance_rose(now)

    def forget_dues(self) -> None:
        """Nothing is demanded for the last cut any more."""
        if self.dues is not None:
            self.dues.forget(self.store.account)

    def _balance_rose(self, now: int) -> None:
        if self.emergency is not None:
            self.emergency.repaid(self.store.account, now)
        self.raised()

    def raised(self) -> None:
        """Balance or thresholds were changed by hand: alarms above which the balance stands may be told again."""
        account = self.store.account
        for name in account.low:
            if account.balance > self.threshold(name):
                account.low[name] = False

    @property
    def balance_paise(self) -> int:
        """What the register shows: whole paise, rounded down."""
        return self.store.account.balance // self.settings.units_per_paisa

    def threshold(self, name: str) -> int:
        """The balance at which an alarm or notice is told (parts of a paisa)."""
        units, account = self.settings.units_per_paisa, self.store.account
        if name in self.store.setup:
            threshold = self.store.setup[name]
            return threshold * units if threshold else -FOREVER * units
        percent = self.settings.money.notices_percent[int(name.removeprefix("notice_")) - 1]
        return account.last_credited * percent * units // 100 if account.recharge_count else -FOREVER * units

    def lent(self) -> bool:
        """True while emergency credit is in use."""
        return self.store.account.emergency == LENT
