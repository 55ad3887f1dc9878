"""A recharge is shared among the sinks in their order, to the paisa."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from drivers.emulated.meter.money_table import MoneyTable
from drivers.emulated.meter.sharing import Sharing
from rig.errors import ConfigError
from tests.drivers.emulated.bench import MeterBench

SLABS = {
    "kind": "arrears", "base": "gross", "mode": "slab_percent",
    "slabs": [[1_000_000, "10"], [2_000_000, "15"], [None, "25"]],
}  # fmt: skip
BALANCE = {"kind": "balance"}


def shared(sinks: list[dict[str, Any]], amount: int, **owed: int) -> dict[str, int]:
    return Sharing(MoneyTable.read({"sinks": sinks}).sinks).shares(amount, owed, {}, date(2026, 1, 5))


@pytest.mark.parametrize(
    ("arrears", "amount", "taken"),
    [
        (900_000, 50_000, 5_000),
        (1_000_000, 50_000, 5_000),
        (1_000_001, 50_000, 7_500),
        (2_200_000, 33_333, 8_333),
        (3_000, 100_000, 3_000),
        (0, 100_000, 0),
    ],
)
def test_the_slab_is_that_of_the_arrears_before(arrears: int, amount: int, taken: int) -> None:
    assert shared([SLABS, BALANCE], amount, arrears=arrears) == {"balance": amount - taken, "arrears": taken}


@pytest.mark.parametrize(
    ("rounding", "amount", "part"),
    [("down", 99, 49), ("half_up", 99, 50), ("half_even", 99, 50), ("half_even", 101, 50), ("half_even", 103, 52)],
)
def test_rounding(rounding: str, amount: int, part: int) -> None:
    sink = {"kind": "arrears", "mode": "percent", "percent": "50", "rounding": rounding}
    assert shared([sink, BALANCE], amount, arrears=10_000)["arrears"] == part


def test_order_and_base() -> None:
    lent, arrears = {"kind": "emergency_credit"}, {"kind": "arrears", "mode": "percent", "percent": "50"}
    owed = {"arrears": 10_000, "emergency_credit": 2_000}
    assert shared([lent, arrears, BALANCE], 5_000, **owed) == {
        "balance": 1_500,
        "emergency_credit": 2_000,
        "arrears": 1_500,
    }
    assert shared([arrears, lent, BALANCE], 5_000, **owed)["arrears"] == 2_500
    assert shared([lent, arrears | {"base": "gross"}, BALANCE], 5_000, **owed)["arrears"] == 2_500


def test_floor_cap_and_fixed() -> None:
    sink = {"kind": "arrears", "mode": "percent", "percent": "10", "floor": 300, "cap": 900}
    taken = [shared([sink, BALANCE], amount, arrears=5_000)["arrears"] for amount in (200, 1_000, 5_000, 99_999)]
    assert taken == [200, 300, 500, 900]
    assert shared([{"kind": "arrears", "mode": "fixed", "fixed": 700}, BALANCE], 5_000, arrears=5_000)["arrears"] == 700


@pytest.mark.parametrize(("period", "seconds", "again"), [("day", 86_400, 500), ("week", 86_400, 0), ("month", 0, 0)])
def test_a_cap_by_the_period(period: str, seconds: int, again: int) -> None:
    sink = {"kind": "arrears", "cap_per_period": 500, "period": period}
    bench = MeterBench(sinks=[sink, BALANCE], opening_arrears=10_000)
    bench.recharge(700, 1)
    assert bench.get("last_recharge_to_arrears") == 500
    bench.wait(seconds)
    bench.recharge(700, 2)
    assert bench.get("last_recharge_to_arrears") == again


def test_missed_instalments_are_arrears_too() -> None:
    sinks = [{"kind": "charges"}, {"kind": "arrears", "mode": "percent", "percent": "50"}, BALANCE]
    assert shared(sinks, 1_000, arrears=600, charges=400) == {"balance": 400, "charges": 400, "arrears": 200}


def test_every_problem_of_a_table_is_named() -> None:
    with pytest.raises(ConfigError) as wrong:
        MoneyTable.read({"sinks": [{"kind": "tips"}], "slabs": [[1, "x"]], "no_cut": {"weekdays": [7]}})
    assert len(wrong.value.problems) == 3 and all(one.startswith("meter: ") for one in wrong.value.problems)
