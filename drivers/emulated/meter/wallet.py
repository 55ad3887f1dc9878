"""The wallet: consumption reaches the balance at ledger ticks, credit gone opens the relay, credit back closes it."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.emulated.meter import events
from drivers.emulated.meter.arrears import ARREARS_RULES
from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.metering import Metering
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.room import Room
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import CREDIT, Store
from rig.clock import FOREVER


class Wallet(Room):
    """Money is counted in whole parts of a paisa, so that a quantum costs a whole number of them: nothing is rounded.

    An alarm is told once at the tick at which the balance is found at or below it, and again only after it was above;
    a threshold of 0 is no alarm. In postpaid mode there are no alarms and no cut, and the balance may be negative.
    """

    def __init__(
        self, settings: MeterSettings, store: Store, metering: Metering, relay: Relay, log: EventLog, clock: Clock
    ) -> None:
        self.settings = settings
        self.store = store
        self.metering = metering
        self.relay = relay
        self.log = log
        self.clock = clock
        self.rule = ARREARS_RULES[settings.arrears_mode]
        self._tick = 0
        self._reclose_at: int | None = None
        for alarm in events.LOW_CREDIT:
            store.account.low[alarm] = store.account.balance <= self._alarm(alarm)

    # ------------------------------------------------------------ decisions

    @property
    def quantum_cost(self) -> int:
        """What one quantum takes off the balance (parts of a paisa)."""
        return self.settings.price_paise

    @property
    def gone_at(self) -> int:
        """Credit is gone when the balance is not above this (parts of a paisa)."""
        return 0

    def cut(self, now: int) -> None:
        """Credit was found gone at a tick: open the relay."""
        self.store.holds |= CREDIT
        self.relay.follow(now)

    def may_reclose(self) -> bool:
        """True when the reason for the cut is gone."""
        return not self.store.prepaid or self.store.account.balance > self.gone_at

    def shares(self, amount: int) -> tuple[int, int]:
        """What a recharge takes off the arrears, and what it adds to the balance (paise)."""
        taken = self.rule(amount, self.store.account.arrears)
        return taken, amount - taken

    # ------------------------------------------------------------ the ledger

    def book(self, now: int) -> None:
        """Bring consumption up to the last tick into the balance."""
        metering, tick_ns = self.metering, self.settings.tick_ns
        if not metering.running:
            return
        tick = (now - metering.anchor) // tick_ns
        if tick <= self._tick:
            return
        self._tick = tick
        account = self.store.account
        quanta = metering.quanta_at(metering.anchor + tick * tick_ns)
        account.balance -= (quanta - account.booked_quanta) * self.quantum_cost
        account.booked_quanta = quanta

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        """Credit a recharge (paise)."""
        self.store.before_recharge(now)
        account = self.store.account
        to_arrears, to_balance = self.shares(amount)
        account.arrears -= to_arrears
        account.balance += to_balance * self.settings.units_per_paisa
        account.total_recharged += amount
        account.recharge_count = (account.recharge_count + 1) & 0xFFFF
        self.note_last(amount, to_arrears, recharge_id, now)
        self.log.record(events.RECHARGE_ACCEPTED, now)
        self.raised()

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
        account = self.store.account
        account.balance = balance * self.settings.units_per_paisa
        account.booked_quanta = self.metering.quanta_at(now)
        self.raised()

    def raised(self) -> None:
        """Balance or thresholds were changed by hand: alarms above which the balance stands may be told again."""
        account = self.store.account
        for alarm in events.LOW_CREDIT:
            if account.balance > self._alarm(alarm):
                account.low[alarm] = False

    @property
    def balance_paise(self) -> int:
        """What the register shows: whole paise, rounded down."""
        return self.store.account.balance // self.settings.units_per_paisa

    # ------------------------------------------------------------ what comes next

    def plan(self, now: int) -> None:
        self._plan_reclose(now)
        due = FOREVER if self._reclose_at is None else self._reclose_at
        if self.store.prepaid:
            threshold = max(self._thresholds(), default=None)
            if threshold is not None:
                due = min(due, self._tick_below(threshold, now))
        self.due = due

    def run(self, now: int) -> None:
        store = self.store
        if self._reclose_at is not None and self._reclose_at <= now:
            self._reclose_at = None
            store.holds &= ~CREDIT
            self.relay.follow(now)
        if not store.prepaid or (now - self.metering.anchor) % self.settings.tick_ns:
            return
        balance, low = store.account.balance, store.account.low
        for alarm, code in events.LOW_CREDIT.items():
            if not low[alarm] and balance <= self._alarm(alarm):
                low[alarm] = True
                self.log.record(code, now)
        if balance <= self.gone_at and not store.holds & CREDIT:
            self.cut(now)

    def power_fails(self) -> None:
        self._tick = 0
        self._reclose_at = None
        account = self.store.account
        account.booked_quanta = min(account.booked_quanta, self.store.quanta)

    def reclose_now(self, now: int) -> None:
        """Somebody pressed the button: a reclosing that waits is made at once."""
        if self._reclose_at is not None:
            self._reclose_at = now

    def _plan_reclose(self, now: int) -> None:
        if not (self.store.holds & CREDIT and self.may_reclose()):
            self._reclose_at = None
        elif self._reclose_at is None:
            self._reclose_at = now + self.settings.reclose_ns

    def _alarm(self, alarm: str) -> int:
        threshold = self.store.setup[alarm]
        return threshold * self.settings.units_per_paisa if threshold else -FOREVER * self.settings.units_per_paisa

    def _thresholds(self) -> Iterator[int]:
        """Balances at which something will happen that has not happened yet."""
        if not self.store.holds & CREDIT:
            yield self.gone_at
        for alarm, told in self.store.account.low.items():
            if not told and self.store.setup[alarm]:
                yield self._alarm(alarm)

    def _tick_below(self, threshold: int, now: int) -> int:
        """The first tick after `now` at which the balance will be at or below `threshold` with the present load."""
        anchor, tick_ns, account = self.metering.anchor, self.settings.tick_ns, self.store.account
        soonest = anchor + ((now - anchor) // tick_ns + 1) * tick_ns
        missing = account.balance - threshold
        if missing <= 0:
            return soonest
        if self.quantum_cost <= 0:
            return FOREVER
        reached = self.metering.when_quanta(account.booked_quanta - -missing // self.quantum_cost)
        if reached >= FOREVER:
            return FOREVER
        return max(soonest, anchor - -(reached - anchor) // tick_ns * tick_ns)
