"""What is wrong with the bench itself ends in the word that it states: never FAIL, which would blame the meter, and never PASS
for what was not seen."""

from pathlib import Path

import pytest

from drivers.emulated.faults import FAULTS
from drivers.emulated.faults.devices import FAULTS as DEVICES
from drivers.emulated.faults.fault import Fault
from drivers.emulated.faults.wiring import FAULTS as WIRING
from rig.choices import Choices, setup_of
from rig.errors import RigError
from rig.sim_run import run_sim
from rig.verdict import Word

OF_THE_BENCH = {fault.id: fault for fault in (*DEVICES, *WIRING)}
PAIRS = [
    (fault, scenario, words)
    for fault in OF_THE_BENCH.values()
    if fault.ends_in
    for scenario, words in fault.ends_in.by.items()
]


def run(fault: str, scenarios: list[str], out: Path) -> dict[str, tuple[Word, str]]:
    """The word and the first reason of each scenario; a bench that cannot be opened is an ERROR of all of them."""
    try:
        found = run_sim(setup_of(Choices(out=str(out), faults=(fault,))), scenarios)
    except RigError as error:
        return dict.fromkeys(scenarios, (Word.ERROR, str(error)))
    return {one: (o.word, "; ".join(o.reasons)) for one, o in found.outcomes.items()}


def test_every_fault_of_the_bench_is_in_the_list_and_says_how_it_ends() -> None:
    assert all(FAULTS[name] is fault and fault.parts for name, fault in OF_THE_BENCH.items())
    assert len(OF_THE_BENCH) == 21
    assert all(fault.ends_in is not None and fault.ends_in.word != "FAIL" for fault in OF_THE_BENCH.values())


@pytest.mark.parametrize(("fault", "scenario", "words"), PAIRS, ids=[f"{f.id}-{s}" for f, s, _ in PAIRS])
def test_it_ends_in_its_word_and_for_its_reason(fault: Fault, scenario: str, words: str, tmp_path: Path) -> None:
    word, why = run(fault.id, [scenario], tmp_path / "run")[scenario]
    assert fault.ends_in is not None
    assert str(word) == fault.ends_in.word, why
    assert words in why


@pytest.mark.parametrize("fault", OF_THE_BENCH)
def test_no_healthy_meter_is_blamed_by_any_scenario(fault: str, tmp_path: Path) -> None:
    few = ["REL-1", "REL-5", "OVL-1", "OVL-4", "EXH-1", "EXH-5", "PWR-1", "MET-1", "MET-2", "EVT-1", "RCH-4", "IDL-3"]
    found = run(fault, few, tmp_path / "run")
    assert {one: why for one, (word, why) in found.items() if word is Word.FAIL} == {}
