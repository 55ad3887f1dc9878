"""What makes the oracle's interval of money wide, in words: for a verdict that it is too wide to tell."""

from __future__ import annotations

from fractions import Fraction

from rig.clock import Span
from rig.hands.shared import Shared
from rig.interval import Interval


class Widths(Shared):
    """Knows where the width of a balance comes from."""

    def widest_part(self, wide: Fraction, at: Span) -> str:
        """What most of `wide` (paise) comes from; the rest, which no single part explains, from rules that can go two ways."""
        promises, policy = self.promises, self.policy
        flowed = self._books.trace.energy_wh(0, Span.at(at.lo))
        cost = Interval(flowed.lo * policy.prices.cheapest, flowed.hi * policy.prices.dearest)
        known = {
            f"the meter's accuracy of {float(100 * promises.energy_uncertainty):g} %": 2
            * promises.energy_uncertainty
            * cost.hi,
            f"the load's accuracy of {float(100 * self._load_accuracy):g} %": 2 * self._load_accuracy * cost.hi,
            f"what may not be charged yet (ledger tick of {promises.ledger_tick / 10**9:g} s)": self._books.lag_cost(
                at
            ),
            f"counts of {float(promises.energy_quantum):g} Wh": 3 * promises.quantum_cost(policy),
            f"steps of the balance of {promises.balance_step} paise": Fraction(2 * promises.balance_step),
        }
        if policy.prices.dearest > policy.prices.cheapest:
            known["not knowing which price applied"] = flowed.hi * (policy.prices.dearest - policy.prices.cheapest)
        known["what rules of the policy may have taken or not (charges, instalments, shares)"] = wide - sum(
            known.values()
        )
        return max(known, key=lambda part: known[part])
