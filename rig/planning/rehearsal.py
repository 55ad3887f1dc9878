"""A plan run through in virtual time on the emulated twin of a position: where durations and energy of a plan come from."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rig.catalogue import scenario_folders
from rig.clock import VirtualClock
from rig.planning.notebook import Notebook
from rig.planning.twin import as_equipped, twin_of, without_end
from rig.promises import Promises
from rig.scenario import Scenario
from rig.session import Session
from rig.setup import Setup
from rig.verdict import Outcome
from rig.workplace import open_session, open_sim

Record = Mapping[str, Any]
Body = Callable[..., object]

NOT_REHEARSED = "is not among the scenarios that packages bring, so it was not rehearsed"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One scenario of a rehearsal: what was written between its beginning and its end, and what it came to."""

    scenario: Scenario
    records: Sequence[Record]
    outcome: Outcome
    contact: str
    """The state of the contact before it began; empty where it was not known."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal came to. `left_out`: (scenario, word, why) of those that this meter or bench is not judged by;
    `unknown`: scenarios that were not rehearsed, with the reason."""

    ran: tuple[Rehearsed, ...]
    left_out: tuple[tuple[Scenario, str, str], ...]
    unknown: tuple[tuple[Scenario, str], ...]
    records: Sequence[Record]
    promises: Promises


def rehearse(
    setup: Setup, scenarios: Sequence[Scenario], bodies: Mapping[str, Body], faults: tuple[str, ...] = ()
) -> Rehearsal:
    """Run these scenarios on the twin of `setup`'s position, with a meter that keeps every promise. Nothing is written or opened.

    `bodies` are the functions of those that installed packages bring, by id, and only these are run: what stands in somebody's
    own folder may reach for more than the bench. With `faults` the twin is not healthy: how a fault shows on this bench.

    Raises:
        ConfigError: the map cannot be driven, or the policy cannot be told to an emulated meter.
        RigError: the twin, with its faults, could not be opened or made safe.
    """
    twin = replace(twin_of(setup, Path()), faults=faults)
    clock, notebook = VirtualClock(), Notebook()
    devices = as_equipped(open_sim(without_end(twin), clock), setup)
    session = open_session(twin, devices, clock, notebook)
    session.open()
    try:
        return _through(session, notebook, scenarios, bodies)
    finally:
        session.close()


def _through(
    session: Session, notebook: Notebook, scenarios: Sequence[Scenario], bodies: Mapping[str, Body]
) -> Rehearsal:
    ran: list[Rehearsed] = []
    left_out: list[tuple[Scenario, str, str]] = []
    unknown: list[tuple[Scenario, str]] = []
    for one in scenarios:
        word, why = session.lacking(one)
        if word:
            left_out.append((one, word, why))
        elif one.id not in bodies or not _takes_bench_alone(bodies[one.id]):
            unknown.append((one, NOT_REHEARSED))
        else:
            begun = len(notebook.records)
            contact = str(session.books.state)
            outcome = session.run(one, one.id, bodies[one.id])
            ran.append(Rehearsed(one, notebook.records[begun:], outcome, contact))
    return Rehearsal(tuple(ran), tuple(left_out), tuple(unknown), notebook.records, session.promises)


def of_packages(bodies: Mapping[str, Body]) -> dict[str, Body]:
    """Those of these functions, by id, that stand in a folder of scenarios which an installed package brings."""
    folders = scenario_folders()
    return {id_: body for id_, body in bodies.items() if _stands_in(body, folders)}


def _stands_in(body: Body, folders: Sequence[Path]) -> bool:
    file = Path(inspect.getfile(body)).resolve()
    return any(folder.resolve() in file.parents for folder in folders)


def _takes_bench_alone(function: Body) -> bool:
    return list(inspect.signature(function).parameters) == ["bench"]
