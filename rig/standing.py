"""What an account can stand at. Where consumption is not known to the paisa, a rule may go either way; then there are several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from rig.interval import Interval
from rig.policies.sharing import Share
from rig.policies.sinks import Instalment

MOST_TRIED = 500
"""So many different debts (paise) are followed one by one where no arrears are shown; of more, only the ends."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Balance (paise) and what is owed: `arrears`, of which `missed` were instalments. `due`: so many instalments came due so
    far, at least and at most."""

    balance: Interval
    arrears: int
    missed: int = 0
    due: tuple[int, int] = (0, 0)

    def debts(self, off: Interval) -> range:
        """What the meter's balance can be below zero, in whole paise as it counts them, where it is `off` this one (paise)."""
        least = max(-math.floor(self.balance.hi + off.hi), 0)
        most = max(-math.floor(self.balance.lo + off.lo), 0)
        return range(least, most + 1)

    def owing(self, least: int, most: int, off: Interval) -> Standing:
        """The same, where the meter's balance is known to be so many paise below zero, and `off` this one."""
        lo = max(self.balance.lo, -most - off.hi)
        hi = min(self.balance.hi, 1 - least - off.lo) if least else self.balance.hi
        return replace(self, balance=Interval(lo, hi)) if lo <= hi else self

    def after_recharge(self, amount: int, shares: Iterable[Share]) -> Standing:
        """What it stands at after a recharge that was shared like this. ValueError when more was taken than is owed."""
        part: Mapping[str, int] = {share.kind: share.amount for share in shares}
        missed = part.get("charges", 0)
        taken = part.get("arrears", 0) + missed
        if taken > self.arrears or missed > self.missed:
            raise ValueError(f"{taken} paise were taken for arrears, and {self.arrears} are owed")
        return replace(
            self,
            balance=self.balance + (amount - taken),
            arrears=self.arrears - taken,
            missed=min(self.missed - missed, self.arrears - taken),
        )

    def after_instalment(self, plan: Instalment, grain: Fraction) -> Iterator[Standing]:
        """What it can stand at after a day's instalment: paid when the balance covers it, else missed."""
        again = self.missed if plan.catch_up == "next_day" else 0
        first, last = self.due
        if not self.arrears or (first >= plan.count and not again):
            yield self
            return
        if last >= plan.count and not again:
            yield replace(self, due=(plan.count, plan.count))
        if first <= plan.count - 2:
            counted = (first + 1, min(last, plan.count - 2) + 1)
            yield from replace(self, due=counted)._paying(min(plan.per_day + again, self.arrears), plan, grain)
        if last >= plan.count - 1:
            yield from replace(self, due=(plan.count, plan.count))._paying(self.arrears, plan, grain)

    def most_instalment(self, plan: Instalment, grain: Fraction, days: int) -> int:
        """The most that an instalment of the next `days` can take (paise): the last one takes all, where the balance covers it."""
        asked = min(plan.per_day + (self.missed if plan.catch_up == "next_day" else 0), self.arrears)
        may_be_last = self.due[1] + days >= plan.count - 1 and self.arrears <= self.balance.hi + grain
        return self.arrears if may_be_last else asked

    def _paying(self, asked: int, plan: Instalment, grain: Fraction) -> Iterator[Standing]:
        if self.balance.hi + grain >= asked:
            left, paid = (0 if plan.catch_up == "next_day" else self.missed), self.arrears - asked
            yield replace(self, balance=self.balance - asked, arrears=paid, missed=min(left, paid))
        if self.balance.lo < asked:
            missed = {"next_day": asked, "next_recharge": min(self.missed + asked, self.arrears), "none": 0}
            yield replace(self, missed=missed[plan.catch_up])


def merged(standings: Iterable[Standing]) -> list[Standing]:
    """Those that owe the same are one, with a balance that holds all of theirs."""
    found: dict[tuple[int, int, tuple[int, int]], Standing] = {}
    for one in standings:
        key = (one.arrears, one.missed, one.due)
        known = found.get(key)
        found[key] = one if known is None else replace(known, balance=known.balance.hull(one.balance))
    return list(found.values())


def whole_range(standings: Sequence[Standing]) -> Interval:
    """Every balance that can be (paise)."""
    if len(standings) == 1:
        return standings[0].balance
    balances = [one.balance for one in standings]
    return Interval(min(balance.lo for balance in balances), max(balance.hi for balance in balances))
