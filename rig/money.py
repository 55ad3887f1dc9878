"""Money is integer paise at every boundary and exact fractions in between; no float touches it.

A wallet of energy counts its register's own steps in the same way; `MoneyUnit` says what an amount is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

PAISE_PER_RUPEE = 100


def rupees(text: str) -> int:
    """Rupees as text ("523.45") in whole paise. ValueError for anything finer or anything else."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, _, part = digits.partition(".")
    if not whole.isdigit() or len(part) > 2 or not (part or "0").isdigit():
        raise ValueError(f"{text!r} is no amount in rupees with at most two decimals")
    return sign * (int(whole) * PAISE_PER_RUPEE + int(part.ljust(2, "0")))


def in_rupees(paise: int | Fraction) -> str:
    """Paise as rupees: "523.45"; parts of a paisa are shown to two more decimals."""
    sign = "-" if paise < 0 else ""
    if paise.denominator == 1:
        whole, part = divmod(abs(paise.numerator), PAISE_PER_RUPEE)
        return f"{sign}{whole}.{part:02d}"
    fine = round(abs(Fraction(paise)) * 100)
    whole, part = divmod(fine, 100 * PAISE_PER_RUPEE)
    return f"{sign}{whole}.{part:04d}"


@dataclass(frozen=True, slots=True)
class MoneyUnit:
    """What a wallet counts in. `name` is what limits and evidence hold: "paise", or "0.01 kWh" for a wallet of energy."""

    name: str = "paise"

    @property
    def sign(self) -> str:
        """What stands in the head of a column of amounts: "₹" or "kWh"."""
        return "₹" if self.name == "paise" else self.name.rpartition(" ")[2]

    @property
    def step(self) -> str:
        """What the smallest amount is called: "a paisa", "0.01 kWh"."""
        return "a paisa" if self.name == "paise" else self.name

    def read(self, text: str) -> int:
        """An amount that was typed as a figure ("523.45") in whole steps. ValueError for anything finer or anything else."""
        if self.name == "paise":
            return rupees(text)
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
        whole, _, part = digits.partition(".")
        steps = (
            Fraction(digits) / Fraction(self.step.partition(" ")[0])
            if whole.isdigit() and (part or "0").isdigit()
            else None
        )
        if steps is None or steps.denominator != 1:
            raise ValueError(f"{text!r} is no amount in {self.sign} in steps of {self.step}")
        return sign * int(steps)

    def bare(self, steps: int | Fraction) -> str:
        """An amount as a figure alone; parts of a step are shown to two more decimals."""
        if self.name == "paise":
            return in_rupees(steps)
        size = self.name.partition(" ")[0]
        exact, places = Fraction(size) * steps, len(size.partition(".")[2])
        places += 0 if (exact * 10**places).denominator == 1 else 2
        whole, part = divmod(round(abs(exact) * 10**places), 10**places)
        return f"{'-' if exact < 0 else ''}{whole}{f'.{part:0{places}d}' if places else ''}"

    def told(self, steps: int | Fraction) -> str:
        """An amount with its unit: "₹523.45", "5.23 kWh"."""
        return f"₹{in_rupees(steps)}" if self.name == "paise" else f"{self.bare(steps)} {self.sign}"

    def range(self, least: int | Fraction, most: int | Fraction) -> str:
        """Bounds with their unit: "₹1.00 … ₹1.05", "1.00 … 1.05 kWh"."""
        first = self.told(least) if self.name == "paise" else self.bare(least)
        return f"{first} … {self.told(most)}"


RUPEES = MoneyUnit()


def money_unit(name: str) -> MoneyUnit | None:
    """The unit of an amount by the name of its unit; None where that is no unit of a wallet."""
    size, _, energy = name.partition(" ")
    return MoneyUnit(name) if name == "paise" or (energy == "kWh" and size) else None
