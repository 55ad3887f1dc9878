"""A share of the dues before supply is back: worked by hand, as a file states it, and as the oracle follows one cut."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rig.contracts import Capability
from rig.dues import Dues
from rig.interval import Interval
from rig.policies.reconnection import DuesShare, Reconnection
from rig.policy import load_policy
from tests.rig.drawn_policies import shipped
from tests.runs.command import ROOT


def share(**keys: str) -> DuesShare:
    return DuesShare.model_validate({"percent": "50", "of": "all", **keys})


def exactly(paise: int) -> Interval:
    return Interval.of(paise)


@pytest.mark.parametrize(
    ("rule", "arrears", "below", "asked"),
    [
        # UPPCL, January 2026: at least 50 % of what is outstanding [domain.md 4.1, S89, S90]
        (share(), 2_200_000, 0, 1_100_000),
        (share(), 2_200_000, 10_000, 1_105_000),
        (share(of="arrears"), 2_200_000, 10_000, 1_100_000),
        (share(of="below_zero"), 2_200_000, 10_000, 5_000),
        (share(), 10_001, 0, Fraction(10_001, 2)),
        # UPERC, November 2024: others at least 25 %, or 1,000 rupees [domain.md 4.1, S87, S88]
        (share(percent="25", floor="1000.00"), 300_000, 0, 100_000),
        (share(percent="25", floor="1000.00"), 60_000, 0, 60_000),
        (share(percent="25", cap="500.00"), 300_000, 0, 50_000),
    ],
)
def test_what_is_asked_for(rule: DuesShare, arrears: int, below: int, asked: Fraction) -> None:
    assert rule.asked_for(arrears, below) == asked


def test_recharges_since_the_cut_count_together() -> None:
    dues = Dues(share())
    dues.fall(exactly(10_001), exactly(0))
    dues.recharged(4_900, exactly(10_001), exactly(0))
    assert dues.settled == exactly(0)
    assert dues.short == Interval.of(Fraction(201, 2))
    dues.recharged(101, exactly(9_511), exactly(0))
    assert dues.settled.lo == 1


def test_a_rule_for_each_recharge_counts_that_one_alone() -> None:
    dues = Dues(share(at="recharge"))
    dues.fall(exactly(10_000), exactly(0))
    dues.recharged(4_900, exactly(10_000), exactly(0))
    dues.recharged(4_754, exactly(9_510), exactly(0))
    assert dues.settled.hi == 0
    dues.recharged(4_600, exactly(9_035), exactly(0))
    assert dues.settled.lo == 1


def test_a_cut_is_one_cut_until_supply_is_back() -> None:
    dues = Dues(share())
    dues.fall(exactly(1_000), exactly(0))
    dues.fall(exactly(9_000), exactly(0))
    assert dues.demanded == exactly(500)
    dues.over()
    assert dues.settled.lo == 1
    dues.fall(exactly(9_000), exactly(0))
    assert dues.demanded == exactly(4_500)


def test_what_the_balance_is_below_zero_may_be_unknown() -> None:
    dues = Dues(share())
    dues.fall(exactly(1_000), Interval.of(0, 3))
    dues.recharged(501, exactly(1_000), exactly(0))
    assert dues.settled == Interval.of(0, 1)


def test_a_relay_that_is_found_open_may_want_anything_up_to_the_share() -> None:
    dues = Dues(share())
    dues.unknown(exactly(1_000), exactly(0))
    assert dues.settled == Interval.of(0, 1)
    dues.recharged(500, exactly(1_000), exactly(0))
    assert dues.settled.lo == 1


def test_an_account_that_is_written_by_hand_owes_nothing_for_that_cut() -> None:
    dues = Dues(share())
    dues.fall(exactly(1_000), exactly(0))
    dues.written_off()
    dues.recharged(1, exactly(1_000), exactly(0))
    assert dues.settled.lo == 1


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({}, "least_balance"),
        ({"dues": {"percent": "0", "of": "all"}}, "dues.percent"),
        ({"dues": {"percent": "101", "of": "all"}}, "dues.percent"),
        ({"dues": {"percent": "50", "of": "all", "floor": "5", "cap": "4"}}, "dues.floor"),
    ],
)
def test_what_contradicts_itself_is_named(table: dict[str, object], problem: str) -> None:
    assert [key for key, _ in Reconnection.model_validate(table).findings()] == [problem]


def test_only_the_policy_whose_source_says_so_asks_for_it_and_it_keeps_the_other_reading() -> None:
    assert shipped("uppcl_2025_09").file.reconnection is None
    policy = shipped("uppcl_2026_01")
    assert policy.plain_money()["reconnection_dues"] == {"percent": "50", "of": "all", "at": "cut"}
    (number,) = [one for one in policy.numbers() if one.path == "reconnection.dues"]
    assert "with 3 days (from 75 % on, 7) for the rest" in number.mark


def test_a_meter_without_arrears_is_asked_for_none() -> None:
    kept = load_policy(ROOT / "scenarios/policies/trial/trial.toml").without(Capability.ARREARS)
    assert kept.file.reconnection is not None and kept.file.reconnection.dues is None
    assert kept.file.reconnection.least_balance == 2507
    assert shipped("uppcl_2026_01").without(Capability.ARREARS).file.reconnection is None
