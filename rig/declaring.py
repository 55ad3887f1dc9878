"""What is written of a scenario before it runs, and of an error that ended it."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rig.errors import RigError
from rig.scenario import Scenario, Terms


def declaration(
    scenario: Scenario, nodeid: str, terms: Terms, requirements: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """A scenario's declaration as the evidence holds it, its limits derived from `terms`."""
    return {
        "id": scenario.id,
        "title": scenario.title,
        "about": scenario.about,
        "function": nodeid,
        "requirements": [{"id": r, **requirements.get(r, {})} for r in scenario.requires],
        "catches": scenario.catches,
        "judges": [one.declared(terms) for one in scenario.judges],
        "starts": _start_words(scenario),
    }


def _start_words(scenario: Scenario) -> dict[str, object]:
    starts = scenario.starts
    return {
        "relay": starts.relay,
        "credit": starts.credit,
        "arrears": starts.arrears,
        "settings": starts.settings,
    }


def in_words(error: Exception) -> str:
    """What the error says; for one that is not the rig's own also the file and line that it came from, without a folder."""
    said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if isinstance(error, RigError):
        return said or type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(__file__).parent not in Path(frame.filename).parents] or frames
    return f"{said} ({Path(own[-1].filename).name}, line {own[-1].lineno})".strip()


def requirement_table(table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Sentences and sources by id, from a requirements file that was read."""
    return {key: {"sentence": one["sentence"], "source": one["source"]} for key, one in table["requirement"].items()}
