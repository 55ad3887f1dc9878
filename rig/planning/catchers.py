"""Which scenario is there to catch which fault, and by what: as scenarios say it of themselves, and as faults say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rig.catalogue import thing
from rig.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Catalogued:
    """A fault of the catalogue. `word` is what it must end in; `by` names scenarios and the reason (a judgement, a finding).

    `anywhere`: it needs no policy, map or promise of its own to show.
    """

    id: str
    title: str
    word: str
    by: Mapping[str, str]
    anywhere: bool = True

    def reason(self, scenario: Scenario) -> str:
        """The judgement or finding of a scenario that catches it; empty where the scenario is not there for it."""
        borne = "borne" if scenario.id in self.by else ""
        return scenario.catches.get(self.id) or self.by.get(scenario.id) or borne


def catalogued() -> list[Catalogued]:
    """Every fault that can be switched on, in the order of the catalogue."""
    return [_read(fault) for fault in thing("faults", "emulated").values()]


def _read(fault: Any) -> Catalogued:
    ends = fault.ends_in
    by = dict(ends.by) if ends else {}
    return Catalogued(fault.id, fault.title, ends.word if ends else "FAIL", by, fault.needs == type(fault.needs)())


def catchers(fault: Catalogued, scenarios: Iterable[Scenario]) -> dict[str, str]:
    """The scenarios among these that are there to catch a fault, by id, each with its reason."""
    return {one.id: reason for one in scenarios if (reason := fault.reason(one))}
