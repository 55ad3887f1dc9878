"""Credit at the cut is judged as far as meter and load can be told apart, and said to be untold beforehand where they cannot."""

from pathlib import Path

import pytest

from drivers.emulated.faults import FAULTS, Fault
from drivers.emulated.meter.metering import Metering
from rig.choices import Choices, setup_of
from rig.sim_run import run_sim
from rig.verdict import Outcome, Word

MAIN = Path(__file__).parents[2]


def gaining(ppm: int) -> Fault:
    class Gains(Metering):
        def seen(self, watts: int) -> int:
            return watts * (1_000_000 + ppm) // 1_000_000

    return Fault("GAIN", "", "", "", (Gains,))


def exhausted(folder: Path, meter_percent: str, load_percent: str) -> Outcome:
    shipped_map = (MAIN / "drivers" / "meters" / "maps" / "reference.toml").read_text(encoding="utf-8")
    shipped_bench = (MAIN / "scenarios" / "benches" / "sim.toml").read_text(encoding="utf-8")
    (folder / "m.toml").write_text(
        shipped_map.replace('accuracy_percent = "1.0"', f'accuracy_percent = "{meter_percent}"'), encoding="utf-8"
    )
    (folder / "b.toml").write_text(
        shipped_bench.replace('accuracy_percent = "0.05"', f'accuracy_percent = "{load_percent}"'), encoding="utf-8"
    )
    faults = ("GAIN",) if "GAIN" in FAULTS else ()
    out = str(folder / "run")
    choices = Choices(bench=str(folder / "b.toml"), map=str(folder / "m.toml"), out=out, faults=faults)
    return run_sim(setup_of(choices), ["EXH-1"]).outcomes["EXH-1"]


@pytest.mark.parametrize(
    ("meter", "load", "ppm"), [("1.0", "0.5", 9000), ("2.0", "0.5", -19000), ("2.0", "1.0", 19000)]
)
def test_a_healthy_meter_passes(
    meter: str, load: str, ppm: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAULTS, "GAIN", gaining(ppm))
    found = exhausted(tmp_path, meter, load)
    assert found.word is Word.PASS, found.reasons


def test_a_load_that_is_known_worse_than_the_meter_tells_nothing(tmp_path: Path) -> None:
    found = exhausted(tmp_path, "0.5", "2.0")
    assert found.word is Word.INCONCLUSIVE
    assert "tighter than four times what the bench can tell" in found.reasons[0]
