"""The outlook of a whole plan on a whole bench: every position, alike ones rehearsed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rig.catalogue import file_named
from rig.choices import Choices, setup_of
from rig.clock import SECOND
from rig.errors import ConfigError
from rig.plan import load_plan
from rig.plan_checks import check_plan
from rig.planning.outlook import BY, Outlook, outlook
from rig.planning.tally import Use
from rig.planning.telling import together
from rig.scenario import Scenario
from rig.scenarios import shipped, shipped_functions
from rig.setup import Setup


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan on a bench: its scenarios, and (setup, outlook) of every position; those of alike positions are one and the same.

    `own`: ids of scenarios that no package brings, of which nothing is known beforehand."""

    scenarios: tuple[Scenario, ...]
    own: tuple[str, ...]
    positions: tuple[tuple[Setup, Outlook], ...]

    @property
    def whole(self) -> Use:
        """What the longest position takes, all of them running side by side; energy and operations are those of one meter."""
        return max((told.whole for _, told in self.positions), key=lambda use: use.took)

    def as_json(self) -> dict[str, Any]:
        """As plain data; `docs/planning.md` says what each field is."""
        first, _ = self.positions[0]
        plan = first.plan
        return {
            "format": 1,
            "plan": plan.name if plan else "",
            "policy": first.policy.name,
            "bench": first.bench.name,
            "by": BY,
            "not_rehearsed": list(self.own),
            "positions": [_position(setup, told) for setup, told in self.positions],
        }


def forecast(choices: Choices, own: Sequence[Path] = ()) -> Forecast:
    """Rehearse the plan that was chosen on every position of the bench that was chosen. Nothing is opened.

    `own`: files or folders of more scenarios that the plan may name. ConfigError with every problem of the files.
    """
    first = setup_of(choices, _plan_problems(choices, own))
    known = [one for one, _ in shipped()]
    chosen = tuple(one for one in known if first.plan is None or first.plan.selects(one.id))
    planned = first.plan.scenarios if first.plan and first.plan.scenarios != ["all"] else []
    ids = {one.id for one in known}
    positions = outlooks(choices, [one.name for one in first.bench.positions], chosen)
    return Forecast(chosen, tuple(id_ for id_ in planned if id_ not in ids), tuple(positions))


def outlooks(choices: Choices, names: Sequence[str], chosen: Sequence[Scenario]) -> list[tuple[Setup, Outlook]]:
    """The outlook of each of these positions for these scenarios; alike positions are rehearsed once."""
    bodies, found = shipped_functions(), []
    told: dict[str, Outlook] = {}
    for name in names:
        setup = setup_of(replace(choices, position=name))
        alike = _what_matters(setup)
        if alike not in told:
            told[alike] = outlook(setup, chosen, bodies)
        found.append((setup, replace(told[alike], position=name)))
    return found


def _plan_problems(choices: Choices, own: Sequence[Path]) -> list[str]:
    """What is wrong with the plan beyond what its own file says, which whoever loads it finds."""
    try:
        file = file_named("plans", choices.plan or "")
        load_plan(file)
    except ConfigError:
        return []
    try:
        check_plan(file, own)
    except ConfigError as error:
        return [problem for problem in error.problems if ": policy: " not in problem]
    return []


def _what_matters(setup: Setup) -> str:
    """Equal for positions of one bench that a rehearsal cannot tell apart: all but names, addresses and passwords."""
    table = setup.table.model_dump()
    bus, load, sense = (table["meter"]["bus"] or {}, table["load"] or {}, table["sense"] or {})
    return repr(
        (
            setup.map_name,
            {key: bus.get(key) for key in ("type", "baud")},
            {key: load.get(key) for key in ("type", "rating_w", "accuracy_percent")},
            {key: sense.get(key) for key in ("type", "delay_s")},
            [table.get(key) is None for key in ("button", "tampering")],
            (table["source"] or {}).get("most_volts"),
            table["meter"].get("zone"),
            table.get("phases"),
            table["every_ms"],
        )
    )


def _position(setup: Setup, told: Outlook) -> dict[str, Any]:
    use = told.whole
    return {
        "position": told.position,
        "map": setup.map_name,
        "rehearsed": not told.why_unknown,
        **_use(use),
        "limits": setup.bench.limits.model_dump(),
        "scenarios": [{"id": id_, **_use(one), "needs": list(one.needs)} for id_, one in told.uses.items()],
        "not_promised": _left_out(told, "not promised"),
        "unlooked_for": list(told.unlooked_for),
        "announced": told.as_record(),
    }


def _use(use: Use) -> dict[str, Any]:
    return {
        "seconds": round(use.took / SECOND, 3),
        "load_on_seconds": round(use.loaded / SECOND, 3),
        "watt_hours": round(float(use.energy_wh), 3),
        "relay_operations": use.operations,
    }


def _left_out(told: Outlook, word: str) -> list[dict[str, str]]:
    return [{"id": one.id, "title": one.title, "why": why} for one, said, why in told.left_out if said == word]


def groups(positions: Sequence[tuple[Setup, Outlook]]) -> list[tuple[list[str], Setup, Outlook]]:
    """Positions with one outlook together: (names, one of their setups, the outlook)."""
    found: dict[int, tuple[list[str], Setup, Outlook]] = {}
    for setup, told in positions:
        names, *_ = found.setdefault(id(told.uses), ([], setup, told))
        names.append(told.position)
    return list(found.values())


def whys(told: Outlook, word: str) -> list[tuple[str, list[str]]]:
    """Scenarios without a result of this word, those with the same reason together: (why, ids)."""
    return together([(one.id, why) for one, said, why in told.left_out if said == word])
