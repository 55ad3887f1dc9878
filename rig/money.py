"""Money is integer paise at every boundary and exact fractions in between; no float touches it."""

from __future__ import annotations

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
