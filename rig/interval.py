"""Quantities that lie between two bounds, exact: energy, power and money of the oracles."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Interval:
    """A quantity known to lie in [lo, hi]. No float enters: bounds are fractions."""

    lo: Fraction
    hi: Fraction

    def __post_init__(self) -> None:
        if self.lo is not self.hi and self.lo > self.hi:
            raise ValueError(f"an interval cannot end before it begins: {self.lo} > {self.hi}")

    @classmethod
    def of(cls, lo: int | Fraction | Decimal, hi: int | Fraction | Decimal | None = None) -> Interval:
        """[lo, hi], or exactly `lo`."""
        least = lo if type(lo) is Fraction else Fraction(lo)
        return cls(least, least if hi is None else Fraction(hi))

    @property
    def width(self) -> Fraction:
        """hi - lo."""
        return self.hi - self.lo

    @property
    def middle(self) -> Fraction:
        """Half way."""
        return (self.lo + self.hi) / 2

    def __add__(self, other: Interval | int | Fraction) -> Interval:
        if isinstance(other, Interval):
            return Interval(self.lo + other.lo, self.hi + other.hi)
        return Interval(self.lo + other, self.hi + other)

    def __sub__(self, other: Interval | int | Fraction) -> Interval:
        if isinstance(other, Interval):
            return Interval(self.lo - other.hi, self.hi - other.lo)
        return Interval(self.lo - other, self.hi - other)

    def times(self, factor: int | Fraction) -> Interval:
        """Scaled by a factor of either sign."""
        a, b = self.lo * factor, self.hi * factor
        return Interval(min(a, b), max(a, b))

    def within(self, other: Interval) -> bool:
        """Wholly inside `other`."""
        return other.lo <= self.lo and self.hi <= other.hi

    def overlaps(self, other: Interval) -> bool:
        """Could be the same quantity."""
        return self.lo <= other.hi and other.lo <= self.hi

    def hull(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        return Interval(min(self.lo, other.lo), max(self.hi, other.hi))
