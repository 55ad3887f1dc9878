"""What an amount is called: rupees, or steps of a wallet of energy."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig.money import RUPEES, MoneyUnit, money_unit


@pytest.mark.parametrize(
    ("name", "steps", "told"),
    [
        ("paise", 52345, "₹523.45"),
        ("paise", Fraction(1, 3), "₹0.0033"),
        ("0.01 kWh", 52345, "523.45 kWh"),
        ("0.01 kWh", -7, "-0.07 kWh"),
        ("0.01 kWh", Fraction(1, 2), "0.0050 kWh"),
        ("0.001 kWh", 52345, "52.345 kWh"),
        ("0.05 kWh", 3, "0.15 kWh"),
        ("1 kWh", 12, "12 kWh"),
        ("1 kWh", Fraction(-3, 2), "-1.50 kWh"),
    ],
)
def test_an_amount_with_its_unit(name: str, steps: Fraction, told: str) -> None:
    assert MoneyUnit(name).told(steps) == told


def test_bounds_have_their_unit_once() -> None:
    assert RUPEES.range(100, 105) == "₹1.00 … ₹1.05"
    assert MoneyUnit("0.01 kWh").range(100, 105) == "1.00 … 1.05 kWh"


@given(st.sampled_from(["paise", "0.01 kWh", "0.001 kWh", "1 kWh"]), st.integers(-(10**9), 10**9))
def test_what_is_told_reads_as_the_same_amount(name: str, steps: int) -> None:
    unit = MoneyUnit(name)
    assert unit.read(unit.bare(steps)) == steps


@pytest.mark.parametrize(
    ("name", "text"),
    [("0.01 kWh", "1.005"), ("1 kWh", "0.5"), ("0.01 kWh", "x"), ("0.01 kWh", "1,5"), ("0.01 kWh", "--1")],
)
def test_what_is_finer_than_a_step_or_no_figure_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValueError, match="kWh in steps of"):
        MoneyUnit(name).read(text)


def test_only_units_of_a_wallet_are_money() -> None:
    assert money_unit("paise") == RUPEES
    assert money_unit("0.01 kWh") == MoneyUnit("0.01 kWh")
    assert [money_unit(name) for name in ("", "kWh", "s", "% of the load")] == [None] * 4
