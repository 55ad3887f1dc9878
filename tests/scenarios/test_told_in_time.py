"""What a healthy meter does at the very edge of a promise, or in an utility's longest night, is told all the same."""

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.scenarios.variants import bench_with_meter, map_with


@pytest.mark.parametrize("scenario", ["RCH-1", "EXH-2"])
def test_a_recharge_that_takes_all_its_time_on_a_meter_that_takes_its_time_to_answer(
    scenario: str, tmp_path: Path
) -> None:
    """The result is looked at every now and then, and each look is answered late."""
    slow = bench_with_meter(tmp_path, "recharge_ns = 1499000000, turnaround_ns = 199000000")
    file = map_with(tmp_path, recharge_s='"1.5"')
    for seed in range(5):
        out = str(tmp_path / f"run{seed}")
        found = run_sim(setup_of(Choices(bench=slow, map=file, out=out, seed=seed)), [scenario])
        assert found.outcomes[scenario].word is Word.PASS, found.outcomes[scenario].reasons


def test_a_recharge_that_takes_twice_its_time_is_late(tmp_path: Path) -> None:
    slow = bench_with_meter(tmp_path, "recharge_ns = 2000000000")
    found = run_sim(setup_of(Choices(bench=slow, out=str(tmp_path / "run"))), ["RCH-1"])
    assert found.outcomes["RCH-1"].judgements["time to credited"].word is Word.FAIL


def test_a_credit_that_would_last_into_protected_time_is_drawn_from_a_few_paise(tmp_path: Path) -> None:
    """Cuts from ten to one only, and the second Saturday before a Sunday: what REL-2 recharges would last for days."""
    bench = bench_with_meter(tmp_path, "opening_balance = 52345")
    file = Path(bench)
    text = file.read_text(encoding="utf-8").replace("[emulated]", '[emulated]\ncivil_zero = "2026-01-10T02:08:57"')
    file.write_text(text, encoding="utf-8")
    found = run_sim(setup_of(Choices(bench=bench, policy="nbpdcl", out=str(tmp_path / "run"))), ["REL-2"])
    assert found.outcomes["REL-2"].word is Word.PASS, found.outcomes["REL-2"].reasons
