"""What has to be there before supply that was cut for want of credit is back: a least balance, a share of what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from rig.config import DecimalText, Strict
from rig.policies.values import Finding, Rupees, Stated, inr

_OF = {
    "arrears": "the arrears",
    "below_zero": "what the balance is below zero",
    "all": "the arrears and what the balance is below zero",
}
_AT = {
    "cut": "as owed at the cut; recharges since then count together",
    "recharge": "as owed before a recharge; that recharge alone counts",
}


class DuesShare(Strict):
    """A share of what is owed, to be paid in recharges after a cut; the whole of a recharge counts, whoever gets it.

    No less than `floor`, no more than `cap`, and never more than is owed.
    """

    percent: DecimalText
    of: Literal["arrears", "below_zero", "all"]
    at: Literal["cut", "recharge"] = "cut"
    floor: Rupees | None = None
    cap: Rupees | None = None

    def findings(self) -> Iterator[Finding]:
        """What in it cannot be true together."""
        if not 0 < self.percent <= 100:
            yield "percent", f"{self.percent} % is no share of what is owed"
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            yield "floor", f"{inr(self.floor)} is above the cap, {inr(self.cap)}"

    def asked_for(self, arrears: Fraction | int, below_zero: Fraction | int) -> Fraction:
        """What has to be paid (paise, exact) where so much is owed (paise)."""
        owed = {"arrears": arrears, "below_zero": below_zero, "all": arrears + below_zero}[self.of]
        share = Fraction(owed) * Fraction(self.percent) / 100
        share = share if self.floor is None else max(share, Fraction(self.floor))
        share = share if self.cap is None else min(share, Fraction(self.cap))
        return min(share, Fraction(owed))

    @property
    def words(self) -> str:
        """The share, in words."""
        return f"{self.percent} % of {_OF[self.of]}, {_AT[self.at]}"

    def stated(self) -> Iterator[Stated]:
        """The share, and what bounds it."""
        yield "dues", self.words, ""
        if self.floor is not None:
            yield "dues.floor", inr(self.floor), "INR"
        if self.cap is not None:
            yield "dues.cap", inr(self.cap), "INR"


class Reconnection(Strict):
    """What must be on the balance after a recharge, and what must have been paid of the dues, for the relay to close again."""

    least_balance: Rupees | None = None
    dues: DuesShare | None = None

    def findings(self) -> Iterator[Finding]:
        """What in it cannot be true together."""
        if self.least_balance is None and self.dues is None:
            yield "least_balance", "and dues are both missing; give one of them, or leave the table out"
        if self.dues is not None:
            yield from ((f"dues.{key}", text) for key, text in self.dues.findings())

    def stated(self) -> Iterator[Stated]:
        """The least balance, and the share of the dues."""
        if self.least_balance is not None:
            yield "least_balance", inr(self.least_balance), "INR"
        if self.dues is not None:
            yield from self.dues.stated()
