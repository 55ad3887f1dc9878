"""Faults of what holds a cut back: protected time, emergency credit, payment mode, least credit."""

from __future__ import annotations

from datetime import date, datetime

from drivers.emulated.faults.fault import Fault, Setting, fails
from drivers.emulated.meter.emergency import READY, EmergencyCredit
from drivers.emulated.meter.protected_time import ProtectedTime, is_second_saturday
from drivers.emulated.meter.store import Account
from drivers.emulated.meter.wallet import Wallet
from rig.clock import FOREVER


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


class LentUnasked(EmergencyCredit):
    """Emergency credit is lent without anybody pressing the button."""

    def by_itself(self, account: Account) -> bool:
        return account.emergency == READY


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
        "C10",
        "protected time ignored",
        "protected time",
        "the relay opens in protected time",
        (WindowIgnored,),
        ends_in=fails("EXH-8", "by the policy's calendar"),
        needs=Setting(policy="nbpdcl"),
    ),
    Fault(
        "C15",
        "protected time a minute late",
        "protected time",
        "cuts at the beginning of protected time",
        (WindowEndsEarly,),
        ends_in=fails("EXH-8", "by the policy's calendar"),
        needs=Setting(policy="nbpdcl"),
    ),
    Fault(
        "C16",
        "protected days ignored",
        "protected time",
        "the relay opens on a protected day",
        (HolidaysUnknown,),
        ends_in=fails("EXH-9", "by the policy's calendar"),
        needs=Setting(policy="nbpdcl"),
    ),
    Fault(
        "C17",
        "second Saturday miscounted",
        "protected time",
        "the relay opens on the second Saturday",
        (EverySaturday,),
        ends_in=fails("EXH-14", "by the policy's calendar"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "C5",
        "no cut after protected time",
        "protected time",
        "the balance runs on below zero",
        (NeverCutAfterwards,),
        ends_in=fails("EXH-10", "cut when protected time ends"),
        needs=Setting(policy="nbpdcl"),
    ),
    Fault(
        "C18",
        "emergency credit lent again",
        "emergency credit",
        "no cut when it is used up",
        (LentAgain,),
        ends_in=fails("EXH-13", "cut when emergency credit is over"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "C20",
        "emergency credit unasked",
        "emergency credit",
        "no cut although nobody pressed",
        (LentUnasked,),
        ends_in=fails("EXH-15", "cut with nothing left"),
        needs=Setting(policy="at_the_button"),
    ),
    Fault(
        "C19",
        "emergency credit without end",
        "emergency credit",
        "no cut when its days are over",
        (LentForEver,),
        ends_in=fails("EXH-13", "cut when emergency credit is over"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "C13",
        "emergency credit not repaid",
        "wallet",
        "the balance is higher than what was paid",
        (EmergencyForgiven,),
        ends_in=fails("EXH-12", "credited beside the rule"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "P6",
        "cuts in postpaid mode",
        "wallet",
        "the relay opens although supply is on account",
        (CutsInPostpaid,),
        ends_in=fails("PAY-1", "no cut in postpaid"),
    ),
    Fault(
        "P9",
        "closes below the minimum",
        "wallet",
        "the relay closes with less than reconnection asks for",
        (ClosesBelowMinimum,),
        ends_in=fails("EXH-4", "stays open without credit"),
        needs=Setting(policy="trial"),
    ),
)
