"""A matrix as a document: plain JSON, and a hash that is the same whenever and wherever the same was found."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from rig.evidence import canonical
from rig.results import EMULATED
from rig.selfcheck.cells import Cell, Tried
from rig.selfcheck.matrix import End, Matrix, Row, in_words
from rig.verdict import Word

FORMAT = 1


def document(matrix: Matrix) -> dict[str, Any]:
    """Everything that was found. `sha256` is over all the rest, in which no time, host or process stands."""
    found = {
        "format": FORMAT,
        "emulated": EMULATED,
        "rig": version("prepaid-meter-rig"),
        "plan": matrix.plan,
        "sound": matrix.sound,
        "summary": summary(matrix),
        "set_ups": matrix.set_ups,
        "scenarios": [
            {"id": one.id, "title": one.title, "unverifiable": matrix.unverifiable.get(one.id, "")}
            for one in matrix.scenarios
        ],
        "faults": [_row(row) for row in matrix.rows],
        "unlisted": [_row(row) for row in matrix.unlisted],
        "healthy": [_tried(one) for one in matrix.healthy],
        "drawn": [_tried(one) for one in matrix.drawn],
    }
    return {**found, "sha256": hashlib.sha256(canonical(found)).hexdigest()}


def summary(matrix: Matrix) -> dict[str, Any]:
    """The figures that stand above the matrix."""
    ends = Counter(row.end for row in matrix.rows)
    good = [*matrix.healthy, *matrix.drawn]
    return {
        "faults": len(matrix.rows),
        **{end.value: ends[end] for end in End},
        "statements broken": sum(len(row.broken) for row in matrix.rows),
        "scenarios": len(matrix.scenarios),
        "scenarios unverifiable": len(matrix.unverifiable),
        "good meters": len(good),
        "words on good meters": sum(len(one.cells) for one in good),
        "false alarms": len(matrix.false_alarms),
        "inconclusive beforehand": sum(cell.beforehand for one in good for cell in one.cells),
        "edges in their spans": sum(one.edges for one in good),
        "edges outside": sum(len(one.strays) for one in good),
        "trials": len(matrix.tried),
        "trials broken": len(matrix.problems),
        "unlisted faults": len(matrix.unlisted),
        "unlisted caught": sum(row.end is End.CAUGHT for row in matrix.unlisted),
    }


def as_text(found: Mapping[str, Any]) -> str:
    """The document as it is written."""
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _row(row: Row) -> dict[str, Any]:
    statement = row.statement
    return {
        "id": statement.id,
        "title": statement.title,
        "where": statement.where,
        "expected": statement.expected,
        **({"batch": statement.batch} if statement.batch else {}),
        "stated": {
            "word": str(statement.word),
            "by": {scenario: sorted(reasons) for scenario, reasons in statement.by.items()},
            "counted": statement.counted,
        },
        "end": str(row.end),
        "broken": dict(row.broken),
        "runs": [_tried(one, row) for one in row.tried],
    }


def _tried(one: Tried, row: Row | None = None) -> dict[str, Any]:
    worth = {w.cell.scenario: str(w.worth) for w in row.cells if w.tried is one} if row else {}
    passed = [c.scenario for c in one.cells if c.word is Word.PASS and worth.get(c.scenario, "passed") == "passed"]
    return {
        "set_up": one.trial.set_up.name,
        "seed": one.trial.seed,
        **({"drawn": one.trial.drawn} if one.trial.drawn is not None else {}),
        "passed": passed,
        "cells": [_cell(c, worth.get(c.scenario, "")) for c in one.cells if c.scenario not in passed],
        "not_run": {scenario: word for scenario, (word, _why) in sorted(one.excluded.items())},
        **({"problem": one.problem} if one.problem else {}),
        **({"edges": one.edges, "strays": list(one.strays)} if row is None else {}),
    }


def _cell(cell: Cell, worth: str) -> dict[str, Any]:
    return {
        "scenario": cell.scenario,
        "word": str(cell.word),
        **({"worth": worth} if worth else {}),
        **({"beforehand": True} if cell.beforehand else {}),
        "in_words": in_words(cell),
        "reasons": [{"word": str(one.word), "of": one.of, "words": one.words} for one in cell.reasons],
    }
