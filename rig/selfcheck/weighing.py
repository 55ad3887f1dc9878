"""What a cell says of a fault: caught as stated, caught besides, for another reason, or not at all."""

from __future__ import annotations

import enum
from collections.abc import Collection

from rig.selfcheck.cells import Cell
from rig.selfcheck.statements import Statement
from rig.verdict import Word


class As(enum.StrEnum):
    """What one scenario's word on one faulty meter is worth."""

    CAUGHT = "caught"
    BESIDES = "caught besides"
    WRONG_REASON = "wrong reason"
    MISSED = "missed"
    PASSED = "passed"
    UNVERIFIABLE = "unverifiable"


RANK = (As.CAUGHT, As.WRONG_REASON, As.MISSED, As.UNVERIFIABLE)
"""What is said of a scenario that must catch a fault, when several set-ups gave it an occasion: the first of these."""


def weigh(statement: Statement, cell: Cell, verifiable: Collection[str]) -> As:
    """A cell of a meter with this fault. Where a good meter does not pass, nothing follows from a bad one's failing."""
    if cell.scenario not in verifiable:
        return As.UNVERIFIABLE
    reasons = statement.by.get(cell.scenario)
    if cell.word is not statement.word:
        if cell.word is Word.PASS:
            return As.MISSED if reasons is not None else As.PASSED
        return As.WRONG_REASON
    if statement.word is Word.PASS:
        return _borne(statement, cell)
    if reasons is None:
        return As.BESIDES if statement.by else As.CAUGHT
    return As.CAUGHT if any(_named(cell, reason) for reason in reasons) else As.WRONG_REASON


def _borne(statement: Statement, cell: Cell) -> As:
    """A fault that the rig has to bear: it passes, and where it is stated the evidence counts what was borne."""
    if statement.by and cell.scenario not in statement.by:
        return As.PASSED
    if statement.counted and not cell.counted.get(statement.counted):
        return As.MISSED if cell.scenario in statement.by else As.PASSED
    return As.CAUGHT


def _named(cell: Cell, reason: str) -> bool:
    """True when the cell has its word for this reason: a judgement, a kind of finding, an error, or a part of its words."""
    weighed = [one for one in cell.reasons if one.word is cell.word]
    return any(one.of == reason or (one.word is not Word.FAIL and reason in one.words) for one in weighed)
