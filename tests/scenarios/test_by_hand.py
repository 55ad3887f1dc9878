"""What only a hand at the meter shows is not shown where nobody is there; and what a hand changed is put back."""

from pathlib import Path

import pytest

from rig import sim_run
from rig.bench import Bench
from rig.choices import Choices, setup_of
from rig.clock import VirtualClock
from rig.contracts import Devices, TamperSign, Wiring
from rig.evidence import read
from rig.scenario import Equal, scenario
from rig.setup import Setup
from rig.verdict import Word
from rig.workplace import open_sim

BY_HAND = ("REL-7", "REL-8", "MET-3", "MET-4", "MET-5", "EVT-5")


def test_without_a_hand_it_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def alone(setup: Setup, clock: VirtualClock) -> Devices:
        devices = open_sim(setup, clock)
        devices.button = devices.rewiring = devices.tampering = None
        return devices

    monkeypatch.setattr(sim_run, "open_sim", alone)
    found = sim_run.run_sim(setup_of(Choices(out=str(tmp_path / "run"))), BY_HAND)
    assert found.word is Word.INCONCLUSIVE
    words = [(one["id"], one["word"]) for one in read(tmp_path / "run" / "P01.rig.jsonl").of("exclusion")]
    assert words == [(one, "not shown") for one in BY_HAND]


@scenario("OWN-1", "Breaks off with the load wired otherwise", requires=("METERING",), judges=(Equal("never", True),))
def breaks_off(bench: Bench) -> None:
    """As it says."""
    bench.set_power_factor("0.5")
    bench.wire(Wiring.REVERSED)
    bench.tamper(TamperSign.MAGNET)
    bench.line_voltage(211)
    bench.draw_watts(517)
    raise ValueError("on purpose")


def test_what_a_hand_changed_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sim_run, "shipped_functions", lambda: {"OWN-1": breaks_off})
    found = sim_run.run_sim(setup_of(Choices(out=str(tmp_path / "run"))), ["OWN-1"])
    assert found.outcomes["OWN-1"].word is Word.ERROR
    did = [one["did"] for one in read(tmp_path / "run" / "P01.rig.jsonl").of("command")]
    assert "wire it as usual" in did[did.index("wire it the other way round") :]
    assert "power factor 1" in did[did.index("power factor 0.5") :]
    assert "tamper: magnet no more" in did[did.index("tamper: magnet") :]
    assert "on, 230 V 50 Hz" in did[did.index("211 V") :]
