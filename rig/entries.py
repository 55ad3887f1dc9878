"""The lines of an account: what a recharge was split into, what moved the balance, and how figures are worded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from rig.clock import Span
from rig.interval import Interval
from rig.money import MoneyUnit


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

    @classmethod
    def of(cls, amount: int, part: dict[str, int]) -> Split:
        """By what each kind of sink got; what fills a negative balance is balance."""
        to_balance = part.get("balance", 0) + part.get("negative_balance", 0)
        return cls(amount, part.get("arrears", 0), part.get("emergency_credit", 0), to_balance, part.get("charges", 0))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the account: what moved the balance by `amount` (paise), what stood afterwards, and why."""

    at: Span
    kind: str
    amount: Interval
    balance: Interval
    arrears: int
    words: str


_NOT_MOVED = Interval.of(0)


def moved(before: Interval, after: Interval) -> Interval:
    """By how much a balance moved that lay in `before` and lies in `after`."""
    if after is before:
        return _NOT_MOVED
    ends = after.lo - before.lo, after.hi - before.hi
    return Interval(min(ends), max(ends))


def money_range(steps: Interval, unit: MoneyUnit) -> str:
    """ "₹1.00 … ₹1.05", or one figure where both are the same."""
    lo, hi = unit.told(steps.lo), unit.told(steps.hi)
    return lo if lo == hi else unit.range(steps.lo, steps.hi)


def quantity_range(quantity: Interval, places: int) -> str:
    """A quantity with so many decimals, as a range where it is one."""
    lo, hi = fine(quantity.lo, places), fine(quantity.hi, places)
    return lo if lo == hi else f"{lo} … {hi}"


def fine(quantity: Fraction, places: int) -> str:
    """A quantity that is not negative with so many decimals."""
    scaled = round(quantity * 10**places)
    whole, part = divmod(scaled, 10**places)
    return f"{whole}.{part:0{places}d}"
