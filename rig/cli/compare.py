"""`rig compare`: two runs beside each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rig.comparing import Comparison


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="Folder of a run.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Folder of a later run.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show verdicts that changed between two runs, and times that moved further than both spans are wide. Exits 1 if a verdict fell."""
    from rig.comparing import compare as compared
    from rig.errors import ConfigError
    from rig.judged import judged_run

    problems: list[str] = []
    runs = []
    for folder in (a, b):
        try:
            runs.append(judged_run(folder))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    found = compared(*runs)
    if as_json:
        print(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        _tell(found)
    raise typer.Exit(found.exit_code)


def _tell(found: Comparison) -> None:
    from rig.cli.table import show
    from rig.results import EMULATED

    if found.emulated:
        print(f"{EMULATED}\n")
    sides = [{"": side, **facts} for side, told in zip("AB", found.sides, strict=True) for facts in told]
    show(sides, ["", "position", "word", "serial", "firmware", "map", "policy", "plan", "rig", "faults", "run"], False)
    for words in found.notes:
        print(f"  {words}")
    print(f"\nVerdicts that changed: {len(found.changed) or 'none'}")
    if found.changed:
        rows = [
            {
                "position": one.position,
                "scenario": one.scenario,
                "judgement": one.judgement or "the scenario",
                "A": one.was,
                "B": one.now,
                "": "fell" if one.fell else "",
                "why": one.words,
            }
            for one in found.changed
        ]
        show(rows, ["position", "scenario", "judgement", "A", "B", "", "why"], False)
    print(f"\nTimes that moved beyond both spans: {len(found.moved) or 'none'}")
    if found.moved:
        rows = [
            {
                "position": m.position,
                "scenario": m.scenario,
                "judgement": m.judgement,
                "A": m.was,
                "B": m.now,
                "moved": m.by,
            }
            for m in found.moved
        ]
        show(rows, ["position", "scenario", "judgement", "A", "B", "moved"], False)
