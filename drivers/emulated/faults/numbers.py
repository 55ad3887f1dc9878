"""Faults of the numbers that an account is kept in, and of the ids that were credited."""

from __future__ import annotations

import struct

from drivers.emulated.faults.fault import Fault, fails
from drivers.emulated.meter.mailbox import BAD_AMOUNT, RECEIVED, Mailbox
from drivers.emulated.meter.store import Store
from drivers.emulated.meter.wallet import Wallet
from rig.clock import SECOND


class KeptInFloat32(Wallet):
    """The balance is kept as rupees in a number of 32 bits with a point: above 131,072 rupees it has no paise."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        super().credit(amount, recharge_id, now)
        rupee = 100 * self.settings.units_per_paisa
        (kept,) = struct.unpack("f", struct.pack("f", self.store.account.balance / rupee))
        self.store.account.balance = round(kept * 100) * self.settings.units_per_paisa


class LargeArrearsLeft(Wallet):
    """Arrears above 10,000 rupees are not collected: they do not fit into the number that is compared."""

    def shares(self, amount: int) -> tuple[int, int]:
        return (0, amount) if self.store.account.arrears > 1_000_000 else super().shares(amount)


class BalanceFilledFirst(Wallet):
    """A balance below zero is brought up to zero before anything goes to the arrears."""

    def shares(self, amount: int) -> tuple[int, int]:
        filled = min(max(-self.balance_paise, 0), amount)
        to_arrears, to_balance = super().shares(amount - filled)
        return to_arrears, to_balance + filled


class IdsCutTo16Bits(Mailbox):
    """Of two ids that agree in 16 bits the second one is taken for the first."""

    def is_known(self, recharge_id: int) -> bool:
        return any((recharge_id ^ known) & 0xFFFF == 0 for known in self.store.account.ids)


class IdsForgotten(Store):
    """Which ids were credited is forgotten when the power fails."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.account.ids.clear()


class RefusalRecorded(Mailbox):
    """A recharge that is refused is noted as the last one all the same."""

    def judge(self, amount: int, recharge_id: int) -> int:
        result = super().judge(amount, recharge_id)
        if result == BAD_AMOUNT:
            self.store.account.last_amount = max(amount, 0)
        return result


class ForgivesUnderLoad(Wallet):
    """A recharge under load is put onto the balance as it was ten seconds before."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        lately = self.metering.watts * 10 * SECOND // self.settings.quantum
        self.store.account.balance += lately * self.quantum_cost
        super().credit(amount, recharge_id, now)


class CreditedWithoutId(Mailbox):
    """A recharge that a power failure cuts off is put onto the balance, and its id is not kept."""

    def power_fails(self) -> None:
        if self.result == RECEIVED:
            self.store.account.balance += self.amount * self.settings.units_per_paisa
        super().power_fails()


FAULTS = (
    Fault(
        "L2",
        "ledger loses paise above 131,072",
        "wallet",
        "a small recharge moves a large balance by something else",
        (KeptInFloat32,),
        ends_in=fails("RCH-5", "credited beside what was due"),
    ),
    Fault(
        "P19",
        "only a part of an id is remembered",
        "mailbox",
        "a new recharge is called a duplicate",
        (IdsCutTo16Bits,),
        ends_in=fails("RCH-7", "the twin is"),
    ),
    Fault(
        "S2",
        "used ids are forgotten at a power failure",
        "store",
        "a used id is credited again after a power failure",
        (IdsForgotten,),
        ends_in=fails("RCH-6", "moved by a repeat"),
    ),
    Fault(
        "P18",
        "a refused recharge is noted",
        "mailbox",
        "the record of the last recharge shows the refused one",
        (RefusalRecorded,),
        ends_in=fails("RCH-8", "the record moved"),
    ),
    Fault(
        "P20",
        "forgives under load",
        "wallet",
        "after a recharge under load the balance is higher than what was paid",
        (ForgivesUnderLoad,),
        ends_in=fails("RCH-9", "balance after the first"),
    ),
    Fault(
        "P21",
        "credited without its id at a power failure",
        "mailbox",
        "the repeat of a recharge that was cut off is credited again",
        (CreditedWithoutId,),
        ends_in=fails("RCH-10", "credited in all beside one recharge"),
    ),
    Fault(
        "A6",
        "negative balance filled before the arrears",
        "wallet",
        "the arrears fall by less than the rule takes",
        (BalanceFilledFirst,),
        ends_in=fails("ARR-6", "taken beside the rule"),
    ),
    Fault(
        "A17",
        "large arrears are not collected",
        "wallet",
        "arrears above 10,000 rupees do not fall",
        (LargeArrearsLeft,),
        ends_in=fails("ARR-5", "taken beside the rule"),
    ),
)
