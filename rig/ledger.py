"""The oracle of money: an account kept by the policy's text. Exact, pure, and written to be read by a clerk.

Every figure is what the account can be: bounds stay apart as far as energy and opening balance are not known better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from rig.clock import Span
from rig.crediting import ways
from rig.entries import Entry, Split, fine, money_range, moved, quantity_range
from rig.holdings import NOTHING, Holdings
from rig.interval import Interval
from rig.money_rules import Charge, MoneyRules
from rig.periods import Taken, got, note
from rig.policies.pricing import NONE_USED, PLAIN
from rig.standing import Standing, merged

__all__ = ["Account", "Entry", "Split"]


class Account(Holdings):
    """A prepaid account (paise) under `rules`.

    `opening` is the balance as far as it is known, `arrears` is what is owed. `grain` is what one quantum of the meter's energy
    register costs: so much more may be left on the meter when the credit is gone here. `used_wh` is what the month had used
    before; `taken` holds what sinks with a cap per period got (kind -> period, paise), and is kept up to date. `due` instalments,
    at least and at most, came due before, and `missed` (paise) were missed of them. The meter may be `late` (ns) to find that
    the balance is used up.
    """

    def __init__(
        self,
        rules: MoneyRules,
        opening: Interval,
        arrears: int = 0,
        grain: Fraction = NOTHING,
        used_wh: Interval = NONE_USED,
        taken: Taken | None = None,
        due: tuple[int, int] = (0, 0),
        missed: int = 0,
        late: int = 0,
    ) -> None:
        if arrears < 0:
            raise ValueError(f"nobody owes less than nothing: arrears {arrears}")
        super().__init__(rules, Standing(opening, arrears, min(missed, arrears), due), grain, used_wh, late)
        self._taken: Taken = {} if taken is None else taken
        self._before = opening
        self.entries: list[Entry] = []
        """Every movement so far, oldest first; together they are the balance less the opening."""
        self.credited = 0
        """What recharges have added to the balance so far (paise)."""
        self.charged = NONE_USED
        """What days, months and instalments have taken off the balance so far (paise)."""

    # what moves it

    def recharge(
        self,
        amount_paise: int,
        at: Span,
        shown_arrears: int | None = None,
        on: date | None = None,
        off: Interval | None = None,
        shown: int | None = None,
    ) -> Split:
        """A recharge was credited at `at`, on the meter's day `on`: the policy shares it among its sinks, in their order.

        Nothing, or less, is no recharge: it moves no money, whatever the meter made of it. `shown_arrears` is what the meter
        shows afterwards: it decides where consumption is not known well enough to tell. So does the balance that it has
        `shown` since, whether what was lent is repaid. `off` (paise) is how far the meter's balance may be from this one.
        """
        if amount_paise <= 0:
            self._book("recharge", f"{self._rules.money.told(amount_paise)} is no recharge: nothing is credited", at)
            return Split.nothing()
        off = Interval(NOTHING, self._grain) if off is None else off
        taken = got(self._rules.capped_periods, self._taken, on)
        found = ways(self._rules, self._standings, amount_paise, self.emergency, taken, off, shown_arrears)
        self._standings = merged(standing for standing, _ in found)
        shares = found[len(found) // 2][1]
        part = {share.kind: share.amount for share in shares}
        note(self._rules.capped_periods, self._taken, part, on)
        split = Split.of(amount_paise, part)
        self.credited += split.to_balance + split.to_emergency
        stands = Interval(self.balance.lo + off.lo, self.balance.hi + off.hi)
        least = stands.lo if shown is None or shown > stands.hi else max(stands.lo, Fraction(shown))
        self._rose(Interval(least, stands.hi), at)
        self._book(
            "recharge", "; ".join(share.words for share in shares if share.amount or share.kind == "balance"), at
        )
        return split

    def consume(self, energy_wh: Interval, at: Span, at_rate: Interval = PLAIN) -> None:
        """So much energy (Wh) flowed from the beginning of `at` to its end, and is charged at `at_rate` times the rate."""
        if energy_wh.lo < 0:
            raise ValueError(f"no meter gives energy back: {energy_wh.lo} Wh")
        cost = self._rules.takes_energy(energy_wh, self.used_wh, at_rate)
        self.used_wh += energy_wh
        self._move(cost.times(-1))
        self._book("energy", f"{quantity_range(energy_wh, 4)} Wh cost {money_range(cost, self._rules.money)}", at)

    def uncounted(self, most_wh: Fraction, at: Span) -> None:
        """Up to so much energy (Wh) was charged here and may never reach the meter's register (a power failure)."""
        most = Interval.of(0, most_wh * self._rules.paise_per_wh)
        self.used_wh = Interval(max(self.used_wh.lo - most_wh, NOTHING), self.used_wh.hi)
        self._move(most)
        self._book("power failure", f"up to {fine(most_wh, 4)} Wh may have been lost with the power", at)

    def rate_changes(self, at: Span) -> None:
        """The price of a Wh changes: what the meter has not counted yet is charged by one price or the other."""
        unsure = self._grain * (1 - self._rules.prices.cheapest / self._rules.paise_per_wh) if self._grain else NOTHING
        if unsure:
            self._move(Interval(-unsure, unsure))
            self._book("rate", "the price of a Wh changes; one quantum may be charged by either", at)

    def opens_day(self, on: date, at: Span, sure: bool = True) -> None:
        """A day begins: its charges are taken, then an instalment of the arrears; on the 1st the month's use begins at nothing.

        Not `sure`: the meter may have opened this day before the account was.
        """
        self._take(self._rules.opens_day(on), at, sure)
        if (plan := self._rules.instalment) is not None:
            before, stood = ([] if sure else list(self._standings)), self.balance
            paid = (after for one in self._standings for after in one.after_instalment(plan, self._grain))
            self._standings = merged([*paid, *before])
            self.charged += moved(self.balance, stood)
            self._book("instalment", f"instalment of the arrears on {on}", at)

    def closes_period(self, on: date, at: Span) -> None:
        """A billing period ends: what it settles is taken, and the next one's consumption begins at nothing."""
        self._take(self._rules.closes_period(on), at)
        self.used_wh = NONE_USED

    def _take(self, charges: Sequence[Charge], at: Span, sure: bool = True) -> None:
        for charge in charges:
            amount = (
                Interval.of(charge.amount)
                if sure
                else Interval(min(charge.amount, NOTHING), max(charge.amount, NOTHING))
            )
            self.charged += amount
            self._move(amount.times(-1))
            self._book("charge", charge.words, at)

    def _book(self, kind: str, words: str, at: Span) -> None:
        balance = self.balance
        self._look_at_credit(at)
        self.entries.append(Entry(at, kind, moved(self._before, balance), balance, self.arrears, words))
        self._before = balance

    def preset(
        self, at: Span, balance: Interval | None, moved_by: int, arrears: int | None, written: int | None = None
    ) -> None:
        """Figures were written by hand (paise): the balance is this from now on, `moved_by` more than it was shown before.

        It reads as `written`, and is no less than that on the meter.
        """
        if arrears is not None:
            self._standings = [
                replace(one, arrears=arrears, missed=min(one.missed, arrears)) for one in self._standings
            ]
        if balance is not None:
            self._standings = [replace(one, balance=balance) for one in self._standings]
            self.credited += moved_by
            least = balance.lo if written is None else Fraction(written)
            self._rose(Interval(least, max(balance.hi, least)), at)
        self._standings = merged(self._standings)
        self._look_at_credit(at)
        self._before = self.balance
        money = self._rules.money
        words = f"written by hand: balance {money_range(self.balance, money)}, arrears {money.told(self.arrears)}"
        self.entries.append(Entry(at, "preset", Interval.of(moved_by), self.balance, self.arrears, words))
