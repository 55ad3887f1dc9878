"""Emergency credit of one account, and since when a balance has been below a mark."""

from __future__ import annotations

from fractions import Fraction

from rig.clock import DAY, Span
from rig.interval import Interval
from rig.policies.supply import EmergencyCredit

READY, LENT, SPENT = "ready", "lent", "spent"


class Lending:
    """Emergency credit: ready, lent, or spent. While it is lent the balance runs below zero, by no more than was lent.

    Granted by itself it counts as lent from the moment at which the balance is used up. `credit` None: there is none.
    """

    def __init__(self, credit: EmergencyCredit | None) -> None:
        self._credit = credit
        self.state = READY
        self._cut = False
        self.since_unknown = False
        """True when it was lent before the account was opened, nobody knows when."""

    @property
    def most(self) -> Fraction:
        """What is lent (paise)."""
        return Fraction(0 if self._credit is None else self._credit.paise)

    @property
    def in_use(self) -> bool:
        """True when what the balance is below zero was lent, and has to be repaid."""
        if self._credit is None:
            return False
        return self.state != READY or (self._credit.granted == "automatic" and not self._cut)

    @property
    def gone_at(self) -> Fraction:
        """Credit is gone when the balance is not above this (paise)."""
        return -self.most if self.in_use and self.state != SPENT else Fraction(0)

    @property
    def lasts(self) -> int | None:
        """How long it lasts from the moment at which the balance is used up (ns); None while it lasts as long as it does."""
        if self._credit is None or self._credit.days is None or not self.in_use or self.state == SPENT:
            return None
        return self._credit.days * DAY

    def owed(self, debt: int) -> int:
        """What of a balance that is `debt` paise below zero was lent."""
        return min(debt, int(self.most)) if self.in_use else 0

    def found_in_use(self) -> None:
        """An account was opened with a balance below zero."""
        if self._credit is not None:
            self.state, self.since_unknown = LENT, True

    def lend(self) -> bool:
        """The button was pressed with the credit gone. True when something is lent."""
        if self._credit is None or self._credit.granted != "button" or self.state != READY:
            return False
        self.state, self.since_unknown = LENT, False
        return True

    def spend(self) -> None:
        """Supply was cut: what was lent is used up, or its days are over. While supply is cut, nothing is lent by itself."""
        if self.in_use:
            self.state = SPENT
        self._cut = True

    def reconnected(self) -> None:
        """Supply is back."""
        self._cut = False

    def repaid(self, balance: Interval) -> None:
        """The balance has risen to this: repaid whole, it is ready again; else, where not only once, the rest can be drawn."""
        if self._credit is None:
            return
        if balance.hi >= 0:
            self.state, self.since_unknown = READY, False
        elif not self._credit.once and self.state == SPENT and balance.lo > -self.most:
            self.state = LENT


class Crossing:
    """Since when a balance is not above a mark: surely not before `since`, surely by `by` (ns); None while it may be above."""

    def __init__(self) -> None:
        self.since: int | None = None
        self.by: int | None = None

    def note(self, balance: Interval, mark: Fraction, grain: Fraction, at: Span) -> None:
        """The balance (paise) moved at `at`; `grain` more may be left on the meter."""
        if balance.lo > mark:
            self.since = None
        elif self.since is None:
            self.since = at.lo
        if balance.hi + grain > mark:
            self.by = None
        elif self.by is None:
            self.by = at.hi
