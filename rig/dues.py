"""What has to be paid of the dues before supply is back, and what was paid of it: the oracle's view of one cut."""

from __future__ import annotations

from fractions import Fraction

from rig.interval import Interval
from rig.policies.reconnection import DuesShare

NOTHING = Interval.of(0)


class Dues:
    """A share of what is owed falls due at a cut for want of credit. `rule` None: nothing does. Amounts are paise."""

    def __init__(self, rule: DuesShare | None) -> None:
        self.rule = rule
        self.demanded = NOTHING
        """What has to be paid since the cut; bounds, where consumption decides."""
        self.paid = 0
        """What recharges have brought since the cut."""
        self._fallen = False

    def fall(self, arrears: Interval, below_zero: Interval) -> None:
        """Supply is cut with so much owed; once for each cut."""
        if self.rule is not None and not self._fallen:
            self._fallen = True
            self.demanded, self.paid = self.share(arrears, below_zero), 0

    def recharged(self, amount: int, arrears: Interval, below_zero: Interval) -> None:
        """A recharge is credited, with so much owed before it."""
        if self.rule is None or not self._fallen:
            return
        if self.rule.at == "recharge" and self.demanded.hi:
            self.demanded, self.paid = self.share(arrears, below_zero), 0
        self.paid += amount

    def written_off(self) -> None:
        """The account was written by hand: nothing is demanded for this cut any more."""
        self.demanded = NOTHING

    def over(self) -> None:
        """Supply is back: the next cut is another."""
        self.demanded, self.paid, self._fallen = NOTHING, 0, False

    def unknown(self, arrears: Interval, below_zero: Interval) -> None:
        """The relay was found open, with so much owed: what is still to be paid is no more than the share of that."""
        self.over()
        self.fall(arrears, below_zero)
        self.demanded = NOTHING.hull(self.demanded)

    @property
    def short(self) -> Interval:
        """What is still to be paid, not below nothing."""
        left = self.demanded - self.paid
        return Interval(max(left.lo, Fraction(0)), max(left.hi, Fraction(0)))

    @property
    def settled(self) -> Interval:
        """1 where enough was paid, 0 where not."""
        return Interval.of(int(self.paid >= self.demanded.hi), int(self.paid >= self.demanded.lo))

    def share(self, arrears: Interval, below_zero: Interval) -> Interval:
        """What has to be paid where so much is owed."""
        assert self.rule is not None, "checked by the callers"
        bounds = ((arrears.lo, below_zero.lo), (arrears.hi, below_zero.hi))
        return Interval(*(self.rule.asked_for(*bound) for bound in bounds))
