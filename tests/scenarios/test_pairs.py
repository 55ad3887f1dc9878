"""Every fault that a scenario names is caught by it, through the judgement that it names; the healthy meter passes all."""

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.evidence import read
from rig.scenario import Scenario
from rig.scenarios import shipped
from rig.sim_run import run_sim
from rig.verdict import Word

SCENARIOS = [one for one, _ in shipped()]
PAIRS = [(one, fault) for one in SCENARIOS for fault in one.catches]


def test_the_healthy_meter_passes_everything(tmp_path: Path) -> None:
    found = run_sim(setup_of(Choices(out=str(tmp_path / "run"))))
    assert {i: o.word for i, o in found.outcomes.items()} == dict.fromkeys(found.outcomes, Word.PASS)
    assert found.word is Word.PASS


@pytest.mark.parametrize(("scenario", "fault"), PAIRS, ids=[f"{s.id}-{f}" for s, f in PAIRS])
def test_a_named_fault_is_caught_by_what_was_named(scenario: Scenario, fault: str, tmp_path: Path) -> None:
    found = run_sim(setup_of(Choices(out=str(tmp_path / "run"), faults=(fault,))), [scenario.id])
    outcome = found.outcomes[scenario.id]
    named = scenario.catches[fault]
    assert outcome.word is Word.FAIL, outcome.reasons
    if named in outcome.judgements:
        assert outcome.judgements[named].word is Word.FAIL, outcome.reasons
    else:
        findings = [r for r in read(tmp_path / "run" / "P01.rig.jsonl").of("finding") if r["of"] == named]
        assert findings, outcome.reasons


def test_enough_faults_are_named() -> None:
    assert len({fault for _, fault in PAIRS}) >= 12
    assert all(one.catches for one in SCENARIOS)


def test_every_scenario_names_requirements_that_exist() -> None:
    from rig.catalogue import thing
    from rig.config import read_toml
    from rig.declaring import requirement_table

    known = requirement_table(read_toml(thing("requirements", "shipped")))
    assert {r for one in SCENARIOS for r in one.requires} == set(known)
