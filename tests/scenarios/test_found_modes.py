"""A meter may be found in any control mode: it is judged in one that waits for nobody, and left in its own."""

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.consent import asks_otherwise
from rig.evidence import read
from rig.sim_run import run_sim
from rig.verdict import Word

SIM = Path(__file__).parents[2] / "scenarios" / "benches" / "sim.toml"


@pytest.mark.parametrize("mode", [0, 1, 4, 6])
def test_a_meter_in_another_mode_is_judged_and_left_as_found(mode: int, tmp_path: Path) -> None:
    bench = tmp_path / "bench.toml"
    bench.write_text(SIM.read_text() + f"meter = {{ control_mode = {mode} }}\n")
    out = tmp_path / "run"
    found = run_sim(setup_of(Choices(bench=str(bench), out=str(out))), ["EXH-2", "REL-1", "OVL-4", "REL-3"])
    assert {i: o.word for i, o in found.outcomes.items()} == dict.fromkeys(found.outcomes, Word.PASS)
    left = [r["left"] for r in read(out / "P01.rig.jsonl").of("setting") if r["item"] == "control_mode" and r["left"]]
    assert set(left) <= {mode}


@pytest.mark.parametrize(
    ("mode", "requires", "button", "words"),
    [
        (0, {"RELAY-COMMAND"}, True, "keeps the relay closed"),
        (4, {"CREDIT-RESTORE"}, True, "after the meter's own reasons"),
        (4, {"RELAY-COMMAND"}, True, ""),
        (6, {"RELAY-COMMAND"}, True, "after a command"),
        (6, {"CREDIT-RESTORE"}, True, ""),
        (3, {"OVERLOAD-TRIP"}, False, "this bench has none"),
        (7, {"CREDIT-RESTORE", "RELAY-COMMAND"}, False, ""),
    ],
)
def test_a_mode_that_stays_leaves_out_what_waits_for_the_button(
    mode: int, requires: set[str], button: bool, words: str
) -> None:
    said = asks_otherwise(mode, requires, button)
    assert words in said if words else said == ""
