"""The document of a self-check: its figures, and a hash that depends on what was found and on nothing else."""

from __future__ import annotations

import json

from rig.results import EMULATED
from rig.selfcheck.check import Asked, ready
from rig.selfcheck.document import as_text, document
from rig.verdict import Word
from tests.rig.selfcheck.made import cell, matrix, statement, tried

LATE = statement("C2", EXH_1="time to cut")
CAUGHT = cell("EXH-1", Word.FAIL, "time to cut", "12 s late")


def test_the_figures_add_up() -> None:
    some = [LATE, statement("R1", REL_1="time to open"), statement("U1", batch="first")]
    alarm = tried("", cell("OVL-1", Word.FAIL, "trip time"), drawn=0, edges=7)
    found = document(matrix(some, tried(edges=5), alarm, tried("C2", CAUGHT), tried("R1"), tried("U1", CAUGHT)))
    figures = found["summary"]
    assert (figures["faults"], figures["caught"], figures["missed"], figures["wrong reason"]) == (2, 1, 1, 0)
    assert (figures["good meters"], figures["words on good meters"], figures["false alarms"]) == (2, 6, 1)
    assert (figures["unlisted faults"], figures["unlisted caught"]) == (1, 1)
    assert figures["edges in their spans"] == 12
    assert (found["sound"], found["emulated"]) == (False, EMULATED)


def test_a_fault_is_told_with_reason_set_up_and_worth() -> None:
    (fault,) = document(matrix([LATE], tried("C2", CAUGHT)))["faults"]
    (run,) = fault["runs"]
    (told,) = run["cells"]
    assert (run["set_up"], told["scenario"], told["worth"]) == ("arrears_first", "EXH-1", "caught")
    assert told["in_words"] == "FAIL: time to cut: 12 s late"
    assert set(run["passed"]) == {"OVL-1", "REL-1"}


def test_the_hash_follows_what_was_found() -> None:
    one = document(matrix([LATE], tried("C2", CAUGHT)))
    same = document(matrix([LATE], tried("C2", CAUGHT)))
    other = document(matrix([LATE], tried("C2", cell("EXH-1", Word.FAIL, "time to cut", "13 s late"))))
    assert one["sha256"] == same["sha256"] != other["sha256"]
    assert json.loads(as_text(one)) == one


def test_the_same_is_found_by_one_process_and_by_two() -> None:
    hashes = set()
    for jobs in (1, 2):
        asked = Asked(faults=("C2", "K4"), expression="EXH-1", healthy=2, jobs=jobs)
        hashes.add(document(ready(asked).run())["sha256"])
    assert len(hashes) == 1
