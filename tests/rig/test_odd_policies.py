"""Rules that no shipped policy has, together in one file: a healthy meter that keeps them passes every scenario."""

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.sim_run import run_sim
from rig.verdict import Word

FOLDER = Path(__file__).parent / "odd_policies"
MONEY = ("CHG-1", "CHG-2", "CHG-3", "CHG-4", "CHG-5", "CHG-6", "EXH-12", "EXH-13", "ARR-3", "REL-2")


@pytest.mark.parametrize("name", ["button", "automatic"])
def test_a_meter_that_keeps_odd_rules_passes(name: str, tmp_path: Path) -> None:
    setup = setup_of(Choices(out=str(tmp_path / "run"), policy=str(FOLDER / f"{name}.toml"), plan="type"))
    found = run_sim(setup, None if name == "button" else MONEY)
    assert {i: o.reasons for i, o in found.outcomes.items() if o.word is not Word.PASS} == {}
    assert len(found.outcomes) > 5
