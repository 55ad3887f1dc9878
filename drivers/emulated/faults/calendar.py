"""Faults of what goes by the calendar: charges of days and months, and instalments."""

from __future__ import annotations

from datetime import date, datetime

from drivers.emulated.faults.fault import Fault, Setting, fails
from drivers.emulated.meter.calendar import ONE_DAY, Calendar


class ChargedTwice(Calendar):
    """A day that opened less than a minute before the power came back is opened once more."""

    def boots(self, now: int) -> None:
        civil = self.clock.civil(now)
        if civil.hour == civil.minute == 0 and self.store.account.opened == civil.date():
            self.store.account.opened -= ONE_DAY
        super().boots(now)


class CaughtUpInExcess(Calendar):
    """Setting the clock forward opens every day that it jumps over."""

    def clock_was_set(self, before: datetime, now: int) -> None:
        opened = self.store.account.opened
        super().clock_was_set(before, now)
        self.store.account.opened = opened
        self.days_pass(self.clock.civil(now).date())


class ResidualLost(Calendar):
    """What a daily charge leaves below a paisa is lost."""

    def daily_charge(self) -> int:
        self.store.account.carried = 0
        return super().daily_charge()


class InstalmentsWithoutEnd(Calendar):
    """The last instalment is as high as all the others."""

    def instalment(self, on: date) -> None:
        owed = self.store.account.arrears
        super().instalment(on)
        plan, paid = self.table.instalment, owed - self.store.account.arrears
        if plan is not None and 0 < paid < plan.per_day_paise:
            self.take(plan.per_day_paise - paid)


class InstalmentOnCredit(Calendar):
    """An instalment is taken although the balance does not cover it."""

    def covers(self, _paise: int) -> bool:
        return True


class MonthEndMissed(Calendar):
    """The first day of a month is taken for one more day of the old one: it has no charge of its own."""

    def day_opens(self, on: date) -> None:
        if on.day != 1:
            super().day_opens(on)


class NothingWithoutSupply(Calendar):
    """A day that begins while the relay is open costs nothing."""

    def day_opens(self, on: date) -> None:
        if self.wallet.relay.position:
            super().day_opens(on)


FAULTS = (
    Fault(
        "A7",
        "a day is charged twice after a power failure",
        "calendar",
        "the charge of a day comes off twice",
        (ChargedTwice,),
        ends_in=fails("CHG-1", "balance after midnight"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "A9",
        "days are charged that a set clock jumped over",
        "calendar",
        "a year of charges comes off at once",
        (CaughtUpInExcess,),
        ends_in=fails("CHG-3", "balance after the clock was set"),
        needs=Setting(policy="trial"),
    ),
    Fault(
        "A21",
        "what is left below a paisa is lost",
        "calendar",
        "a month of daily charges is paise too little",
        (ResidualLost,),
        ends_in=fails("CHG-1", "balance after midnight"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "A23",
        "last instalment too high",
        "calendar",
        "the last instalment costs more than what was owed",
        (InstalmentsWithoutEnd,),
        ends_in=fails("CHG-2", "arrears beside the plan"),
        needs=Setting(policy="nbpdcl"),
    ),
    Fault(
        "A24",
        "instalment taken on credit",
        "calendar",
        "the balance falls below zero for an instalment",
        (InstalmentOnCredit,),
        ends_in=fails("CHG-2", "arrears beside the plan"),
        needs=Setting(policy="nbpdcl"),
    ),
    Fault(
        "A25",
        "no charges while disconnected",
        "calendar",
        "days that begin with the relay open are not charged",
        (NothingWithoutSupply,),
        ends_in=fails("CHG-7", "balance after days with the relay open"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "A22",
        "the first of a month has no charges",
        "calendar",
        "a day's charge is missing at a month's end",
        (MonthEndMissed,),
        ends_in=fails("CHG-1", "balance after midnight"),
        needs=Setting(policy="trial"),
    ),
)
