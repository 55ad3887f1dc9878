"""Whatever the family of its limiter, a meter that keeps its promise passes, and one of another family fails."""

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.scenarios import shipped
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.scenarios.variants import FAMILIES, OVER_CURRENT, bench_with_meter_of, map_of_family, map_with

OVERLOADED = [one.id for one, _ in shipped() if any(need.startswith("OVERLOAD") for need in one.requires)]
OTHERS = [(promised, real) for promised in FAMILIES for real in FAMILIES if promised != real]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_meter_of_the_promised_family_passes(family: str, tmp_path: Path) -> None:
    choices = Choices(out=str(tmp_path / "run"), map=map_of_family(tmp_path, family))
    found = run_sim(setup_of(choices), OVERLOADED)
    assert {i: o.reasons for i, o in found.outcomes.items() if o.word is not Word.PASS} == {}
    assert set(OVERLOADED) - set(found.outcomes) <= {"OVL-9", "OVL-11", "OVL-14", "OVL-15"}


def test_a_meter_that_watches_its_current_passes(tmp_path: Path) -> None:
    choices = Choices(out=str(tmp_path / "run"), map=map_with(tmp_path, **OVER_CURRENT))
    outcome = run_sim(setup_of(choices), ["OVL-15"]).outcomes["OVL-15"]
    assert outcome.word is Word.PASS, outcome.reasons


@pytest.mark.parametrize(("promised", "real"), OTHERS, ids=[f"{p} for {r}" for r, p in OTHERS])
def test_a_meter_of_another_family_fails(promised: str, real: str, tmp_path: Path) -> None:
    bench = bench_with_meter_of(tmp_path, real)
    choices = Choices(out=str(tmp_path / "run"), map=map_of_family(tmp_path, promised), bench=bench)
    outcome = run_sim(setup_of(choices), ["OVL-10"]).outcomes["OVL-10"]
    assert outcome.word is Word.FAIL
    assert any(name.startswith("trip at") and v.word is Word.FAIL for name, v in outcome.judgements.items())


def test_a_mean_that_holds_the_load_of_the_scenario_before_is_no_fault(tmp_path: Path) -> None:
    choices = Choices(map=map_of_family(tmp_path, "sliding mean"), out=str(tmp_path / "run"))
    found = run_sim(setup_of(choices), ["REL-6", "OVL-2"]).outcomes
    assert {i: (o.word, o.reasons) for i, o in found.items()} == dict.fromkeys(("REL-6", "OVL-2"), (Word.PASS, ()))
