"""Policy files: read whole or refused whole, every number with its source, and a recharge shared as the text says."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.errors import ConfigError
from rig.interval import Interval
from rig.policy import Policy, load_policy

SHIPPED = resources.files("scenarios.policies") / "arrears_first.toml"
TEXT = SHIPPED.read_text(encoding="utf-8")


def written(folder: Path, text: str) -> Path:
    """A policy file with this text."""
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str) -> list[str]:
    """The problems of a policy file with this text, without the file's name."""
    file = written(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_policy(file)
    assert all(problem.startswith(f"{file}: ") for problem in caught.value.problems)
    return [problem.removeprefix(f"{file}: ") for problem in caught.value.problems]


def with_sinks(folder: Path, sinks: str, *sources: str) -> Policy:
    """The shipped policy with other sinks before the balance, each of `sources` stated."""
    named = "\n".join(f'"{path}" = {{ source = "a test", date = "2026", mark = "GK" }}' for path in sources)
    arrears = '[[sinks]]\nkind = "arrears"\nmode = "all"                     # no percentage, no cap: everything until nothing is owed\n'
    assert arrears in TEXT
    without = "\n".join(
        line for line in TEXT.replace(arrears, sinks).splitlines() if not line.startswith('"sinks.arrears"')
    )
    return load_policy(written(folder, f"{without}\n{named}\n"))


def shares(policy: Policy, amount: int, **owed: int) -> dict[str, int]:
    """How a recharge is shared."""
    return {share.kind: share.amount for share in policy.takes_recharge(amount, owed)}


def test_the_shipped_policy_takes_arrears_first() -> None:
    policy = load_policy(SHIPPED)
    assert policy.prepaid and policy.overload_allowed
    assert shares(policy, 10_000, arrears=1234) == {"arrears": 1234, "balance": 8766}
    assert shares(policy, 10_000, arrears=10_000) == {"arrears": 10_000, "balance": 0}
    assert shares(policy, 10_000, arrears=10_001) == {"arrears": 10_000, "balance": 0}
    assert shares(policy, 10_000, arrears=0) == {"arrears": 0, "balance": 10_000}


def test_shares_say_why() -> None:
    words = [share.words for share in load_policy(SHIPPED).takes_recharge(10_000, {"arrears": 1234})]
    assert words == [
        "₹12.34 of ₹100.00 to arrears: all of the rest goes first, and no more is owed",
        "₹87.66 of ₹100.00 to balance: all of the rest",
    ]


def test_energy_costs_its_rate_exactly() -> None:
    policy = load_policy(SHIPPED)
    assert policy.paise_per_wh == Fraction(13, 20)
    assert policy.takes_energy(Interval.of(1000, 2000)) == Interval.of(650, 1300)
    assert list(policy.opens_day(date(2026, 11, 25))) == list(policy.closes_period(date(2026, 11, 30))) == []


def test_every_number_has_its_source_and_disagreement_is_kept() -> None:
    numbers = {number.path: number for number in load_policy(SHIPPED).numbers()}
    charge = numbers["tariff.energy_charge"]
    assert (charge.value, charge.unit, charge.date) == ("6.50", "INR/kWh", "2022-07")
    assert "S121" in charge.source and "7.00 in the 2020 order" in charge.mark
    assert "13.4" in numbers["sinks.arrears"].source
    assert "GK" in numbers["overload.allowed"].mark


def test_an_expired_policy_says_so() -> None:
    policy = load_policy(SHIPPED)
    assert not policy.expired(date(2027, 3, 31)) and policy.expired(date(2027, 4, 1))
    assert policy.facts(date(2027, 4, 1))["expired"] and not policy.facts(date(2026, 11, 25))["expired"]


def test_facts_are_plain_and_name_the_file_by_its_hash(tmp_path: Path) -> None:
    facts = load_policy(SHIPPED).facts(date(2026, 11, 25))
    assert facts["name"] == "arrears_first" and facts["valid_to"] == "2027-03-31" and len(facts["numbers"]) == 5
    assert facts["sha256"] != load_policy(written(tmp_path, f"{TEXT}\n")).facts()["sha256"]


def test_a_meter_that_takes_arrears_first_needs_three_plain_numbers(tmp_path: Path) -> None:
    shipped = load_policy(SHIPPED).plain_money()
    assert shipped == {"price_paise_per_kwh": 650, "arrears_mode": "first", "payment_mode": "prepaid"}
    odd = load_policy(written(tmp_path, TEXT.replace('"6.50"', '"6.505"'))).plain_money()
    assert odd["price_paise_per_kwh"] == "650.5"
    assert with_sinks(tmp_path, "").plain_money()["arrears_mode"] == "none"


def test_every_problem_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    text = (
        TEXT.replace('"6.50"', "6.5")
        .replace("allowed = true", 'allowed = "yes"')
        .replace('mode = "all" ', 'mode = "most" ')
    )
    problems = refused(tmp_path, f"misspelt = 1\n{text}")
    assert [problem.split(":")[0] for problem in problems] == [
        "tariff.energy_charge", "sinks.0.mode", "sinks.1.mode", "overload.allowed", "misspelt",
    ]  # fmt: skip
    assert problems[-1] == "misspelt: is not a known key (given: 1)"


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("valid_to = 2027-03-31", "valid_to = 2026-03-31", "valid_to: 2026-03-31 is before valid_from, 2026-04-01"),
        ('"no_cut" =', '"no_cuts" =', "sources.no_cut: is missing"),
        ('"no_cut" =', '"no_cuts" =', "sources.no_cuts: is no number or rule of this policy"),
        ('kind = "arrears"\nmode = "all"', 'kind = "arrears"\nmode = "percent"', "sinks.0.percent: belongs to mode percent"),
        ('kind = "arrears"', 'kind = "arrears"\npercent = "10"', "sinks.0.percent: belongs to mode percent"),
        ('kind = "arrears"', 'kind = "arrears"\nfloor = "2.00"\ncap = "1.99"', "sinks.0.floor: is above cap"),
        ('kind = "arrears"', 'kind = "balance"', "sinks: balance is named 2 times"),
        ('kind = "balance"', 'kind = "balance"\ncap = "5.00"', "sinks: the last one must be balance"),
        ('kind = "balance"', 'kind = "emergency_credit"', "sinks: the last one must be balance"),
        ('"6.50"', '"-6.50"', "tariff.energy_charge: must be greater than or equal to 0"),
        ('kind = "arrears"', 'kind = "arrears"\ncap = "5.001"', "sinks.0.cap: is no amount in rupees"),
        ('kind = "arrears"', 'kind = "arrears"\ncap = 5', "sinks.0.cap: is an amount in rupees as text"),
        ('date = "2026",', 'date = "lately",', "sources.sinks.arrears.date: String should match pattern"),
        ("format = 1", "format = 2", "format: must be less than or equal to 1"),
    ],
)  # fmt: skip
def test_a_contradiction_is_named_with_its_key(tmp_path: Path, was: str, becomes: str, problem: str) -> None:
    assert was in TEXT
    assert any(found.startswith(problem) for found in refused(tmp_path, TEXT.replace(was, becomes, 1)))


def test_a_number_without_a_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        with_sinks(tmp_path, '[[sinks]]\nkind="arrears"\nmode="percent"\npercent="10"\ncap="50"\n', "sinks.arrears")
    assert [problem.split(": ")[1] for problem in caught.value.problems] == [
        "sources.sinks.arrears.cap", "sources.sinks.arrears.percent",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "amount", "owed", "taken"),
    [
        ('mode="percent"\npercent="25"', 33_333, 2_200_000, 8333),
        ('mode="percent"\npercent="25"\nrounding="half_up"', 33_334, 2_200_000, 8334),
        ('mode="percent"\npercent="25"\nrounding="half_even"', 33_334, 2_200_000, 8334),
        ('mode="percent"\npercent="25"\nrounding="half_even"', 33_330, 2_200_000, 8332),
        ('mode="percent"\npercent="10"', 100_000, 3000, 3000),
        ('mode="percent"\npercent="10"\nfloor="12.00"', 10_000, 3000, 1200),
        ('mode="percent"\npercent="10"\ncap="5.01"', 10_000, 3000, 501),
        ('mode="fixed"\nfixed="50.00"', 3000, 900_000, 3000),
        ('mode="all"\ncap="50.00"', 30_000, 900_000, 5000),
    ],
)
def test_sinks_ask_by_their_rule(tmp_path: Path, rule: str, amount: int, owed: int, taken: int) -> None:
    keys = [
        line.split("=")[0] for line in rule.splitlines() if line.split("=")[0] in ("percent", "fixed", "floor", "cap")
    ]
    policy = with_sinks(
        tmp_path, f'[[sinks]]\nkind="arrears"\n{rule}\n', "sinks.arrears", *(f"sinks.arrears.{key}" for key in keys)
    )
    assert shares(policy, amount, arrears=owed) == {"arrears": taken, "balance": amount - taken}


def test_a_percentage_is_of_the_recharge_or_of_the_rest(tmp_path: Path) -> None:
    lends = '[emergency_credit]\namount="200"\ngranted="button"\n'
    rules = (
        lends
        + '[[sinks]]\nkind="emergency_credit"\nmode="all"\n[[sinks]]\nkind="arrears"\nmode="percent"\npercent="50"\nbase="{}"\n'
    )
    lent = ("emergency_credit.amount", "emergency_credit.granted", "emergency_credit.once")
    named = ("sinks.emergency_credit", "sinks.arrears", "sinks.arrears.percent", *lent)
    rest, gross = (with_sinks(tmp_path, rules.format(base), *named) for base in ("rest", "gross"))
    owed = {"emergency_credit": 4000, "arrears": 90_000}
    assert shares(rest, 10_000, **owed) == {"emergency_credit": 4000, "arrears": 3000, "balance": 3000}
    assert shares(gross, 10_000, **owed) == {"emergency_credit": 4000, "arrears": 5000, "balance": 1000}
    assert shares(gross, 7000, **owed) == {"emergency_credit": 4000, "arrears": 3000, "balance": 0}


@settings(max_examples=100, deadline=None)
@given(amount=st.integers(1, 10**7), arrears=st.integers(0, 10**7))
def test_every_paisa_of_a_recharge_goes_somewhere(amount: int, arrears: int) -> None:
    got = shares(POLICY, amount, arrears=arrears)
    assert sum(got.values()) == amount
    assert got["arrears"] == min(amount, arrears)


POLICY = load_policy(SHIPPED)


def test_the_example_of_the_documentation_does_what_the_documentation_says(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
    policy = load_policy(written(tmp_path, page.split("```toml\n")[1].split("```")[0]))
    assert shares(policy, 33_333, arrears=9000) == {"arrears": 8333, "balance": 25_000}
    assert shares(policy, 100_000, arrears=9000) == {"arrears": 9000, "balance": 91_000}


def test_a_file_that_is_not_there_or_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: cannot be read"):
        load_policy(tmp_path / "gone.toml")
    with pytest.raises(ConfigError, match=r"mine\.toml: is not TOML"):
        load_policy(written(tmp_path, "name = "))
