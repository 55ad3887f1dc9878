"""What the meter does by the calendar of its own clock: day and month begin with their charges, and prices change.

* A day opens when the clock passes 00:00 by itself, also without mains: what passed in the dark is done at the start.
* Setting the clock opens no day, whatever it jumps over. A correction back over midnight by an hour or less does not
  open that day a second time.
* A day opens in this order: the month's charge (on the 1st), the day's charge, the instalment. What a daily charge
  leaves below a paisa is carried to the next day.
* An instalment that the balance does not cover whole is missed. The plan's last one takes the remainder of the arrears.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from drivers.emulated.meter.clock import Clock
from drivers.emulated.meter.room import Room
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import Store
from drivers.emulated.meter.tariff import switch_minutes
from drivers.emulated.meter.wallet import Wallet
from rig.clock import FOREVER

CORRECTION = timedelta(hours=1)
ONE_DAY = timedelta(days=1)


class Calendar(Room):
    """See above. Only a meter with charges by the day or month, or with prices that change, has one at work."""

    def __init__(self, settings: MeterSettings, store: Store, clock: Clock, wallet: Wallet, now: int) -> None:
        self.store = store
        self.clock = clock
        self.wallet = wallet
        self.table = settings.money
        self.works = self.table.by_the_calendar
        self._minutes = switch_minutes(self.table)
        if self.works:
            store.account.opened = clock.civil(now).date()
            wallet.look_at_prices(clock.civil(now))

    # ------------------------------------------------------------ what a day costs

    def day_opens(self, on: date) -> None:
        """A day begins: take what it costs."""
        if on.day == 1 and self.table.monthly_charge_paise:
            self.take(self.table.monthly_charge_paise)
        if self.table.daily_charge_paise:
            self.take(self.daily_charge())
        if self.table.instalment is not None:
            self.instalment(on)

    def daily_charge(self) -> int:
        """The day's charge in whole paise; what is below one is carried."""
        exact, account = self.table.daily_charge_paise, self.store.account
        paise, account.carried = divmod(exact.numerator + account.carried, exact.denominator)
        return paise

    def instalment(self, _on: date) -> None:
        """Take an instalment of the arrears off the balance, when the balance covers it."""
        plan, account = self.table.instalment, self.store.account
        again = account.missed if plan is not None and plan.catch_up == "next_day" else 0
        if plan is None or not account.arrears or (account.instalments >= plan.count and not again):
            return
        account.instalments += 1
        due = min(plan.per_day_paise + again, account.arrears)
        if account.instalments >= plan.count:
            due = account.arrears
        if self.covers(due):
            self.take(due)
            account.arrears -= due
            account.missed = 0 if plan.catch_up == "next_day" else account.missed
        elif plan.catch_up == "next_day":
            account.missed = due
        elif plan.catch_up == "next_recharge":
            account.missed = min(account.missed + due, account.arrears)

    def covers(self, paise: int) -> bool:
        """True when the balance pays for this whole."""
        return self.wallet.balance_paise >= paise

    def take(self, paise: int) -> None:
        """A charge comes off the balance, below zero if need be."""
        account = self.store.account
        account.balance -= paise * self.wallet.settings.units_per_paisa
        account.charged += paise

    # ------------------------------------------------------------ time

    def plan(self, now: int) -> None:
        if self.works:
            self.due = max(now, self.clock.when(self._next_switch(self.clock.civil(now))))

    def run(self, now: int) -> None:
        civil = self.clock.civil(now)
        self.wallet.book_all(now)
        self.days_pass(civil.date())
        self.wallet.look_at_prices(civil)

    def boots(self, now: int) -> None:
        if self.works:
            self.run(now)

    def power_fails(self) -> None:
        self.due = FOREVER

    def days_pass(self, today: date) -> None:
        """Open every day that has begun since the last one that was opened."""
        account = self.store.account
        while account.opened is not None and account.opened < today:
            account.opened += ONE_DAY
            self.day_opens(account.opened)

    def clock_was_set(self, before: datetime, now: int) -> None:
        """The clock shows something else from `now` on; it showed `before`."""
        if not self.works:
            return
        civil = self.clock.civil(now)
        self.wallet.book_all(now)
        corrected = timedelta(0) <= before - civil <= CORRECTION
        if not corrected:
            self.store.account.opened = civil.date()
        self.wallet.look_at_prices(civil)

    def _next_switch(self, civil: datetime) -> datetime:
        midnight = datetime.combine(civil.date(), time())
        for minute in self._minutes:
            if (at := midnight + timedelta(minutes=minute)) > civil:
                return at
        return midnight + ONE_DAY
