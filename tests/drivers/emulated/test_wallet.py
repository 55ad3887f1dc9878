"""Consumption, cut and alarms, held against a ledger that is counted tick by tick."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.clock import DAY, HOUR, MILLISECOND, SECOND
from tests.drivers.emulated.bench import MeterBench

QUANTUM = 1125 * SECOND


def first_broke_tick(steps: list[tuple[int, int]], paise: int, end: int) -> int | None:
    """The second at which a ledger kept by hand is first at or below zero. `steps`: (ms, W), the last one stays."""
    balance, booked = Fraction(paise), 0
    for second in range(1, end):
        now = second * 1000
        energy = sum(
            watts * (min(until, now) - since)
            for (since, watts), (until, _) in pairwise([*steps, (10**9, 0)])
            if since < now
        )
        counted = energy * MILLISECOND // QUANTUM
        balance -= (counted - booked) * Fraction(650, 3200)
        booked = counted
        if second >= 2 and balance <= 0:
            return second
    return None


@settings(max_examples=60, deadline=None)
@given(
    paise=st.integers(1, 60),
    steps=st.lists(st.tuples(st.integers(1, 20_000), st.integers(0, 2999)), min_size=1, max_size=8),
)
def test_the_cut_comes_at_the_tick_at_which_credit_is_gone(paise: int, steps: list[tuple[int, int]]) -> None:
    bench = MeterBench(opening_balance=paise, alarm_1=0, alarm_2=0)
    since, taken = 2000, []
    for wait, watts in steps:
        since += wait
        taken.append((since, watts))
    expected = first_broke_tick(taken, paise, 300)
    for at, watts in taken:
        bench.until(at / 1000)
        bench.circuit.demand_watts(watts)
    bench.until(299.5)
    assert bench.edges() == ([] if expected is None else [(expected + 0.02, 0)])


def test_the_balance_is_exact_after_a_month() -> None:
    bench = MeterBench(opening_balance=5_000_000)
    bench.circuit.demand_watts(2317)
    bench.clock.sleep_until(2 * SECOND + 30 * DAY)
    quanta = 2317 * 30 * DAY // QUANTUM
    assert bench.meter.truth()["balance"] == str(5_000_000 - quanta * Fraction(650, 3200))
    assert bench.get("balance") == (5_000_000 * 3200 - quanta * 650) // 3200


def test_a_cut_says_why_and_recharge_closes_again() -> None:
    bench = MeterBench(opening_balance=1)
    bench.circuit.demand_watts(2317)
    bench.wait(5)
    opened = bench.edges()[0][0]
    assert (bench.get("output_state"), bench.get("control_state"), bench.get("disconnect_cause")) == (False, 2, 4)
    assert bench.get("balance") == -1
    bench.until(20)
    assert bench.recharge(10_000, 7) == 3
    assert bench.edges() == [(opened, 0), (20.12 + 0.5 + 0.02, 1)]
    assert (bench.get("output_state"), bench.get("control_state"), bench.get("disconnect_cause")) == (True, 1, 0)
    assert bench.codes()[-3:] == [301, 903, 302]


def test_a_recharge_that_only_pays_the_debt_does_not_close() -> None:
    bench = MeterBench(opening_balance=-500)
    bench.wait(3)
    assert bench.recharge(500, 1) == 3
    bench.wait(5)
    assert bench.edges() == [(2.02, 0)]
    assert bench.recharge(100, 2) == 3
    assert bench.edges()[-1][1] == 1


def test_postpaid_runs_below_zero_and_prepaid_cuts_at_the_next_tick() -> None:
    bench = MeterBench(opening_balance=1, payment_mode="postpaid")
    bench.circuit.demand_watts(2317)
    bench.clock.sleep_until(HOUR)
    assert (bench.edges(), bench.get("balance") < -1000, bench.codes()) == ([], True, [])
    bench.wait(0.3)
    bench.meter.set("payment_mode", "prepaid")
    bench.wait(2)
    assert bench.edges() == [(3601.02, 0)]
    bench.meter.set("payment_mode", "postpaid")
    bench.wait(2)
    assert bench.edges()[-1][1] == 1
    assert [code for code in bench.codes() if code in (211, 212)] == [212, 211]


def test_alarms_are_told_once_per_crossing() -> None:
    bench = MeterBench(opening_balance=1003, alarm_1=1002, alarm_2=1001)
    bench.circuit.demand_watts(1125)
    bench.wait(60)
    assert [code for code in bench.codes() if code > 900] == [901, 902]
    bench.recharge(100, 1)
    bench.wait(1)
    assert [code for code in bench.codes() if code > 900] == [901, 902, 903]
    bench.wait(1000)
    assert [code for code in bench.codes() if code > 900] == [901, 902, 903, 901, 902]


def test_a_preset_is_exact_and_forgets_the_remainder() -> None:
    bench = MeterBench()
    bench.circuit.demand_watts(2317)
    bench.wait(100.5)
    bench.circuit.demand_watts(0)
    bench.meter.set("balance", 12_345)
    bench.meter.set("arrears", 678)
    bench.wait(10)
    truth = bench.meter.truth()
    assert (truth["balance"], truth["arrears"], bench.get("balance")) == ("12345", 678, 12_345)


@pytest.mark.parametrize("price", ["5.505", "650.5", 335])
def test_any_decimal_price_is_charged_exactly(price: str | int) -> None:
    bench = MeterBench(price_paise_per_kwh=price)
    bench.circuit.demand_watts(1000)
    bench.clock.sleep_until(2 * SECOND + HOUR)
    assert bench.meter.truth()["balance"] == str(52_345 - Fraction(str(price)))
