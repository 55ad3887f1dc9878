"""What is left of a policy in a meter whose wallet holds energy."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rig.catalogue import files
from rig.errors import ConfigError
from rig.interval import Interval
from rig.policies.pricing import NONE_USED, PLAIN
from rig.policy import load_policy

POLICIES = {entry.name: load_policy(entry.file) for entry in files("policies")}


@pytest.mark.parametrize("name", POLICIES)
def test_a_kwh_costs_a_kwh_whatever_the_tariff_says(name: str) -> None:
    kept = POLICIES[name].for_wallet(Fraction(10), "odd_kwh")
    assert kept.paise_per_wh == Fraction(1, 10)
    assert kept.takes_energy(Interval.of(Fraction(2500)), NONE_USED, PLAIN) == Interval.of(Fraction(250))
    assert kept.plain_money()["price_paise_per_kwh"] in (100, "100")
    shares = kept.takes_recharge(12345, {"arrears": 999}, {})
    assert [(share.kind, share.amount) for share in shares] == [("balance", 12345)]
    assert not list(kept.file.findings())


@pytest.mark.parametrize("name", POLICIES)
def test_when_supply_may_be_cut_stays_as_it_is(name: str) -> None:
    policy = POLICIES[name]
    kept = policy.for_wallet(Fraction(10), "odd_kwh")
    assert (kept.file.no_cut, kept.prepaid, kept.overload_allowed) == (
        policy.file.no_cut,
        policy.prepaid,
        policy.overload_allowed,
    )
    assert "amounts are kWh" in kept.file.title
    assert {number.source for number in kept.numbers() if number.path == "tariff.energy_charge"} == {
        "map odd_kwh: 100 steps of its wallet are a kWh"
    }


def test_a_wallet_of_money_changes_nothing() -> None:
    policy = POLICIES["arrears_first"]
    assert policy.for_wallet(None, "reference") is policy


def test_a_step_that_is_no_part_of_a_kwh_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"map mine: registers\.balance\.scale"):
        POLICIES["arrears_first"].for_wallet(Fraction(3), "mine")
