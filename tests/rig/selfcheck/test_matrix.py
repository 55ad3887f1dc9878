"""What a matrix makes of words: only the stated word for the stated reason is caught, and nothing is dropped in silence."""

from __future__ import annotations

import pytest

from rig.selfcheck.cells import Tried
from rig.selfcheck.matrix import End, Matrix, Row
from rig.selfcheck.statements import Statement
from rig.selfcheck.weighing import As
from rig.verdict import Word
from tests.rig.selfcheck.made import cell, matrix, statement, tried

LATE = statement("C2", EXH_1="time to cut")
CAUGHT = cell("EXH-1", Word.FAIL, "time to cut")


def row(one: Statement, *trials: Tried) -> tuple[Row, Matrix]:
    found = matrix([one], *trials)
    return found.rows[0], found


def test_the_stated_word_for_the_stated_reason_is_caught() -> None:
    found, whole = row(LATE, tried("C2", CAUGHT))
    assert (found.end, dict(found.broken), whole.sound) == (End.CAUGHT, {}, True)


@pytest.mark.parametrize(
    ("seen", "end"),
    [
        (cell("EXH-1"), End.MISSED),
        (cell("EXH-1", Word.FAIL, "balance"), End.WRONG_REASON),
        (cell("EXH-1", Word.ERROR, "LinkError"), End.WRONG_REASON),
        (cell("EXH-1", Word.INCONCLUSIVE, "time to cut"), End.WRONG_REASON),
    ],
)
def test_another_word_or_reason_is_not_caught(seen: object, end: End) -> None:
    found, whole = row(LATE, tried("C2", seen))  # type: ignore[arg-type]
    assert (found.end, whole.sound) == (end, False)
    assert set(found.broken) == {"EXH-1"}


def test_a_wrong_reason_is_told_in_words() -> None:
    found, _ = row(LATE, tried("C2", cell("EXH-1", Word.ERROR, "LinkError", "no answer")))
    assert found.broken["EXH-1"] == "wrong reason: ERROR: LinkError: no answer"


def test_what_another_scenario_sees_besides_does_not_stand_for_what_was_stated() -> None:
    found, whole = row(LATE, tried("C2", cell("REL-1", Word.FAIL, "time to open")))
    assert (found.end, whole.sound) == (End.WRONG_REASON, False)


def test_one_broken_part_of_a_statement_keeps_it_from_being_sound() -> None:
    both = statement("C2", EXH_1="time to cut", REL_1="time to open")
    found, whole = row(both, tried("C2", CAUGHT))
    assert (found.end, dict(found.broken), whole.sound) == (End.CAUGHT, {"REL-1": "missed"}, False)


def test_of_two_set_ups_one_occasion_is_enough() -> None:
    found, whole = row(LATE, tried(), tried(policy="nbpdcl"), tried("C2"), tried("C2", CAUGHT, policy="nbpdcl"))
    assert (found.end, whole.sound) == (End.CAUGHT, True)
    assert not found.worth(As.MISSED)


def test_a_fault_that_is_missed_with_one_seed_is_missed() -> None:
    found, whole = row(LATE, tried(), tried(seed=1), tried("C2", CAUGHT), tried("C2", seed=1))
    assert (found.broken, whole.sound) == ({"EXH-1": "missed"}, False)


def test_where_a_good_meter_fails_nothing_follows_from_a_bad_one() -> None:
    found, whole = row(LATE, tried("", cell("EXH-1", Word.FAIL, "time to cut", "too late")), tried("C2", CAUGHT))
    assert (found.end, whole.sound) == (End.UNVERIFIABLE, False)
    assert whole.unverifiable == {"EXH-1": "arrears_first: FAIL: time to cut: too late"}
    assert [one.scenario for _, one in whole.false_alarms] == ["EXH-1"]


def test_a_scenario_that_is_never_promised_is_listed_as_unverifiable() -> None:
    found = matrix([], tried("", excluded={"OVL-1": ("not promised", "the map has no overload")}))
    assert found.unverifiable == {"OVL-1": "not promised: the map has no overload"}
    assert found.sound


def test_a_good_meter_with_another_word_is_a_false_alarm_unless_told_beforehand() -> None:
    told = cell("OVL-1", Word.INCONCLUSIVE, "trip time", beforehand=True)
    assert matrix([], tried(), tried("", told, drawn=3)).sound
    assert not matrix([], tried(), tried("", cell("OVL-1", Word.INCONCLUSIVE, "trip time"), drawn=3)).sound
    assert not matrix([], tried(), tried("", cell("OVL-1", Word.ERROR, "LinkError"), drawn=3)).sound


def test_an_edge_outside_its_span_is_not_sound() -> None:
    assert not matrix([], tried("", strays=("the contact went open at 5 ns",))).sound


def test_a_fault_of_the_bench_may_never_blame_the_meter() -> None:
    bench = statement("B1", Word.ERROR, OVL_1="LinkError")
    error = cell("OVL-1", Word.ERROR, "LinkError", "the load tripped")
    assert row(bench, tried("B1", error))[1].sound
    found, whole = row(bench, tried("B1", error, cell("REL-1", Word.FAIL, "time to open")))
    assert (found.end, whole.sound) == (End.WRONG_REASON, False)
    assert found.broken["REL-1"].startswith("blames the meter")


@pytest.mark.parametrize(("counted", "end"), [({"rejected": 2}, End.CAUGHT), ({}, End.MISSED)])
def test_what_has_to_be_borne_must_be_counted(counted: dict[str, int], end: End) -> None:
    noise = statement("K7", Word.PASS, "rejected", REL_1="")
    assert row(noise, tried("K7", cell("REL-1", counted=counted)))[0].end is end


def test_a_fault_of_which_nothing_is_stated_is_caught_by_any_failure() -> None:
    assert row(statement("X1"), tried("X1", CAUGHT))[0].end is End.CAUGHT
    assert row(statement("X1"), tried("X1"))[0].end is End.MISSED
    assert row(statement("X1"), tried("X1", cell("EXH-1", Word.ERROR, "KeyError")))[0].end is End.WRONG_REASON


def test_unlisted_faults_are_counted_apart_and_change_nothing() -> None:
    some = [statement("U1", batch="first"), statement("U2", batch="first")]
    found = matrix(some, tried("U1", CAUGHT), tried("U2"))
    assert [one.end for one in found.unlisted] == [End.CAUGHT, End.MISSED]
    assert not found.rows
    assert found.sound


def test_a_narrowed_check_says_nothing_of_faults_whose_scenarios_are_left_out() -> None:
    found, whole = row(statement("A1", ARR_1="arrears taken"), tried("A1"))
    assert (found.end, whole.sound) == (End.NOT_LOOKED_AT, True)


def test_a_trial_that_could_not_be_run_is_not_sound() -> None:
    broken = Tried(tried("C2").trial, (), {}, "map: no such promise")
    assert not row(LATE, tried("C2", CAUGHT), broken)[1].sound
