"""Every fault that a scenario names is caught by it, through the judgement that it names; healthy meters pass all, under every policy."""

from functools import cache
from pathlib import Path

import pytest

from drivers.emulated.faults import FAULTS
from rig.catalogue import file_named, files, thing
from rig.choices import Choices, setup_of
from rig.config import read_toml
from rig.declaring import requirement_table
from rig.evidence import read
from rig.policy import Policy, load_policy
from rig.promises import Promises
from rig.scenario import Scenario
from rig.scenarios import shipped
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.scenarios.variants import OVER_CURRENT, map_with

SCENARIOS = [one for one, _ in shipped()]
PROMISES = Promises.read(read_toml(file_named("maps", "reference"))["promises"], "map reference")
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
    """Under one at least of the policies that the scenario is about: not each of them gives every fault an occasion."""
    tried = [name for name in POLICIES if not scenario.unless(policy(name))]
    reasons: dict[str, object] = {}
    for name in tried:
        reasons[name] = _missed(scenario, fault, name, tmp_path / Path(name).stem)
        if not reasons[name]:
            return
    pytest.fail(f"{fault} was not caught by {scenario.catches[fault]!r}: {reasons}")


def _map_for(scenario: Scenario, fault: str, folder: Path) -> str | None:
    """The shipped map, or where that promises something else, one that promises over-current, or what the fault takes to show."""
    promises = {**(OVER_CURRENT if scenario.beyond(PROMISES) else {}), **FAULTS[fault].needs.promises}
    return map_with(folder, **promises) if promises else None


def _missed(scenario: Scenario, fault: str, name: str, out: Path) -> object:
    """Why this fault was not caught under this policy, by what was named; empty when it was."""
    choices = Choices(out=str(out), faults=(fault,), policy=name, map=_map_for(scenario, fault, out.parent))
    found = run_sim(setup_of(choices), [scenario.id])
    outcome, named = found.outcomes[scenario.id], scenario.catches[fault]
    if named in outcome.judgements:
        caught = outcome.judgements[named].word is Word.FAIL
    else:
        caught = any(finding["of"] == named for finding in read(out / "P01.rig.jsonl").of("finding"))
    return "" if caught and outcome.word is Word.FAIL else outcome.reasons or "passed"


def test_enough_faults_are_named() -> None:
    assert len({fault for _, fault in PAIRS}) >= 12
    assert all(one.catches for one in SCENARIOS)


def test_every_scenario_is_about_some_policy() -> None:
    about_none = [one.id for one in SCENARIOS if all(one.unless(policy(name)) for name in POLICIES)]
    assert about_none == []


def test_every_scenario_names_requirements_that_exist() -> None:
    known = requirement_table(read_toml(thing("requirements", "shipped")))
    assert {r for one in SCENARIOS for r in one.requires} == set(known)
