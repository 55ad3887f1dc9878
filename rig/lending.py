"""Emergency credit of one account: ready, lent or spent, and what follows for the end of credit."""

from __future__ import annotations

from fractions import Fraction

from rig.clock import DAY, Span
from rig.crossing import Crossing
from rig.interval import Interval
from rig.policies.supply import EmergencyCredit

READY, LENT, SPENT = "ready", "lent", "spent"
NOTHING = Fraction(0)


class Lending:
    """Emergency credit: ready, lent, or spent. While it is lent the balance runs below zero, by no more than was lent.

    Granted by itself it counts as lent from the moment at which the balance is used up. `credit` None: there is none. Where
    it cannot be told in which state it is, all that can be are kept.
    """

    def __init__(self, credit: EmergencyCredit | None) -> None:
        self._credit = credit
        self.states = frozenset({READY})
        """Every state in which it can be."""
        self._cut = False
        self.since_unknown = False
        """True when it was lent before the account was opened, nobody knows when."""

    @property
    def most(self) -> Fraction:
        """What is lent (paise)."""
        return Fraction(0 if self._credit is None else self._credit.paise)

    @property
    def _by_itself(self) -> bool:
        return self._credit is not None and self._credit.granted == "automatic" and not self._cut

    def _lends(self, state: str) -> bool:
        return self._credit is not None and (state == LENT or (state == READY and self._by_itself))

    def _in_use(self, state: str) -> bool:
        """True when what the balance is below zero was lent, and has to be repaid."""
        return self._credit is not None and (state != READY or self._by_itself)

    @property
    def surely_lent(self) -> bool:
        """True when it is in use, and was not lent by itself just now."""
        return self.states == {LENT}

    @property
    def maybe_lent(self) -> bool:
        """True when it may be in use."""
        return LENT in self.states

    @property
    def gone_at(self) -> Interval:
        """Credit is gone when the balance is not above this (paise)."""
        marks = [-self.most if self._lends(state) else NOTHING for state in self.states]
        return Interval(min(marks), max(marks))

    @property
    def lasts(self) -> int | None:
        """How long it lasts from the moment at which the balance is used up (ns); None while it lasts as long as it does."""
        if self._credit is None or self._credit.days is None or not any(map(self._lends, self.states)):
            return None
        return self._credit.days * DAY

    @property
    def uses(self) -> set[bool]:
        """Whether it is in use: all that can be."""
        return {self._in_use(state) for state in self.states}

    def owed(self, debt: int, in_use: bool) -> int:
        """What of a balance that is `debt` paise below zero was lent."""
        return min(debt, int(self.most)) if in_use else 0

    def used(self, below: Interval) -> Interval:
        """What is still to be repaid when the balance is so far below zero (paise; above it where negative)."""
        amounts = [
            Interval(*(min(max(end, NOTHING), self.most) for end in (below.lo, below.hi)))
            if self._in_use(state)
            else Interval(NOTHING, NOTHING)
            for state in self.states
        ]
        return Interval(min(one.lo for one in amounts), max(one.hi for one in amounts))

    def days_over(self, zero: Crossing, at: Span) -> tuple[bool, bool]:
        """(surely, maybe): its days were over at `at`, the balance having been used up since `zero`."""
        if self._credit is None or self._credit.days is None or zero.since is None:
            return False, False
        days = self._credit.days * DAY
        surely = zero.by is not None and not self.since_unknown and at.lo >= zero.by + days
        return surely, self.since_unknown or at.hi >= zero.since + days

    # what happens

    def found_used_up(self, balance: Interval) -> None:
        """An account was opened with a balance (paise) that may be used up, nobody knows since when."""
        if self._credit is None:
            return
        can_be = {LENT, SPENT} if balance.hi < 0 else {LENT}
        if self._credit.granted == "button" or balance.hi >= 0:
            can_be |= {READY}
        self.states, self.since_unknown = frozenset(can_be), True

    def lend(self, balance: Interval, over: tuple[bool, bool] = (False, False), sure: bool = True) -> bool:
        """The button was pressed at this balance (paise), surely with the credit gone where `sure`; `over`: its days.

        True when something may be lent.
        """
        if self._credit is None or self._credit.granted != "button" or READY not in self.states:
            return False
        if over[0] or balance.hi <= -self.most:
            return False
        surely = sure and not over[1] and balance.lo > -self.most
        self.states = (self.states - {READY} if surely else self.states) | {LENT}
        return True

    def spend(self, surely: bool = True) -> None:
        """Supply was cut for want of credit, `surely` or maybe: what was lent is used up, or its days are over.

        While supply is cut, nothing is lent by itself.
        """
        spent = frozenset(SPENT if self._in_use(state) else state for state in self.states)
        self.states = spent if surely else self.states | spent
        self._cut = self._cut or surely

    def reconnected(self, by_credit: bool = True) -> None:
        """Supply is back: no relay closes by credit while what was lent is spent and not repaid."""
        if by_credit and len(self.states) > 1:
            self.states -= {SPENT}
        self._cut = False

    def repaid(self, balance: Interval, over: tuple[bool, bool] = (False, False)) -> None:
        """The balance has risen to this (paise): repaid whole it is ready again; else, where not only once, the rest can be
        drawn while its days are not over."""
        if self._credit is None:
            return
        found = {READY} if balance.hi >= 0 else set()
        if balance.lo < 0:
            for state in self.states:
                found |= self._partly_repaid(state, balance, over)
        self.states = frozenset(found)
        if found == {READY}:
            self.since_unknown = False

    def _partly_repaid(self, state: str, balance: Interval, over: tuple[bool, bool]) -> set[str]:
        assert self._credit is not None, "checked by the caller"
        if state != SPENT or self._credit.once or over[0] or balance.hi <= -self.most:
            return {state}
        return {LENT, SPENT} if over[1] or balance.lo <= -self.most else {LENT}
