"""The wallet: consumption reaches the balance at ledger ticks, credit gone opens the relay, credit back closes it.

Credit is gone when the balance is not above zero, or not above what emergency credit lets it fall to. A cut that falls
into protected time is made at the first tick after it.
"""

from __future__ import annotations

from drivers.emulated.meter import events
from drivers.emulated.meter.ledger import Ledger
from drivers.emulated.meter.store import CREDIT
from drivers.emulated.meter.tariff import Tariff
from rig.clock import FOREVER


class Wallet(Ledger):
    """An alarm or notice is told once at the tick at which the balance is found at or below it, and again only after it was
    above; an alarm of 0 is none. In postpaid mode there are none and no cut, and the balance may be negative.
    """

    _reclose_at: int | None = None

    # ------------------------------------------------------------ decisions

    @property
    def gone_at(self) -> int:
        """Credit is gone when the balance is not above this (parts of a paisa)."""
        return 0 if self.emergency is None else self.emergency.gone_at(self.store.account)

    def cut(self, now: int) -> None:
        """Credit was found gone at a tick: open the relay."""
        self.store.holds |= CREDIT
        if self.dues is not None:
            self.dues.demand(self.store.account, self.owed())
        self.relay.follow(now)

    def may_reclose(self) -> bool:
        """True when the reason for the cut is gone."""
        if not self.store.prepaid:
            return True
        account, least = self.store.account, self.settings.money.smallest_for_reconnection_paise
        if not self.lent():
            if self.dues is not None and not self.dues.are_paid(account):
                return False
            if least is not None:
                return account.balance >= max(least * self.settings.units_per_paisa, 1)
        return account.balance > self.gone_at

    def is_protected(self, now: int) -> bool:
        """True when supply is not cut at this instant."""
        return self.protected is not None and self.protected.holds(self.clock.civil(now))

    # ------------------------------------------------------------ what comes next

    def plan(self, now: int) -> None:
        self._plan_reclose(now)
        due = FOREVER if self._reclose_at is None else self._reclose_at
        if self.store.prepaid:
            due = min(due, self._next_look(now))
        self.due = due

    def run(self, now: int) -> None:
        store = self.store
        if self._reclose_at is not None and self._reclose_at <= now:
            self._reclose_at = None
            self.forget_dues()
            self.relay.let_go(CREDIT, now)
        if not store.prepaid or (now - self.metering.anchor) % self.settings.tick_ns:
            return
        account = store.account
        if self.emergency is not None:
            self.emergency.look(account, now)
        for name, told in account.low.items():
            if not told and account.balance <= self.threshold(name):
                account.low[name] = True
                self.log.record(events.TOLD[name], now)
        if not store.holds & CREDIT:
            self._look_at_credit(now)

    def _look_at_credit(self, now: int) -> None:
        account, emergency = self.store.account, self.emergency
        if emergency is not None and emergency.ends(account) <= now:
            self._emergency_over(now)
        if account.balance > self.gone_at:
            return
        if emergency is not None and emergency.by_itself(account):
            emergency.lend(account)
            self.log.record(events.EMERGENCY_LENT, now)
        elif not self.is_protected(now):
            self._emergency_over(now)
            self.cut(now)

    def _emergency_over(self, now: int) -> None:
        if self.lent() and self.emergency is not None:
            self.emergency.spend(self.store.account)
            self.log.record(events.EMERGENCY_ENDED, now)

    def boots(self, now: int) -> None:
        if self.store.holds & CREDIT and self.relay.position and self.is_protected(now):
            self.forget_dues()
            self.store.holds &= ~CREDIT  # the power failed before the contact moved, and by now supply is not cut

    def power_fails(self) -> None:
        self._tick = 0
        self._reclose_at = None
        account = self.store.account
        account.booked_quanta = min(account.booked_quanta, self.store.quanta)

    def button(self, now: int) -> None:
        """Somebody pressed the button: emergency credit that is asked for is lent, and a reclosing that waits is made."""
        account, emergency = self.store.account, self.emergency
        if emergency is not None and self.store.holds & CREDIT and emergency.by_button(account, now):
            emergency.lend(account)
            self.log.record(events.EMERGENCY_LENT, now)
            self._plan_reclose(now)
        if self._reclose_at is not None:
            self._reclose_at = now

    def _plan_reclose(self, now: int) -> None:
        if not (self.store.holds & CREDIT and self.may_reclose()):
            self._reclose_at = None
        elif self._reclose_at is None:
            self._reclose_at = now + self.settings.reclose_ns

    def _next_look(self, now: int) -> int:
        """The next tick at which an alarm, a notice, the cut or a change of price is due."""
        account = self.store.account
        waiting = [self.threshold(name) for name, told in account.low.items() if not told]
        if self.emergency is not None and self.emergency.waits(account):
            waiting.append(0)
        due = FOREVER if self.tariff is None else self._tick_of_price(self.tariff, now)
        if not self.store.holds & CREDIT:
            if self.emergency is None and self.protected is None:
                waiting.append(self.gone_at)
            else:
                due = min(due, self._tick_of_cut(now))
        return min(due, self._tick_below(max(waiting), now)) if waiting else due

    def _tick_of_cut(self, now: int) -> int:
        """The tick at which the relay opens, or emergency credit begins or ends, with the present load."""
        account, at = self.store.account, self._tick_below(self.gone_at, now)
        lends = self.emergency is not None and self.emergency.by_itself(account)
        if self.emergency is not None:
            at = min(at, self._tick_from(self.emergency.ends(account), now))
        if self.protected is None or at >= FOREVER or lends:
            return at
        ends = self.protected.ends(self.clock.civil(at))
        return FOREVER if ends is None else self._tick_from(max(at, self.clock.when(ends)), now)

    def _tick_of_price(self, tariff: Tariff, now: int) -> int:
        """The tick at which the last quantum at the present price will have been booked."""
        reached = self.metering.when_quanta(self.store.account.booked_quanta + tariff.left)
        return self._tick_from(reached, now)

    def _tick_from(self, instant: int, now: int) -> int:
        """The first tick after `now` that is not before `instant`."""
        anchor, tick_ns = self.metering.anchor, self.settings.tick_ns
        if instant >= FOREVER:
            return FOREVER
        soonest = anchor + ((now - anchor) // tick_ns + 1) * tick_ns
        return max(soonest, anchor - -(instant - anchor) // tick_ns * tick_ns)

    def _tick_below(self, threshold: int, now: int) -> int:
        """The first tick after `now` at which the balance will be at or below `threshold` with the present load."""
        account = self.store.account
        missing = account.balance - threshold
        if missing <= 0:
            return self._tick_from(now, now)
        if self.quantum_cost <= 0:
            return FOREVER
        return self._tick_from(self.metering.when_quanta(account.booked_quanta - -missing // self.quantum_cost), now)
