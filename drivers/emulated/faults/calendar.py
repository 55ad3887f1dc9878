"""Faults of what goes by the calendar: charges, instalments, prices, protected time, emergency credit."""

from __future__ import annotations

from datetime import date, datetime

from drivers.emulated.faults.fault import Fault
from drivers.emulated.meter.calendar import ONE_DAY, Calendar
from drivers.emulated.meter.emergency import READY, EmergencyCredit
from drivers.emulated.meter.protected_time import ProtectedTime, is_second_saturday
from drivers.emulated.meter.store import Account
from drivers.emulated.meter.tariff import Tariff
from drivers.emulated.meter.wallet import Wallet
from rig.clock import FOREVER


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


class FirstSlabForAll(Tariff):
    """Every Wh of a month costs what the first one does."""

    @property
    def price(self) -> int:
        return self._prices[self._window][0]


class HourLate(Tariff):
    """Prices by the time of day change an hour late."""

    def window_of(self, minute: int) -> int:
        return super().window_of((minute - 60) % 1440)


class RebateTwice(Tariff):
    """A rebate of 2 % is given twice."""

    @property
    def price(self) -> int:
        return super().price * 98 // 100


class WindowIgnored(ProtectedTime):
    """Supply is cut in the daily protected time too."""

    def minute_is_protected(self, _minute: int) -> bool:
        return False


class WindowEndsEarly(ProtectedTime):
    """The daily protected time begins and ends a minute late."""

    def minute_is_protected(self, minute: int) -> bool:
        return super().minute_is_protected((minute - 1) % 1440)


class HolidaysUnknown(ProtectedTime):
    """Sundays, holidays and second Saturdays are days like any other."""

    def day_is_protected(self, _on: date) -> bool:
        return False


class EverySaturday(ProtectedTime):
    """The second Saturday is looked for from the ninth of the month on."""

    def day_is_protected(self, on: date) -> bool:
        if is_second_saturday(on):
            return on.day > 8
        return super().day_is_protected(on)


class NeverCutAfterwards(ProtectedTime):
    """A cut that protected time has held back is forgotten."""

    def ends(self, at: datetime) -> datetime | None:
        return at if not self.holds(at) else None


class LentAgain(EmergencyCredit):
    """Emergency credit that was used up is lent again, without having been repaid."""

    def spend(self, account: Account) -> None:
        account.emergency = READY


class LentForEver(EmergencyCredit):
    """The days of emergency credit are not counted."""

    def ends(self, _account: Account) -> int:
        return FOREVER


class EmergencyForgiven(Wallet):
    """Emergency credit that was used is not repaid by a recharge."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        if self.lent():
            self.store.account.balance = max(self.store.account.balance, 0)
        super().credit(amount, recharge_id, now)


class CutsInPostpaid(Wallet):
    """The wallet does not ask which payment mode it is."""

    def plan(self, now: int) -> None:
        mode, self.store.prepaid = self.store.prepaid, True
        super().plan(now)
        self.store.prepaid = mode

    def run(self, now: int) -> None:
        mode, self.store.prepaid = self.store.prepaid, True
        super().run(now)
        self.store.prepaid = mode


class ClosesBelowMinimum(Wallet):
    """The relay closes at any credit."""

    def may_reclose(self) -> bool:
        return self.store.account.balance > 0


FAULTS = (
    Fault(
        "A7",
        "a day is charged twice after a power failure",
        "calendar",
        "the charge of a day comes off twice",
        (ChargedTwice,),
    ),
    Fault(
        "A9",
        "days are charged that a set clock jumped over",
        "calendar",
        "a year of charges comes off at once",
        (CaughtUpInExcess,),
    ),
    Fault(
        "A21",
        "what is left below a paisa is lost",
        "calendar",
        "a month of daily charges is paise too little",
        (ResidualLost,),
    ),
    Fault(
        "A22",
        "the first of a month has no charges",
        "calendar",
        "a day's charge is missing at a month's end",
        (MonthEndMissed,),
    ),
    Fault(
        "A11",
        "slabs are not counted",
        "tariff",
        "above a slab's edge energy costs what it cost below",
        (FirstSlabForAll,),
    ),
    Fault("A13", "time of use an hour late", "tariff", "the price changes an hour after it should", (HourLate,)),
    Fault("A14", "rebate given twice", "tariff", "energy costs 2 % less than it should", (RebateTwice,)),
    Fault("C10", "protected time ignored", "protected time", "the relay opens in protected time", (WindowIgnored,)),
    Fault(
        "C15",
        "protected time a minute late",
        "protected time",
        "cuts at the beginning of protected time",
        (WindowEndsEarly,),
    ),
    Fault("C16", "protected days ignored", "protected time", "the relay opens on a protected day", (HolidaysUnknown,)),
    Fault(
        "C17",
        "second Saturday miscounted",
        "protected time",
        "the relay opens on the second Saturday",
        (EverySaturday,),
    ),
    Fault(
        "C5", "no cut after protected time", "protected time", "the balance runs on below zero", (NeverCutAfterwards,)
    ),
    Fault("C18", "emergency credit lent again", "emergency credit", "no cut when it is used up", (LentAgain,)),
    Fault("C19", "emergency credit without end", "emergency credit", "no cut when its days are over", (LentForEver,)),
    Fault(
        "C13", "emergency credit not repaid", "wallet", "the balance is higher than what was paid", (EmergencyForgiven,)
    ),
    Fault("P6", "cuts in postpaid mode", "wallet", "the relay opens although supply is on account", (CutsInPostpaid,)),
    Fault(
        "P9",
        "closes below the minimum",
        "wallet",
        "the relay closes with less than reconnection asks for",
        (ClosesBelowMinimum,),
    ),
    Fault(
        "A23",
        "last instalment too high",
        "calendar",
        "the last instalment costs more than what was owed",
        (InstalmentsWithoutEnd,),
    ),
    Fault(
        "A24",
        "instalment taken on credit",
        "calendar",
        "the balance falls below zero for an instalment",
        (InstalmentOnCredit,),
    ),
)
