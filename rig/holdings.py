"""What an account stands at, what is lent on it, and when its credit ends. What moves it is in `rig.ledger`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from rig.almanac import Change
from rig.clock import Span
from rig.crossing import Crossing
from rig.energy import Segment
from rig.foresight import Foresight
from rig.interval import Interval
from rig.lending import Lending
from rig.money_rules import MoneyRules
from rig.policies.pricing import PLAIN
from rig.standing import Standing, whole_range

NOTHING = Fraction(0)
ZERO = Interval.of(0)
ONE = Interval.of(1)


class Holdings:
    """Every figure is what it can be, in paise. `grain` and `late` are what a meter may not have booked or found yet."""

    def __init__(self, rules: MoneyRules, standing: Standing, grain: Fraction, used_wh: Interval, late: int) -> None:
        self._rules = rules
        self._standings = [standing]
        self._grain, self._late = grain, late
        self._zero, self._end = Crossing(), Crossing()
        self.used_wh = used_wh
        """What the month has used so far (Wh)."""
        self.emergency = Lending(rules.emergency_credit)
        """Emergency credit: ready, lent or spent."""
        if standing.balance.lo <= 0:
            self.emergency.found_used_up(standing.balance)

    @property
    def balance(self) -> Interval:
        """What is left (paise); below zero when more was consumed than paid for."""
        return whole_range(self._standings)

    @property
    def arrears(self) -> int:
        """Arrears still owed (paise); where several figures can be, one of them: `arrears_can_be` names all."""
        return self._standings[0].arrears

    @property
    def arrears_can_be(self) -> frozenset[int]:
        """Every figure that the arrears can stand at (paise)."""
        return frozenset(one.arrears for one in self._standings)

    @property
    def plan(self) -> tuple[tuple[int, int], int]:
        """How many instalments came due, at least and at most, and what was missed of them (paise)."""
        counts = [one.due for one in self._standings]
        return (min(lo for lo, _ in counts), max(hi for _, hi in counts)), self._standings[0].missed

    @property
    def missed_can_be(self) -> frozenset[int]:
        """Every figure that missed instalments can stand at (paise)."""
        return frozenset(one.missed for one in self._standings)

    def may_have_missed(self, amounts: Iterable[int]) -> None:
        """Instalments that were missed before may come to each of these (paise), as far as arrears are owed."""
        (one,) = self._standings
        missed = sorted({min(amount, one.arrears) for amount in amounts})
        self._standings = [replace(one, missed=amount) for amount in missed]

    @property
    def emergency_used(self) -> Interval:
        """Emergency credit still to be repaid (paise)."""
        below = self.balance.times(-1)
        return self.emergency.used(Interval(below.lo - self._grain, below.hi))

    @property
    def credit_left(self) -> Interval:
        """What may still be consumed before credit is gone (paise): the balance, and what emergency credit lends."""
        return self.balance - self.emergency.gone_at

    def enough(self, at: Span, least: int | None, dues_paid: Interval = ONE) -> Interval:
        """By how much (paise) credit is above what a relay needs to close again at `at`; above zero closes it.

        `least` must be on the balance, and the dues of the cut paid (1, or 0 where not), unless emergency credit is in use. One
        count of the energy register may not be on the meter's balance yet, and it has so much more.
        """
        balance, left = self.balance, self.credit_left
        if self.emergency.days_over(self._zero, at)[1]:
            left = Interval(min(left.lo, balance.lo), left.hi)
        left = Interval(left.lo, left.hi + self._grain)
        if self.emergency.surely_lent or (least is None and dues_paid.lo > 0):
            return left
        needs = left
        if least is not None:
            needs = Interval.of(int(balance.lo >= least), int(balance.hi + self._grain >= least))
        needs = Interval(min(needs.lo, dues_paid.lo), min(needs.hi, dues_paid.hi))
        return needs.hull(left) if self.emergency.maybe_lent else needs

    def saw_arrears(self, shown: int) -> None:
        """The meter shows these arrears: where they are among what can be, the others cannot."""
        if shown in self.arrears_can_be:
            self._standings = [one for one in self._standings if one.arrears == shown]

    def _rose(self, to: Interval, at: Span) -> None:
        """The balance on the meter has risen to this (paise) at `at`: emergency credit may be ready again, its days to come."""
        self.emergency.repaid(to, self.emergency.days_over(self._zero, at))
        if to.hi >= 0:
            self._zero.anew(at.plus(0, self._late), to.lo >= 0)

    def pressed(self, at: Span, sure: bool) -> bool:
        """The button was pressed at `at`, surely with credit gone where `sure`. True when emergency credit may be lent."""
        over = self.emergency.days_over(self._zero, at)
        return self.emergency.lend(self.balance + Interval(NOTHING, self._grain), over, sure)

    def not_looked_at(self, during: Span) -> None:
        """The meter does not look at its balance in this time (ns), for want of mains: what is used up then is found at its end."""
        self._zero.blind(Span(during.lo - self._late, during.hi))

    def _move(self, amount: Interval) -> None:
        self._standings = [replace(one, balance=one.balance + amount) for one in self._standings]

    def _look_at_credit(self, at: Span) -> None:
        self._zero.note(self.balance, ZERO, self._grain, at.plus(0, self._late))
        self._end.note(self.balance, self.emergency.gone_at, self._grain, at)

    def credit_gone(
        self,
        trace: Sequence[Segment],
        unsure: Fraction = NOTHING,
        at_rate: Interval = PLAIN,
        changes: Sequence[Change] = (),
    ) -> Span | None:
        """When credit is gone, from now (the first segment's beginning) on; None when it never will be.

        `trace` is the power that flows from now on (W), the last segment being carried on for ever. `unsure` is the part by
        which the meter may measure more or less. `changes` are what the calendar brings from now on. The end of the span is
        FOREVER where it may never be: with a load that may be nothing. Changes nothing.
        """
        a_day, owed = self._instalments(len(changes))
        foresight = Foresight(self._rules, self.used_wh, trace, unsure, at_rate, changes, a_day, owed)
        used_up = foresight.reached(self.credit_left, self._grain, self._end)
        if self.emergency.lasts is None:
            return used_up
        zero = foresight.reached(self.balance, self._grain, self._zero)
        if zero is None:
            return used_up
        over = zero.plus(0 if self.emergency.since_unknown else self.emergency.lasts, self.emergency.lasts)
        return over if used_up is None else Span(min(over.lo, used_up.lo), min(over.hi, used_up.hi))

    def _instalments(self, days: int) -> tuple[int, int]:
        """The most that an instalment of the next days can take, and that all of them can (paise)."""
        plan = self._rules.instalment
        if plan is None:
            return 0, 0
        a_day = max(one.most_instalment(plan, self._grain, days) for one in self._standings)
        return a_day, max(self.arrears_can_be)
