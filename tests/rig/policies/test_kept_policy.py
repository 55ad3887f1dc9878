"""A meter keeps what its map declares; what a policy says beyond that is neither expected of it nor passed over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.contracts import Capability
from rig.judged import judged_run
from rig.left_out import left_out
from rig.sim_run import run_sim
from rig.verdict import Word
from scenarios.limits.lending import lends_nothing_by_itself
from scenarios.limits.protected import protects_nothing
from tests.rig.policies.test_energy_wallet import POLICIES

EVERYTHING = frozenset(Capability)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_meter_that_has_everything_keeps_the_whole_policy(name: str) -> None:
    assert POLICIES[name].for_meter(EVERYTHING, "mine") is POLICIES[name]


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_what_the_map_does_not_declare_is_left_out_and_named(name: str) -> None:
    policy = POLICIES[name]
    kept = policy.for_meter(frozenset(), "mine")
    file = kept.file
    assert (file.notices, file.emergency_credit, file.instalment) == (None, None, None)
    assert file.no_cut.empty and not kept.charges_by_day and len(file.tariff.bands) == 1
    assert file.tariff.bands[0][1] == policy.file.tariff.bands[0][1]
    assert not list(file.findings()), "still a whole policy"
    assert kept.facts()["title"] == policy.file.title, "the utility's own words stay"
    assert {one.path for one in kept.numbers()} >= {path for path, _, _ in policy.file.stated()}
    assert set(kept.plain_money()) <= {"price_paise_per_kwh", "arrears_mode", "payment_mode", "sinks", "overload_allowed",
        "duty_percent", "rebate_percent", "smallest_for_reconnection_paise"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_one_capability_that_is_missing_takes_its_own_rule_only(name: str) -> None:
    policy = POLICIES[name]
    for one in EVERYTHING:
        left = policy.for_meter(EVERYTHING - {one}, "mine").unjudged
        assert [each.capability for each in left] in ([], [one])
        assert all(each.said and each.word == "not shown" for each in left)


def test_what_the_map_declares_absent_is_not_promised_and_what_it_is_silent_of_is_not_shown() -> None:
    policy = POLICIES["mepdcl_2026"]
    lacks = {Capability.NO_CUT_WINDOWS, Capability.EMERGENCY_CREDIT}
    kept = policy.for_meter(EVERYTHING - lacks, "mine", {Capability.EMERGENCY_CREDIT})
    assert [(one.id, one.word) for one in kept.unjudged] == [
        ("policy.emergency_credit", "not promised"), ("policy.no_cut_windows", "not shown"),
    ]  # fmt: skip
    word, why = left_out(kept, protects_nothing, ())
    assert word == "not shown"
    assert "map mine declares no no_cut_windows" in why and "protects" not in why
    assert left_out(kept, lends_nothing_by_itself, ())[0] == "not promised"
    assert "declares emergency_credit absent" in left_out(kept, lends_nothing_by_itself, ())[1]


def test_a_rule_that_the_policy_has_not_is_its_own_word() -> None:
    kept = POLICIES["arrears_first"].for_meter(frozenset(), "mine")
    assert left_out(kept, protects_nothing, ()) == (
        "not promised", "policy arrears_first: protects no time: a cut is made as soon as credit is gone",
    )  # fmt: skip
    assert left_out(kept, lambda _policy: "", {Capability.ARREARS})[0] == "not shown"


@pytest.mark.parametrize("name", ["mepdcl_2026", "uppcl_2025_09"])
def test_a_run_of_a_meter_that_lacks_a_rule_of_the_utility_does_not_pass(tmp_path: Path, name: str) -> None:
    setup = setup_of(Choices(policy=name, map="reference", out=str(tmp_path)))
    kept = POLICIES[name].for_meter(EVERYTHING - {Capability.NO_CUT_WINDOWS}, "reference")
    run = run_sim(replace(setup, policy=kept), ["RCH-1", "EXH-8"])
    result = judged_run(tmp_path)
    assert run.word is Word.INCONCLUSIVE and result.exit_code == 3
    assert [(one.id, one.word) for one in result.absences] == [
        ("policy.no_cut_windows", "not shown"), ("EXH-8", "not shown"),
    ]  # fmt: skip
