"""What a run in wall time will not tell, found out once for all positions, before the first of its processes needs the bench.

A position is a process of its own that only knows later what it was given to run, and while the bench is open nobody should be
busy with anything else. So the parent rehearses, and leaves what came of it in the folder of the run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rig.catalogue import scenario_folders
from rig.choices import Choices
from rig.plan import Plan
from rig.plan_checks import declared_in
from rig.planning.forecast import groups, outlooks
from rig.planning.telling import beforehand
from rig.scenario import Scenario
from rig.scenarios import shipped

FILE = "announced.json"
_OF_SCENARIOS = ("inconclusive", "not_shown", "amiss")


def announce(
    choices: Choices, names: Sequence[str], plan: Plan | None, paths: Iterable[Path], expression: str, out: Path
) -> list[str]:
    """Rehearse what these positions are about to run, keep it in `out`, and return what the operator should read, a line each.

    `paths` and `expression` (as of `-k`) say what is run; what is rehearsed beyond that does no harm.
    """
    chosen = _chosen(plan, paths, expression)
    found = outlooks(choices, names, chosen) if chosen else []
    table = {told.position: told.as_record() for _, told in found}
    kept = {"rehearsed": [one.id for one in chosen], "positions": table}
    (out / FILE).write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return [f"{', '.join(alike)}  beforehand   {line}" for alike, _, told in groups(found) for line in beforehand(told)]


def kept_record(out: Path, position: str, ids: Collection[str]) -> dict[str, Any] | None:
    """What was kept of a position, for the scenarios that it really runs; None where it has to find out for itself."""
    try:
        kept = json.loads((out / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    record: Mapping[str, Any] | None = kept["positions"].get(position)
    if record is None or not set(ids) <= set(kept["rehearsed"]):
        return None
    whole = set(ids) == set(kept["rehearsed"])
    return {
        **record,
        **{key: [one for one in record[key] if one["id"] in ids] for key in _OF_SCENARIOS},
        "limits": record["limits"] if whole else [],
    }


def _chosen(plan: Plan | None, paths: Iterable[Path], expression: str) -> list[Scenario]:
    """The shipped scenarios among what will be run, or a few more: an expression is looked at for ids alone."""
    known, folders = [one for one, _ in shipped()], scenario_folders()
    there: set[str] = set()
    for path in [Path(str(path).partition("::")[0]) for path in paths]:
        there |= {one.id for one in known} if path in folders else set(declared_in(path))
    wanted = [] if re.search(r"\bnot\b", expression) else re.findall(r"[A-Za-z]+-\d+", expression)
    return [
        one
        for one in known
        if one.id in there
        and (plan is None or plan.selects(one.id))
        and (not wanted or any(word.lower() in one.id.lower() for word in wanted))
    ]
