"""A log that stops when it is full: judged by its promise, and nothing else of the meter is blamed for what it does not hold."""

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.evidence import read
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.scenarios.variants import map_with

STOPS = {"event_log": '"stops"'}
AFTERWARDS = ("EVT-2", "RCH-1", "REL-1", "PWR-1")


def test_a_log_that_stops_as_promised_passes_and_so_does_what_comes_after(tmp_path: Path) -> None:
    choices = Choices(out=str(tmp_path / "run"), map=map_with(tmp_path, **STOPS))
    found = run_sim(setup_of(choices), AFTERWARDS).outcomes
    assert {i: (o.word, o.reasons) for i, o in found.items()} == dict.fromkeys(AFTERWARDS, (Word.PASS, ()))


def test_what_needs_room_in_a_full_log_is_not_shown(tmp_path: Path) -> None:
    choices = Choices(out=str(tmp_path / "run"), map=map_with(tmp_path, **STOPS))
    found = run_sim(setup_of(choices), ("EVT-2", "NOT-1"))
    assert found.word is Word.INCONCLUSIVE
    left = {one["id"]: (one["word"], one["why"]) for one in read(tmp_path / "run" / "P01.rig.jsonl").of("exclusion")}
    assert left["NOT-1"][0] == "not shown" and "room for 0 entries" in left["NOT-1"][1]


def test_a_log_that_wraps_though_it_should_stop_fails(tmp_path: Path) -> None:
    choices = Choices(out=str(tmp_path / "run"), map=map_with(tmp_path, **STOPS), faults=("E35",))
    outcome = run_sim(setup_of(choices), ["EVT-2"]).outcomes["EVT-2"]
    assert outcome.judgements["events beside those promised"].word is Word.FAIL


@pytest.mark.parametrize("fault", ["E8", "E18"])
def test_a_log_that_stops_though_it_should_wrap_fails(fault: str, tmp_path: Path) -> None:
    outcome = run_sim(setup_of(Choices(out=str(tmp_path / "run"), faults=(fault,))), ["EVT-2"]).outcomes["EVT-2"]
    assert outcome.judgements["events beside those promised"].word is Word.FAIL
