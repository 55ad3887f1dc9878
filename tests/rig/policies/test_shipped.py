"""The policies that are shipped: what each makes of a recharge, of a day and of a kWh, in cases worked out by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from importlib import resources

import pytest

from rig.interval import Interval
from rig.money import rupees
from rig.policy import Policy, load_policy

FOLDER = resources.files("scenarios.policies")
NAMES = sorted(file.name.removesuffix(".toml") for file in FOLDER.iterdir() if file.name.endswith(".toml"))


def policy(name: str) -> Policy:
    """A shipped policy."""
    return load_policy(FOLDER / f"{name}.toml")


def shares(name: str, recharge: str, **owed: str) -> dict[str, int]:
    """How a recharge in rupees is shared when this is owed (rupees)."""
    found = policy(name).takes_recharge(rupees(recharge), {kind: rupees(amount) for kind, amount in owed.items()})
    return {share.kind: share.amount for share in found}


def test_what_issue_four_names_is_there() -> None:
    assert {"arrears_first", "mepdcl_2026", "nbpdcl", "postpaid", "uppcl_2025_09", "uppcl_2026_01"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_a_source_with_its_date(name: str) -> None:
    shipped = policy(name)
    assert shipped.name == name and shipped.plain_money()
    assert all(number.source and number.date for number in shipped.numbers())


@pytest.mark.parametrize(
    ("arrears", "recharge", "to_arrears"),
    [  # domain.md 4.4, its examples; 8.1 no. 2, the edges
        ("9000", "500", "50.00"),
        ("22000", "333.33", "83.33"),
        ("30.00", "1000", "30.00"),
        ("22000", "500", "125.00"),
        ("0", "500", "0"),
        ("0.01", "500", "0.01"),
        ("9999.99", "500", "50.00"),
        ("10000", "500", "50.00"),
        ("10000.01", "500", "75.00"),
        ("15000", "500", "75.00"),
        ("15000.01", "500", "100.00"),
        ("20000", "500", "100.00"),
        ("20000.01", "500", "125.00"),
    ],
)
@pytest.mark.parametrize("name", ["uppcl_2025_09", "uppcl_2026_01"])
def test_uttar_pradesh_takes_a_share_by_slab_of_the_arrears_before(
    name: str, arrears: str, recharge: str, to_arrears: str
) -> None:
    found = shares(name, recharge, arrears=arrears)
    assert found["arrears"] == rupees(to_arrears)
    assert sum(found.values()) == rupees(recharge)


def test_uttar_pradesh_repays_emergency_credit_before_arrears() -> None:
    found = shares("uppcl_2026_01", "500", arrears="9000", emergency_credit="470")
    assert found == {"emergency_credit": 47_000, "arrears": 3000, "balance": 0}


def test_both_readings_of_the_protected_window_are_told() -> None:
    told = {number.path: number for number in policy("uppcl_2026_01").numbers()}["no_cut.daily.0"]
    assert told.value == "18:00 to 08:00" and "06:00 to 08:00" in told.mark


def test_bihar_makes_a_negative_balance_good_first() -> None:
    """domain.md 4.1: the negative balance is deducted first on the next recharge."""
    assert shares("nbpdcl", "500", negative_balance="123.45", charges="33.37", arrears="9000") == {
        "negative_balance": 12_345, "charges": 3337, "balance": 34_318,
    }  # fmt: skip


def test_meghalaya_takes_arrears_first_and_uncapped() -> None:
    """domain.md 4.1: tariff book 13.4."""
    assert shares("mepdcl_2026", "500", arrears="470", emergency_credit="200") == {
        "arrears": 47_000, "emergency_credit": 3000, "balance": 0,
    }  # fmt: skip


def test_meghalaya_charges_twelve_365ths_of_a_month_a_day() -> None:
    """domain.md 4.1: monthly rate x load x 12/365, whatever the month: 120.00 x 12 / 365 = 3.9452..."""
    (charge,) = policy("mepdcl_2026").opens_day(date(2026, 2, 1))
    assert charge.amount == Fraction(12_000 * 12, 365)
    assert sum(policy("mepdcl_2026").opens_day(date(2026, 1, d))[0].amount for d in range(1, 32)) == Fraction(
        31 * 28_800, 73
    )
    assert policy("mepdcl_2026").plain_money()["daily_charge_paise"] == "28800/73"


@pytest.mark.parametrize(
    ("used", "energy", "paise"),
    [  # kWh; energy charge less 2 %, and 5 paise a unit of duty
        (0, 1, Fraction(51_0) * Fraction(98, 100) + 5),
        (99, 2, (510 + 560) * Fraction(98, 100) + 10),
        (199, 2, (560 + 730) * Fraction(98, 100) + 10),
        (0, 300, (51_000 + 56_000 + 73_000) * Fraction(98, 100) + 1500),
    ],
)
def test_meghalaya_prices_by_slab_with_rebate_on_energy_only(used: int, energy: int, paise: Fraction) -> None:
    found = policy("mepdcl_2026").takes_energy(Interval.of(1000 * energy), Interval.of(1000 * used))
    assert found == Interval.of(paise)


@pytest.mark.parametrize("name", NAMES)
def test_the_plain_rates_cost_what_the_policy_costs(name: str) -> None:
    """The plain table, reckoned by its own words: rate x (100 + duty - rebate) / 100."""
    shipped = policy(name)
    plain = shipped.plain_money()
    part = 1 + (Fraction(plain.get("duty_percent", 0)) - Fraction(plain.get("rebate_percent", 0))) / 100
    below = 0
    for upto, rate in plain.get("slabs", [[None, plain["price_paise_per_kwh"]]]):
        assert shipped.takes_energy(Interval.of(1000), Interval.of(below)) == Interval.of(Fraction(rate) * part)
        below = upto
    assert below is None


def test_postpaid_is_never_cut_and_says_that_its_balance_may_be_negative() -> None:
    shipped = policy("postpaid")
    assert not shipped.prepaid
    assert "negative_balance_allowed" in {number.path for number in shipped.numbers()}
