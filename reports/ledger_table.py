"""A scenario's ledger line by line: what moved, the oracle's balance, the meter's balance, and how far they are apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rig.evidence import Record
from rig.money import MoneyUnit


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One entry; money as a figure in the wallet's unit, empty where there is none. `apart` is meter minus oracle."""

    entry: str
    words: str
    amount: str
    to_arrears: str
    to_balance: str
    arrears: str
    oracle: str
    meter: str
    apart: str


def ledger_lines(records: Sequence[Record], unit: MoneyUnit) -> list[LedgerLine]:
    """The `ledger` records of a scenario as lines."""
    return [
        LedgerLine(
            str(r["entry"]),
            str(r.get("words", "")),
            figure(r.get("amount"), unit) if Fraction(r.get("amount") or 0) else "",
            figure(r.get("to_arrears"), unit),
            figure(r.get("to_balance"), unit),
            figure(r.get("arrears"), unit),
            figure(r.get("oracle"), unit),
            figure(r.get("meter"), unit),
            _apart(r.get("meter"), r.get("oracle"), unit),
        )
        for r in records
    ]


def figure(steps: Any, unit: MoneyUnit) -> str:
    """Steps of the wallet (whole, exact text, or a pair of bounds) as a figure in its unit; "" for None."""
    if steps is None:
        return ""
    if isinstance(steps, list):
        lo, hi = (figure(bound, unit) for bound in steps)
        return lo if lo == hi else f"{lo} … {hi}"
    return unit.bare(Fraction(steps))


def _apart(meter: int | None, oracle: Any, unit: MoneyUnit) -> str:
    if meter is None or oracle is None:
        return ""
    lo, hi = (Fraction(b) for b in (oracle if isinstance(oracle, list) else [oracle, oracle]))
    if lo <= meter <= hi:
        return "inside"
    apart = meter - (hi if meter > hi else lo)
    return f"{unit.bare(apart)} (under {unit.step})" if abs(apart) < 1 else unit.bare(apart)
