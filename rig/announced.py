"""What was said before a run, held against what the run came to: an INCONCLUSIVE was announced, or it was not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rig.results import PositionResult, ScenarioResult
from rig.verdict import Word

ANNOUNCED, NOT_ANNOUNCED = "announced beforehand", "NOT announced beforehand"


def announced(position: PositionResult) -> Mapping[str, Any]:
    """The record of what was said beforehand of a position; empty where the run was made by a rig that said nothing."""
    return position.one("announced")


def foretold(position: PositionResult, scenario: str) -> list[Mapping[str, Any]]:
    """What was said beforehand of a scenario that will, or may, be INCONCLUSIVE."""
    return [one for one in announced(position).get("inconclusive", ()) if one["id"] == scenario]


def untold(position: PositionResult, result: ScenarioResult) -> list[str]:
    """The judgements of a scenario that cannot be told although nothing was said of it; "the scenario" for one as a whole."""
    said = {one["judgement"] for one in foretold(position, result.id)}
    cannot = [name for name, verdict in result.outcome.judgements.items() if verdict.word is Word.INCONCLUSIVE]
    whole = ["the scenario"] if result.of("inconclusive") and "" not in said else []
    return [name for name in cannot if name not in said] + whole


def marked(position: PositionResult, result: ScenarioResult) -> str:
    """How an INCONCLUSIVE is shown; empty for any other word, for one that was cut short, and where nothing was ever said."""
    if result.word is not Word.INCONCLUSIVE or not announced(position) or result.of("stopped"):
        return ""
    return NOT_ANNOUNCED if untold(position, result) else ANNOUNCED
