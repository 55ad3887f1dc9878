"""Recharges that are paid, and the meter's money that is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rig.clock import Span
from rig.contracts import MeterReading, RechargeOutcome, RechargeResult
from rig.errors import DeviceRefused
from rig.hands.shared import Shared
from rig.ledger import Split

MONEY_ITEMS = (
    "balance", "arrears", "last_recharge_amount", "last_recharge_time", "last_recharge_to_arrears", "total_recharged",
    "recharge_count", "last_recharge_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recharge:
    """One recharge: what was paid, how it ended, what the policy makes of it, and the meter before and after."""

    amount: int
    id: int
    result: RechargeResult
    split: Split
    before: MeterReading
    after: MeterReading

    @property
    def to_arrears(self) -> int:
        """What the policy takes off the arrears (paise), missed instalments among them."""
        return self.split.to_arrears + self.split.charges

    @property
    def to_balance(self) -> int:
        """What the policy puts onto the balance (paise): what was lent is repaid by that."""
        return self.split.to_balance + self.split.to_emergency

    def rise(self, item: str) -> int:
        """How much a whole-number item rose across the recharge (paise, or a count)."""
        return self.after.number(item) - self.before.number(item)


class Money(Shared):
    """Pays recharges into the wallet, and tells the books."""

    def read_money(self) -> MeterReading:
        """Balance, arrears and the record of the last recharge, in one request."""
        known = self.meter.items
        return self.read_meter(*(item for item in MONEY_ITEMS if item in known))

    def told(self, amount: int) -> str:
        """An amount of the wallet (paise, or its steps) with its unit, for words: "₹123.45", "1.23 kWh"."""
        return self.policy.money.told(amount)

    def lose_next_answer(self) -> None:
        """The answer to the next recharge is lost on its way: the meter has it, the rig does not."""
        self._lossy.lose_answer_to_commit()
        self._journal.record("lossy", words="the answer to the next recharge is lost on purpose")

    def recharge(self, amount_paise: int) -> Recharge:
        """Pay `amount_paise` into the meter under a new id, and read its money before and after."""
        return self._pay(amount_paise, self._next_id())

    def recharge_again(self, first: Recharge, amount_paise: int | None = None) -> Recharge:
        """Send a recharge under the same id once more, as an engine does that never heard the answer; or with another amount."""
        return self._pay(first.amount if amount_paise is None else amount_paise, first.id)

    def _pay(self, amount: int, recharge_id: int) -> Recharge:
        before = self.read_money()
        result = self._sent(amount, recharge_id)
        after = self.read_money()
        return Recharge(amount, recharge_id, result, self._booked(amount, recharge_id, result, after), before, after)

    def _sent(self, amount: int, recharge_id: int) -> RechargeResult:
        self._journal.money_moves(f"about to recharge {self.told(amount)}, id {recharge_id}")
        result = self.wallet.recharge(amount, recharge_id)
        self._tell(amount, recharge_id, result)
        return result

    def _tell(self, amount: int, recharge_id: int, result: RechargeResult) -> None:
        self.unsure_recharges += result.outcome is RechargeOutcome.PENDING
        did = f"recharge {self.told(amount)}, id {recharge_id}"
        how = f"{result.outcome}, code {result.code}" + (", read back" if result.read_back else "")
        self._journal.command("wallet", did, result.sent, result=how)

    def _booked(self, amount: int, recharge_id: int, result: RechargeResult, after: MeterReading) -> Split:
        """What the policy makes of a recharge that was accepted; nothing when its id was credited before."""
        if result.outcome is not RechargeOutcome.ACCEPTED or recharge_id in self.credited_ids:
            return Split.nothing()
        return self._credited(amount, recharge_id, Span(result.sent.lo, result.settled.hi), after)

    def _credited(self, amount: int, recharge_id: int, taken: Span, after: MeterReading) -> Split:
        self.recharges += 1
        self.credited_ids.add(recharge_id)
        split = self._books.recharge(amount, taken, after.balance_paise, after.arrears_paise)
        self.paid.append((amount, split.to_arrears + split.charges))
        self.look_at_the_log()
        return split

    def refused(self, amount_paise: int) -> bool:
        """Offer a recharge that the meter must refuse; True when it did."""
        return self._refused(amount_paise, self._next_id())

    def carried(self, amounts_paise: Iterable[int]) -> list[int]:
        """Those of these amounts that the meter's register can carry; of the others the evidence says that they cannot be offered."""
        carried = []
        for amount in amounts_paise:
            if self.wallet.carries(amount):
                carried.append(amount)
            else:
                words = f"{self.told(amount)} does not fit the meter's register, so it cannot be offered"
                self._journal.record("note", words=words)
        return carried

    def _refused(self, amount: int, recharge_id: int) -> bool:
        try:
            return self._pay(amount, recharge_id).result.outcome is RechargeOutcome.REFUSED
        except DeviceRefused:
            return True
