"""A scenario's ledger line by line: what moved, the oracle's balance, the meter's balance, and how far they are apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rig.evidence import Record
from rig.money import in_rupees


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One entry; money as rupee text, empty where there is none. `apart` is meter minus oracle."""

    entry: str
    words: str
    amount: str
    to_arrears: str
    to_balance: str
    arrears: str
    oracle: str
    meter: str
    apart: str


def ledger_lines(records: Sequence[Record]) -> list[LedgerLine]:
    """The `ledger` records of a scenario as lines."""
    return [
        LedgerLine(
            str(r["entry"]),
            str(r.get("words", "")),
            rupees(r.get("amount")) if Fraction(r.get("amount") or 0) else "",
            rupees(r.get("to_arrears")),
            rupees(r.get("to_balance")),
            rupees(r.get("arrears")),
            rupees(r.get("oracle")),
            rupees(r.get("meter")),
            _apart(r.get("meter"), r.get("oracle")),
        )
        for r in records
    ]


def rupees(paise: Any) -> str:
    """Paise (whole, exact text, or a pair of bounds) as rupee text; "" for None."""
    if paise is None:
        return ""
    if isinstance(paise, list):
        lo, hi = (rupees(bound) for bound in paise)
        return lo if lo == hi else f"{lo} … {hi}"
    return in_rupees(Fraction(paise))


def _apart(meter: int | None, oracle: Any) -> str:
    if meter is None or oracle is None:
        return ""
    lo, hi = (Fraction(b) for b in (oracle if isinstance(oracle, list) else [oracle, oracle]))
    if lo <= meter <= hi:
        return "inside"
    apart = meter - (hi if meter > hi else lo)
    return f"{in_rupees(apart)} (under a paisa)" if abs(apart) < 1 else in_rupees(apart)
