"""Runs a test's own scenario on the emulated bench in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rig.choices import Choices, setup_of
from rig.clock import VirtualClock
from rig.evidence import Evidence, read
from rig.scenario import Scenario, declared
from rig.verdict import Outcome
from rig.workplace import open_session, open_sim


def run_own(function: Callable[..., Any], out: Path, **choices: Any) -> tuple[Outcome, Evidence]:
    """The outcome of one scenario, and the evidence of the run; `choices` as in `rig.choices.Choices`."""
    scenario = declared(function)
    assert isinstance(scenario, Scenario), "the function declares itself"
    setup = setup_of(Choices(out=str(out), **choices))
    clock = VirtualClock()
    session = open_session(setup, open_sim(setup, clock), clock)
    session.open()
    outcome = session.run(scenario, function.__name__, function)
    session.close()
    return outcome, read(out / "P01.rig.jsonl")
