"""Every listed fault states the word that it must end in, and ends in it; what is stated agrees with what scenarios name."""

from pathlib import Path

import pytest

from drivers.emulated.faults import FAULTS
from rig.catalogue import file_named
from rig.policy import load_policy
from rig.scenarios import shipped
from rig.selfcheck.cells import Trial
from rig.selfcheck.matrix import Matrix
from rig.selfcheck.set_ups import SetUp
from rig.selfcheck.statements import listed
from rig.selfcheck.trial import run_trial

SCENARIOS = {one.id: one for one, _ in shipped()}
STATED = {name: fault.ends_in for name, fault in FAULTS.items() if fault.ends_in is not None}
BORNE = [name for name, ending in STATED.items() if ending.word != "FAIL" and not FAULTS[name].parts]
ROWS = """
R1 R2 R3 R5 R6 R7 R8 R9 R11 R12  C1 C2 C3 C5 C7 C8 C9 C10 C13  P1 P2 P3 P4 P6 P8 P9 P11  A1 A3 A5 A6 A7 A9 A11 A13 A14
L1 L2 L4 L5 L6 L7 L9  T1 T2 T4 T5  M1 M2 M3 M4 M6 M8  K1 K2 K4 K7 K9  O1 O2 O3 O5 O6 O8  E1 E3 E5
"""
"""Of the list of faults that meters show, all that a meter with registers can have; the others are of DLMS and of tokens."""


def test_every_row_of_the_list_is_a_fault_of_the_bench() -> None:
    assert [row for row in ROWS.split() if row not in FAULTS] == []


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if not fault.parts])
def test_every_fault_states_how_it_must_end(name: str) -> None:
    ending = FAULTS[name].ends_in
    assert ending is not None and ending.by, "it says nothing"
    assert set(ending.by) <= set(SCENARIOS)
    if ending.word == "FAIL":
        assert {scenario: SCENARIOS[scenario].catches.get(name) for scenario in ending.by} == dict(ending.by)


def test_whatever_scenarios_name_is_a_fault_that_fails() -> None:
    assert {
        f for one in SCENARIOS.values() for f in one.catches if f not in STATED or STATED[f].word != "FAIL"
    } == set()


@pytest.mark.parametrize("name", STATED)
def test_what_a_fault_needs_gives_its_scenarios_an_occasion(name: str) -> None:
    needed = load_policy(file_named("policies", FAULTS[name].needs.policy or "arrears_first"))
    assert {one: why for one in STATED[name].by if (why := SCENARIOS[one].unless(needed))} == {}


@pytest.mark.parametrize("name", BORNE)
def test_a_fault_that_is_no_fault_of_the_meter_ends_as_it_says(name: str, tmp_path: Path) -> None:
    """A good meter is tried beside it, as a self-check does."""
    (statement,) = [one for one in listed(SCENARIOS.values()) if one.id == name]
    ids, set_up = list(statement.by), SetUp.of(statement.needs)
    tried = tuple(run_trial(Trial(set_up, fault), ids, tmp_path) for fault in ("", name))
    (row,) = Matrix("", tuple(SCENARIOS[one] for one in ids), (statement,), tried).rows
    assert (str(row.end), dict(row.broken)) == ("caught", {})
