"""Faults of recharge and arrears."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, fails
from drivers.emulated.meter.mailbox import Mailbox
from drivers.emulated.meter.wallet import Wallet


class NotCredited(Wallet):
    """A recharge is acknowledged and noted, and does not reach the account."""

    def shares(self, _amount: int) -> tuple[int, int]:
        return 0, 0


class DuplicateCredited(Mailbox):
    """An id that was credited is taken again."""

    def is_known(self, _recharge_id: int) -> bool:
        return False


class LastRechargeStale(Wallet):
    """Amount and time of the last recharge stay what they were."""

    def note_last(self, amount: int, to_arrears: int, recharge_id: int, now: int) -> None:
        account = self.store.account
        before = account.last_amount, account.last_to_arrears, account.last_time
        super().note_last(amount, to_arrears, recharge_id, now)
        account.last_amount, account.last_to_arrears, account.last_time = before


class NeverRecloses(Wallet):
    """A recharge is credited, and the relay stays open."""

    def may_reclose(self) -> bool:
        return False


class CreditedInWrongUnit(Wallet):
    """What goes to the balance is taken for rupees."""

    def shares(self, amount: int) -> tuple[int, int]:
        to_arrears, to_balance = super().shares(amount)
        return to_arrears, to_balance * 100


class ArrearsTakenTwice(Wallet):
    """What goes to the arrears is taken off the recharge twice."""

    def shares(self, amount: int) -> tuple[int, int]:
        to_arrears, to_balance = super().shares(amount)
        return to_arrears, to_balance - to_arrears


class LastInstalmentTooHigh(Wallet):
    """The recharge that ends the arrears pays up to twice what was left of them."""

    def shares(self, amount: int) -> tuple[int, int]:
        to_arrears, to_balance = super().shares(amount)
        if to_arrears < self.store.account.arrears:
            return to_arrears, to_balance
        return to_arrears, to_balance - min(to_balance, to_arrears)


class ArrearsWithoutEnd(Wallet):
    """With nothing left to pay, a tenth of the recharge is still kept back."""

    def shares(self, amount: int) -> tuple[int, int]:
        to_arrears, to_balance = super().shares(amount)
        return to_arrears, to_balance if self.store.account.arrears else to_balance - amount // 10


class AmountUnchecked(Mailbox):
    """Any amount is taken, nothing and less than nothing too."""

    def is_good(self, _amount: int) -> bool:
        return True


FAULTS = (
    Fault(
        "P1",
        "acknowledged, not credited",
        "wallet",
        "the balance does not rise after an accepted recharge",
        (NotCredited,),
        ends_in=fails("RCH-1", "credited beside what was due"),
    ),
    Fault(
        "P2",
        "one id credited twice",
        "mailbox",
        "the balance rises twice for one id sent twice",
        (DuplicateCredited,),
        ends_in=fails("RCH-2", "credited beside one recharge"),
    ),
    Fault(
        "P4",
        "last recharge not updated",
        "wallet",
        "last amount and time are those of the recharge before",
        (LastRechargeStale,),
        ends_in=fails("RCH-1", "last recharge amount beside what was paid"),
    ),
    Fault(
        "P8",
        "never recloses after recharge",
        "wallet",
        "the relay stays open although credit is back",
        (NeverRecloses,),
        ends_in=fails("EXH-2", "time to closed"),
    ),
    Fault(
        "P11",
        "credited in the wrong unit",
        "wallet",
        "the balance rises by a hundred times the recharge",
        (CreditedInWrongUnit,),
        ends_in=fails("RCH-1", "credited beside what was due"),
    ),
    Fault(
        "A1",
        "arrears taken twice",
        "wallet",
        "the balance misses the arrears' part a second time",
        (ArrearsTakenTwice,),
        ends_in=fails("ARR-1", "credited beside the rule"),
    ),
    Fault(
        "A3",
        "over-collects at the last instalment",
        "wallet",
        "the last instalment costs more than what was owed",
        (LastInstalmentTooHigh,),
        ends_in=fails("ARR-3", "credited beside the rule"),
    ),
    Fault(
        "A16",
        "collects when no arrears are left",
        "wallet",
        "a part of the recharge is missing though nothing is owed",
        (ArrearsWithoutEnd,),
        ends_in=fails("ARR-4", "credited beside the rule"),
    ),
    Fault(
        "P15",
        "amounts are not checked",
        "mailbox",
        "a recharge outside the promised amounts is accepted",
        (AmountUnchecked,),
        ends_in=fails("RCH-3", "refused"),
    ),
)
