"""Evidence that is kept only as far as a self-check looks at it: findings, errors and counts of the scenario at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from rig.evidence import Evidence, Stretch, Writer, plain
from rig.judging import RESOLUTION_RATIO
from rig.selfcheck.cells import Cell, Reason
from rig.verdict import Outcome, Word

_WEIGHS = {"finding": Word.FAIL, "error": Word.ERROR, "inconclusive": Word.INCONCLUSIVE, "stopped": Word.INCONCLUSIVE}


class Unwritten(Writer):
    """A writer without a file. It forgets everything when a scenario begins."""

    def __init__(self) -> None:
        self.path = Path()
        self.chain = ""
        self._counted: Counter[str] = Counter()
        self._reasons: list[Reason] = []
        self._limits: Mapping[str, Mapping[str, Any]] = {}
        self._edges: list[dict[str, Any]] = []

    def record(self, kind: str, at: int, **fields: Any) -> None:  # noqa: ARG002 - as `Writer` has it
        """See `Writer`."""
        self._counted[kind] += 1
        if kind == "scenario":
            self._counted.clear()
            self._reasons.clear()
            self._limits = {one["name"]: one["limit"] for one in fields["judges"]}
        elif kind == "edge":
            self._edges.append({"kind": kind, **{key: plain(to) for key, to in fields.items()}})
        elif kind in _WEIGHS:
            of = str(fields.get("of") or fields.get("error") or kind)
            self._reasons.append(Reason(_WEIGHS[kind], of, str(fields["words"])))

    def watched(self, _at: int, _stretches: Iterable[tuple[str, Stretch]]) -> None:
        """See `Writer`."""

    def sync(self) -> None:
        """See `Writer`."""

    def close(self, _at: int, _reason: str) -> str:
        """See `Writer`."""
        return ""

    def edges(self) -> Evidence:
        """The edges of the contact since the run began, as evidence holds them."""
        return Evidence(self.path, self._edges, "complete", "", "")

    def cell(self, scenario: str, outcome: Outcome, rejected: int) -> Cell:
        """The scenario that has just ended. `rejected` answers were thrown away by the line meanwhile."""
        told = {name: v for name, v in outcome.judgements.items() if v.word not in (Word.PASS, Word.NOT_REACHED)}
        reasons = [Reason(verdict.word, name, verdict.words) for name, verdict in told.items()]
        beforehand = outcome.word is Word.INCONCLUSIVE and not self._reasons
        beforehand = beforehand and all(_too_coarse(self._limits[name]) for name in told)
        counted = dict(self._counted) | ({"rejected": rejected} if rejected else {})
        return Cell(scenario, outcome.word, (*reasons, *self._reasons), counted, beforehand)


def _too_coarse(limit: Mapping[str, Any]) -> bool:
    """True where the bench is too coarse for a limit, so that anybody could have said so before the run."""
    if limit["kind"] not in ("timed", "within"):
        return False
    least, most = limit["window"]
    resolution = Fraction(str(limit.get("resolution", 0)))
    return most is not None and Fraction(str(most)) - Fraction(str(least)) < RESOLUTION_RATIO * resolution
