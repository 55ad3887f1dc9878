"""The outlook of one position: what a plan takes there, what it will not tell, and what the report will repeat of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rig.clock import SECOND
from rig.errors import RigError
from rig.planning.catchers import Catalogued, catalogued
from rig.planning.foretelling import Foretold, amiss, foretold
from rig.planning.rehearsal import Body, Rehearsal, rehearse
from rig.planning.resolving import Unresolved, unlooked_for, unresolved
from rig.planning.tally import Use, added, use_of
from rig.scenario import Scenario
from rig.setup import Setup
from rig.verdict import Word

BY = (
    "rehearsed in virtual time on an emulated bench with the same map, policy, limits and channels, and a healthy meter"
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known beforehand of one position's run. `uses`: what each scenario takes, by id, in the order of the plan.

    `why_unknown` says why nothing could be rehearsed; everything else is then empty."""

    position: str
    uses: dict[str, Use]
    foretold: tuple[Foretold, ...]
    left_out: tuple[tuple[Scenario, str, str], ...]
    unresolved: tuple[Unresolved, ...]
    unlooked_for: tuple[str, ...]
    amiss: tuple[tuple[str, str], ...]
    over_limits: tuple[str, ...]
    why_unknown: str = ""

    @property
    def whole(self) -> Use:
        """All scenarios together."""
        return added(list(self.uses.values()))

    @property
    def not_shown_ids(self) -> list[tuple[str, str]]:
        """Scenarios that are promised and will not be shown, by id, with the reason."""
        return [(one.id, why) for one, word, why in self.left_out if word == "not shown"]

    def as_record(self) -> dict[str, Any]:
        """As the evidence holds it, before the first scenario."""
        return {
            "by": self.why_unknown or BY,
            "inconclusive": [one.as_record() for one in self.foretold],
            "not_shown": [{"id": id_, "why": why} for id_, why in self.not_shown_ids],
            "unresolved": [one.as_record() for one in self.unresolved],
            "amiss": [{"id": id_, "words": words} for id_, words in self.amiss],
            "limits": list(self.over_limits),
        }


def outlook(setup: Setup, scenarios: Sequence[Scenario], bodies: Mapping[str, Body]) -> Outlook:
    """Rehearse these scenarios for one position, as `rehearse` does, and look at what came of it. Nothing is opened or written."""
    try:
        rehearsal = rehearse(setup, scenarios, bodies)
    except RigError as error:
        why = f"could not be rehearsed: {error}"
        return Outlook(setup.position, {}, (), (), (), (), (), (), why)
    faults = catalogued()
    found = foretold(rehearsal)
    uses = {one.scenario.id: use_of(one.records, one.contact) for one in rehearsal.ran}
    return Outlook(
        setup.position,
        uses,
        tuple(found),
        rehearsal.left_out,
        tuple(unresolved(setup, rehearsal, found, faults, partial(caught, setup, bodies))),
        tuple(unlooked_for(rehearsal, faults)),
        (*amiss(rehearsal), *_not_rehearsed(rehearsal)),
        tuple(_over_limits(setup, uses)),
    )


def caught(setup: Setup, bodies: Mapping[str, Body], fault: Catalogued, by: Sequence[Scenario]) -> bool:
    """True when one of these scenarios ends on the twin with this fault in the word that the fault must end in."""
    try:
        rehearsal = rehearse(setup, by, bodies, (fault.id,))
    except RigError:
        return fault.word == Word.ERROR
    return any(one.outcome.word == fault.word for one in rehearsal.ran)


def _not_rehearsed(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    return [(one.id, why) for one, why in rehearsal.unknown]


def _over_limits(setup: Setup, uses: dict[str, Use]) -> list[str]:
    """Which limits of the bench end the run before its end, and in which scenario."""
    limits, found = setup.bench.limits, []
    for name, unit, most in (
        ("watt_hours", "Wh", limits.watt_hours),
        ("seconds", "s with the load on", limits.seconds),
        ("relay_operations", "operations", limits.relay_operations),
    ):
        done: list[Use] = []
        for id_, use in uses.items():
            done.append(use)
            if (reached := _reached(added(done), name)) > most:
                found.append(
                    f"limits.{name} is {most}: it is used up in {id_}, where {reached:.0f} {unit} are reached; the whole plan takes "
                    f"{_reached(added(list(uses.values())), name):.0f}"
                )
                break
    return found


def _reached(use: Use, limit: str) -> float:
    if limit == "watt_hours":
        return float(use.energy_wh)
    return use.loaded / SECOND if limit == "seconds" else use.operations
