"""Every fault that a scenario names is caught by it, through the judgement that it names; healthy meters pass all, under every policy."""

from functools import cache
from pathlib import Path

import pytest

from drivers.emulated.faults import FAULTS
from rig.catalogue import file_named, files, thing
from rig.choices import Choices, setup_of
from rig.config import read_toml
from rig.declaring import requirement_table
from rig.policy import Policy, load_policy
from rig.scenario import Scenario
from rig.scenarios import shipped
from rig.selfcheck.cells import Trial, Tried
from rig.selfcheck.set_ups import SetUp
from rig.selfcheck.trial import run_trial
from rig.sim_run import run_sim
from rig.verdict import Word

SCENARIOS = [one for one, _ in shipped()]
PAIRS = [(one, fault) for one in SCENARIOS for fault in one.catches]
POLICIES = [entry.name for entry in files("policies")]
"""The utilities', and those with the rules that none of them has."""


@cache
def policy(name: str) -> Policy:
    return load_policy(file_named("policies", name))


@pytest.mark.parametrize("name", POLICIES, ids=[Path(name).stem for name in POLICIES])
def test_a_healthy_meter_passes_everything(name: str, tmp_path: Path) -> None:
    found = run_sim(setup_of(Choices(out=str(tmp_path / "run"), policy=name)))
    assert {i: (o.word, o.reasons) for i, o in found.outcomes.items() if o.word is not Word.PASS} == {}
    assert found.word is Word.PASS


@pytest.mark.parametrize(("scenario", "fault"), PAIRS, ids=[f"{s.id}-{f}" for s, f in PAIRS])
def test_a_named_fault_is_caught_by_what_was_named(scenario: Scenario, fault: str, tmp_path: Path) -> None:
    """In the set-up that the fault needs, under one of the policies that the scenario is about: not each gives an occasion."""
    needs = FAULTS[fault].needs
    first = [needs.policy] if needs.policy else []
    tried = [name for name in dict.fromkeys([*first, *POLICIES]) if not scenario.unless(policy(name))]
    reasons: dict[str, object] = {}
    for name in tried:
        set_up = SetUp(name, needs.map, needs.promises, needs.meter)
        reasons[name] = _missed(scenario, fault, run_trial(Trial(set_up, fault), [scenario.id], tmp_path))
        if not reasons[name]:
            return
    pytest.fail(f"{fault} was not caught by {scenario.catches[fault]!r}: {reasons}")


def _missed(scenario: Scenario, fault: str, tried: Tried) -> object:
    """Why this fault was not caught by what was named; empty when it was."""
    if not tried.cells:
        return tried.problem or dict(tried.excluded)
    (cell,) = tried.cells
    caught = any(reason.word is Word.FAIL and reason.of == scenario.catches[fault] for reason in cell.reasons)
    return "" if caught and cell.word is Word.FAIL else cell.reasons or "passed"


def test_enough_faults_are_named() -> None:
    assert len({fault for _, fault in PAIRS}) >= 12
    assert all(one.catches for one in SCENARIOS)


def test_every_scenario_is_about_some_policy() -> None:
    about_none = [one.id for one in SCENARIOS if all(one.unless(policy(name)) for name in POLICIES)]
    assert about_none == []


def test_every_scenario_names_requirements_that_exist() -> None:
    known = requirement_table(read_toml(thing("requirements", "shipped")))
    assert {r for one in SCENARIOS for r in one.requires} == set(known)
