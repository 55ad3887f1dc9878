"""Recharges that come at a bad moment or with an odd id, and an account that is written by hand."""

from __future__ import annotations

from functools import partial

from rig.clock import FOREVER, MILLISECOND, Span
from rig.contracts import RechargeOutcome, RechargeResult
from rig.errors import LinkError
from rig.hands.mains import Mains
from rig.hands.money import Money, Recharge
from rig.hands.waiting import Waiting
from rig.ledger import Split

TWIN = 1 << 30
"""Fits every 32-bit register, and no run's own ids reach it before 2033: no later run meets an id that was used here."""


class OddPayments(Mains, Waiting, Money):
    """Pays as nobody should, and as it happens; tells the books."""

    def recharge_twin(self, first: Recharge) -> Recharge:
        """The same amount under an id that differs from the first one's in a high bit only: another recharge."""
        return self._pay(first.amount, first.id ^ TWIN)

    def recharge_in_a_row(self, *amounts_paise: int) -> int:
        """One recharge after the other, nothing waited for in between; returns how many were accepted."""
        before = len(self.credited_ids)
        for amount in amounts_paise:
            recharge_id = self._next_id()
            result = self._sent(amount, recharge_id)
            self._booked(amount, recharge_id, result, self.read_meter("balance"))
        return len(self.credited_ids) - before

    def refused_then_good(self, bad_paise: int, good_paise: int) -> tuple[bool, Recharge]:
        """Offer a bad amount, then a good one under the same id; was the bad one refused, and what became of the good one."""
        recharge_id = self._next_id()
        return self._refused(bad_paise, recharge_id), self._pay(good_paise, recharge_id)

    def recharge_cut_off(self, amount_paise: int, dark: str = "3.3", after_ms: int = 0) -> Recharge:
        """Commit a recharge and switch the mains off before the meter can say how it ended; on again after `dark` (s).

        The mains go `after_ms` after the commit was taken. Credited or not, both are allowed: the books follow what the meter's money did.
        """
        recharge_id = self._next_id()
        self.load_off()
        before = self.read_money()
        self._journal.record("lossy", words="the mains go off with the next recharge on its way, on purpose")
        self._lossy.lose_answer_to_commit(then=partial(self._off_after, after_ms))
        began = self._clock.now()
        try:
            result = self.wallet.recharge(amount_paise, recharge_id)
        except LinkError:
            unknown = Span(began, self._clock.now())
            result = RechargeResult(RechargeOutcome.PENDING, 0, unknown, Span(began, FOREVER))
        self._tell(amount_paise, recharge_id, result)
        self.sleep(dark)
        self.power_on()
        after = self.read_money()
        split = Split.nothing()
        if any(after.whole(item) != before.whole(item) for item in ("balance", "arrears")):
            split = self._credited(amount_paise, recharge_id, Span(began, self._clock.now()), after)
        return Recharge(amount_paise, recharge_id, result, split, before, after)

    def _off_after(self, milliseconds: int) -> None:
        self.sleep_ns(milliseconds * MILLISECOND)
        self.power_off()

    def preset(self, balance: int | None = None, arrears: int | None = None) -> Span:
        """Write the account by hand (paise), where the meter lets it be preset, and open the oracle there. The load is off."""
        self._books.pull()
        shown = self.read_money().balance_paise or 0
        began = self._clock.now()
        if balance is not None:
            self._starting.write("balance", balance)
        if arrears is not None:
            self._starting.write("arrears", arrears)
        at = Span(began, self._clock.now())
        self._books.preset(at, shown, balance, arrears)
        return at
