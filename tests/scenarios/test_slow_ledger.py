"""A meter that charges what was consumed only now and then, and whose mains fail before it has."""

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.scenarios.variants import map_with

FAILURES = ["PWR-1", "PWR-2", "PWR-3"]


@pytest.mark.parametrize("tick", ["5", "10"])
def test_what_was_not_charged_before_a_failure_may_be_charged_after_it(tick: str, tmp_path: Path) -> None:
    chosen = Choices(map=map_with(tmp_path, ledger_tick_s=f'"{tick}"'), out=str(tmp_path / "run"))
    found = run_sim(setup_of(chosen), FAILURES)
    assert {i: (o.word, o.reasons) for i, o in found.outcomes.items()} == dict.fromkeys(FAILURES, (Word.PASS, ()))
