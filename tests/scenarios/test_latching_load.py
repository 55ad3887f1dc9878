"""A load whose undervoltage protection latches whenever the meter opens is armed again, and the meter is not blamed."""

from functools import partial
from pathlib import Path

import pytest

import drivers.emulated.bench as bench
import drivers.emulated.position as position
from drivers.emulated.load import EmulatedLoad
from drivers.scpi.dialect_files import load_dialect
from rig.choices import Choices, setup_of
from rig.sim_run import run_sim
from rig.verdict import Word


def test_a_latching_load_is_armed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(position, "EmulatedLoad", partial(EmulatedLoad, undervoltage="latches"))
    generic = load_dialect("generic")
    assert generic.load is not None
    latching = generic.load.model_copy(update={"undervoltage_latches": True})
    monkeypatch.setattr(bench, "load_dialect", lambda _name: generic.model_copy(update={"load": latching}))
    found = run_sim(setup_of(Choices(out=str(tmp_path / "run"))))
    assert {i: o.word for i, o in found.outcomes.items()} == dict.fromkeys(found.outcomes, Word.PASS)
    assert "armed again after its undervoltage" in (tmp_path / "run" / "P01.rig.jsonl").read_text(encoding="utf-8")
