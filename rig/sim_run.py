"""Scenarios in virtual time without pytest: what shows that a fault is caught, and that a healthy meter is not blamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rig.clock import VirtualClock
from rig.scenario import Scenario, declared
from rig.scenarios import shipped_functions
from rig.session import Session
from rig.setup import Setup
from rig.verdict import Outcome, Word
from rig.workplace import open_session, open_sim


@dataclass(frozen=True, slots=True)
class SimRun:
    """What a run came to: its word, the outcome of each scenario by id, and what the emulated bench knows of itself."""

    word: Word
    outcomes: Mapping[str, Outcome]
    truth: Mapping[str, object]


def run_sim(setup: Setup, ids: Iterable[str] | None = None) -> SimRun:
    """Run these scenarios (all shipped ones when None) on the emulated bench of `setup`; evidence goes to `setup.out`.

    One that is not promised, by map or policy, is excluded there and has no outcome.
    """
    functions = shipped_functions()
    chosen = list(functions) if ids is None else list(ids)
    clock = VirtualClock()
    devices = open_sim(setup, clock)
    session = open_session(setup, devices, clock)
    session.open()
    outcomes = {}
    try:
        for one in chosen:
            if (outcome := _run(session, functions[one])) is not None:
                outcomes[one] = outcome
    finally:
        word = session.close()
    return SimRun(word, outcomes, devices.truth() if devices.truth else {})


def _run(session: Session, function: Callable[..., Any]) -> Outcome | None:
    scenario = declared(function)
    assert isinstance(scenario, Scenario), "shipped functions are declared"
    word, why = session.lacking(scenario)
    if word:
        session.exclude(scenario, word, why)
        if word == "not promised":
            return None
        return Outcome(Word.INCONCLUSIVE, (f"{word}: {why}",))
    nodeid = f"{function.__module__.rpartition('.')[2]}.py::{function.__name__}"
    return session.run(scenario, nodeid, function)
