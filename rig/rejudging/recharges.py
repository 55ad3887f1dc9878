"""Who got what of the recharges of a scenario, and who would get it under another policy."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rig.evidence import Record
from rig.policy import Policy
from rig.results import ScenarioResult
from rig.verdict import Word


@dataclass(frozen=True, slots=True)
class Shared:
    """What the recharges of a scenario tell under another policy. At most one is not empty.

    `broken`: how the meter, which did as the run's own policy says, would break the other. `untold`: why that is not known.
    """

    broken: str = ""
    untold: str = ""


def recharges(result: ScenarioResult, was: Policy, now: Policy) -> Shared:
    """Share every recharge of the scenario out again. Nothing is said where each sink gets the same under both."""
    untold = ""
    for amount, owed, taken in _paid(result.of("ledger")):
        old, new = (_to_arrears(policy, amount, owed) for policy in (was, now))
        told = was.money.told
        what = f"of {told(amount)} with {told(owed['arrears'])} owed"
        if old != taken:
            untold = f"{what} the run's own policy took {told(taken)}, by what went before this scenario or in it"
        elif old != new and (unsure := _unsure(now, owed)):
            untold = f"{what} {told(new)} may go to arrears under it, {unsure}"
        elif old != new and result.word is Word.PASS:
            return Shared(
                broken=f"{what} {told(new)} go to arrears under it; the meter took {told(old)}, as its own policy says"
            )
        elif old != new:
            untold = (
                f"{what} {told(new)} go to arrears under it, {told(old)} under the run's own, by which the meter failed"
            )
    return Shared(untold=untold)


def _unsure(now: Policy, owed: Mapping[str, int]) -> str:
    """Why another policy's share of a recharge is not certain by what is owed alone; empty where it is."""
    if now.capped_periods:
        return "and what its caps had let pass before is not in the evidence"
    if now.emergency_credit is not None and owed["negative_balance"]:
        return "and what it would have lent before is not in the evidence"
    return ""


def _paid(ledger: Sequence[Record]) -> Iterator[tuple[int, Mapping[str, int], int]]:
    """Each recharge that moved money: its amount, what was owed before, and what was taken off the arrears."""
    arrears, balance = 0, Fraction(0)
    for line in ledger:
        amount = Fraction(line.get("amount") or 0)
        if line["entry"] == "recharge" and amount > 0:
            owed = {"arrears": arrears, "negative_balance": max(-math.floor(balance), 0)}
            yield int(amount), owed, int(line.get("to_arrears") or 0)
        arrears, balance = int(line["arrears"]), Fraction(line["oracle"][0])


def _to_arrears(policy: Policy, amount: int, owed: Mapping[str, int]) -> int:
    return sum(share.amount for share in policy.takes_recharge(amount, owed) if share.kind in ("arrears", "charges"))
