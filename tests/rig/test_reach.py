"""What load and limits of the bench cannot do is said beforehand, and the scenario is not begun."""

from pathlib import Path

import pytest

from rig.catalogue import file_named
from rig.choices import Choices, setup_of
from rig.config import load_bench
from rig.policy import load_policy
from rig.setup import Setup
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.scenarios.variants import map_with


@pytest.mark.parametrize(
    ("scenario", "promise", "words"),
    [
        (
            "OVL-15",
            {"over_current": '{ amps = "24.5", delay_s = "5" }'},
            "5752 W surely are an over-current, and load and limits of the bench allow 5000 W",
        ),
        (
            "EVT-3",
            {"line_voltage": '{ over_v = "276", low_v = "180", lasts_s = "5" }'},
            "279 V surely are too high, and the bench gives 276 V",
        ),
        (
            "MET-1",
            {"energy_quantum_wh": '"200"'},
            "energy is counted in steps of 200 Wh: 60 of them cost more than the credit",
        ),
    ],
)
def test_what_is_out_of_reach_is_not_shown(scenario: str, promise: dict[str, str], words: str, tmp_path: Path) -> None:
    found = run_sim(setup_of(Choices(out=str(tmp_path / "run"), map=map_with(tmp_path, **promise))), [scenario])
    assert scenario not in found.outcomes or found.outcomes[scenario].word is not Word.PASS
    assert found.word is Word.INCONCLUSIVE
    assert words in (tmp_path / "run" / "P01.rig.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize(("scenario", "fault"), [("MET-1", "M1"), ("MET-3", "M6"), ("MET-4", "M12"), ("MET-5", "M3")])
def test_a_coarse_count_is_judged_by_fewer_counts(scenario: str, fault: str, tmp_path: Path) -> None:
    """Of a hundred Wh each: a healthy meter passes, and a wrong one is told from it."""
    file = map_with(tmp_path, energy_quantum_wh='"100"', power_fail='{ energy_loss_wh = "100" }')
    for faults, word in (((), Word.PASS), ((fault,), Word.FAIL)):
        found = run_sim(setup_of(Choices(out=str(tmp_path / word), map=file, faults=faults)), [scenario])
        assert found.outcomes[scenario].word is word, found.outcomes[scenario].reasons


def test_a_mean_that_trips_before_a_coarse_count_ends_credit_is_not_asked_for_a_cut(tmp_path: Path) -> None:
    """A hundred Wh take longer than the mean of a minute, and credit ends with the first count."""
    mean = '{ family = "demand_average", average_s = "60", average = "block", cleared_after_s = "3600" }'
    loss = '{ energy_loss_wh = "100" }'
    file = map_with(tmp_path, overload=mean, energy_quantum_wh='"100"', power_fail=loss)
    assert run_sim(setup_of(Choices(out=str(tmp_path / "run"), map=file)), ["EXH-7"]).outcomes == {}


@pytest.mark.parametrize(
    ("table", "gives"),
    [
        ('{ type = "manual", volts = "230" }', None),
        ('{ type = "scpi", resource = "TCPIP::10.0.0.20::5025::SOCKET", dialect = "generic", most_volts = 260 }', 260),
    ],
)
def test_what_the_source_can_be_set_to_stands_in_the_bench_file(table: str, gives: int | None, tmp_path: Path) -> None:
    text = (
        'format = 1\nname = "a"\nkind = "wired"\nshared_by = ["P01"]\n'
        "limits = { volts = 276, amps = 20, watts = 4600, watt_hours = 5000, seconds = 7200, relay_operations = 200 }\n"
        f"source = {table}\n"
        '[[positions]]\nname = "P01"\nmeter = { map = "reference", bus = { type = "tcp", host = "10.0.0.7" } }\n'
        'load = { type = "manual", levels_w = [1000] }\nsense = { type = "load" }\n'
    )
    file = tmp_path / "bench.toml"
    file.write_text(text, encoding="utf-8")
    setup = Setup(
        load_bench(file), "P01", "reference", load_policy(file_named("policies", "arrears_first")), None, tmp_path
    )
    assert setup.source_volts == gives
