"""The oracle of money: an account kept by the policy's text. Exact, pure, and written to be read by a clerk.

Every figure is what the account can be: bounds stay apart as far as energy and opening balance are not known better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rig.clock import FOREVER, Span
from rig.energy import Segment, bound, when_used
from rig.interval import Interval
from rig.money import in_rupees
from rig.policies.pricing import NONE_USED, PLAIN
from rig.policy import Charge, MoneyRules

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Split:
    """Where one recharge went (paise). ValueError unless every paisa of it is somewhere, and none was invented."""

    amount: int
    to_arrears: int
    to_emergency: int
    to_balance: int
    charges: int = 0
    rebate: int = 0

    def __post_init__(self) -> None:
        parts = (self.to_arrears, self.to_emergency, self.charges, self.to_balance)
        if sum(parts) != self.amount + self.rebate:
            raise ValueError(f"{' + '.join(map(str, parts))} paise are not {self.amount} + {self.rebate}")
        if min(*parts, self.rebate) < 0:
            raise ValueError(f"a part of a recharge of {self.amount} paise is negative: {parts}")

    @classmethod
    def nothing(cls) -> Split:
        """A recharge that moved nothing: refused, or credited before."""
        return cls(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the account: what moved the balance by `amount` (paise), what stood afterwards, and why."""

    at: Span
    kind: str
    amount: Interval
    balance: Interval
    arrears: int
    words: str


class Account:
    """A prepaid account (paise) under `rules`.

    `opening` is the balance as far as it is known, `arrears` and `emergency_used` are what is owed. `grain` is what one
    quantum of the meter's energy register costs: so much more may be left on the meter when the credit is gone here.
    """

    def __init__(
        self,
        rules: MoneyRules,
        opening: Interval,
        arrears: int = 0,
        emergency_used: int = 0,
        grain: Fraction = NOTHING,
    ) -> None:
        if arrears < 0 or emergency_used < 0:
            raise ValueError(f"nobody owes less than nothing: arrears {arrears}, emergency credit {emergency_used}")
        self._rules = rules
        self._owed = {"arrears": arrears, "emergency_credit": emergency_used}
        self._grain = grain
        self._gone_from: int | None = None
        self._gone_by: int | None = None
        self.balance = opening
        """What is left (paise); below zero when more was consumed than paid for."""
        self.entries: list[Entry] = []
        """Every movement so far, oldest first; together they are the balance less the opening."""
        self.credited = 0
        """What recharges have added to the balance so far (paise)."""

    @property
    def arrears(self) -> int:
        """Arrears still owed (paise)."""
        return self._owed["arrears"]

    @property
    def emergency_used(self) -> int:
        """Emergency credit still to be repaid (paise)."""
        return self._owed["emergency_credit"]

    # what moves it

    def recharge(self, amount_paise: int, at: Span) -> Split:
        """A recharge was credited at `at`: the policy shares it among its sinks, in their order.

        Nothing, or less, is no recharge: it moves no money, whatever the meter made of it.
        """
        if amount_paise <= 0:
            self._book("recharge", Interval.of(0), at, f"{in_rupees(amount_paise)} is no recharge: nothing is credited")
            return Split.nothing()
        shares = self._rules.takes_recharge(amount_paise, dict(self._owed), {})
        part = {share.kind: share.amount for share in shares}
        split = Split(amount_paise, part.get("arrears", 0), part.get("emergency_credit", 0), part.get("balance", 0))
        for kind, owed in self._owed.items():
            if (taken := part.get(kind, 0)) > owed:
                raise ValueError(f"{taken} paise were taken for {kind}, and {owed} are owed")
            self._owed[kind] -= part.get(kind, 0)
        self.credited += split.to_balance
        words = "; ".join(share.words for share in shares if share.amount or share.kind == "balance")
        self._book("recharge", Interval.of(split.to_balance), at, words)
        return split

    def consume(self, energy_wh: Interval, at: Span) -> None:
        """So much energy (Wh) flowed from the beginning of `at` to its end, and is charged."""
        if energy_wh.lo < 0:
            raise ValueError(f"no meter gives energy back: {energy_wh.lo} Wh")
        cost = self._rules.takes_energy(energy_wh, NONE_USED, PLAIN)
        self._book("energy", cost.times(-1), at, f"{_range(energy_wh, 4)} Wh cost {_rupee_range(cost)}")

    def uncounted(self, most_wh: Fraction, at: Span) -> None:
        """Up to so much energy (Wh) was charged here and may never reach the meter's register (a power failure)."""
        most = self._rules.takes_energy(Interval.of(0, most_wh), NONE_USED, PLAIN)
        self._book("power failure", most, at, f"up to {_fine(most_wh, 4)} Wh may have been lost with the power")

    def opens_day(self, on: date, at: Span) -> None:
        """A day begins: its charges are taken."""
        self._take(self._rules.opens_day(on), at)

    def closes_period(self, on: date, at: Span) -> None:
        """A billing period ends: what it settles is taken."""
        self._take(self._rules.closes_period(on), at)

    def _take(self, charges: Sequence[Charge], at: Span) -> None:
        for charge in charges:
            self._book("charge", Interval.of(-charge.amount), at, charge.words)

    def _book(self, kind: str, amount: Interval, at: Span, words: str) -> None:
        self.balance += amount
        self._look_at_credit(at)
        self.entries.append(Entry(at, kind, amount, self.balance, self.arrears, words))

    def _look_at_credit(self, at: Span) -> None:
        if self.balance.lo > 0:
            self._gone_from = None
        elif self._gone_from is None:
            self._gone_from = at.lo
        if self.balance.hi + self._grain > 0:
            self._gone_by = None
        elif self._gone_by is None:
            self._gone_by = at.hi

    def preset(self, at: Span, balance: Interval | None, moved: int, arrears: int | None) -> None:
        """Figures were written by hand (paise): the balance is this from now on, `moved` more than it was shown before."""
        if arrears is not None:
            self._owed["arrears"] = arrears
        if balance is not None:
            self.balance = balance
            self.credited += moved
        self._look_at_credit(at)
        words = f"written by hand: balance {_rupee_range(self.balance)}, arrears ₹{in_rupees(self.arrears)}"
        self.entries.append(Entry(at, "preset", Interval.of(moved), self.balance, self.arrears, words))

    # what it says

    def credit_gone(self, trace: Sequence[Segment], unsure: Fraction = NOTHING) -> Span | None:
        """When the balance reaches zero, from now (the first segment's beginning) on; None when it never will.

        `trace` is the power that flows from now on (W), the last segment being carried on for ever. `unsure` is the part by
        which the meter may measure more or less. The end of the span is FOREVER where it may never be: with a load that
        may be nothing. Changes nothing.
        """
        price = self._rules.paise_per_wh
        earliest: Fraction | None = None
        if self.balance.lo > 0 and price > 0:
            earliest = when_used(bound(trace, upper=True), self.balance.lo / price / (1 + unsure))
        elif self.balance.lo <= 0:
            earliest = Fraction(trace[0][0].lo if self._gone_from is None else self._gone_from)
        if earliest is None:
            return None
        latest: Fraction | None = None
        left = self.balance.hi + self._grain
        if left > 0 and price > 0:
            latest = when_used(bound(trace, upper=False), left / price / (1 - unsure))
        elif left <= 0:
            latest = Fraction(trace[0][0].hi if self._gone_by is None else self._gone_by)
        return Span(math.floor(earliest), FOREVER if latest is None else min(math.ceil(latest), FOREVER))


def _rupee_range(paise: Interval) -> str:
    lo, hi = in_rupees(paise.lo), in_rupees(paise.hi)
    return f"₹{lo}" if lo == hi else f"₹{lo} … ₹{hi}"


def _range(quantity: Interval, places: int) -> str:
    lo, hi = _fine(quantity.lo, places), _fine(quantity.hi, places)
    return lo if lo == hi else f"{lo} … {hi}"


def _fine(quantity: Fraction, places: int) -> str:
    scaled = round(quantity * 10**places)
    whole, part = divmod(scaled, 10**places)
    return f"{whole}.{part:0{places}d}"
