"""Every Wh costs what the tariff says: by slab of the month, by the hour, with duty and rebate."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Start, Within, scenario
from scenarios.limits.charges import LAST_MOMENTS, one_hour_like_another, one_slab, own_register

if TYPE_CHECKING:
    from rig.bench import Bench

WATTS = 4321
NEEDS = frozenset({Capability.RECHARGE, Capability.ACCOUNT_PRESET, Capability.CLOCK, Capability.CLOCK_SET})
START = Start(credit=rupees("9000.07"), arrears=0, settings={"load_limit": 9000, "overload_enabled": 0})
BESIDE = "debited beside the tariff"
NEAR_EDGE = 25
"""Wh on either side of the edge of a slab."""


def new_month(bench: Bench, months_on: int = 0) -> Fraction:
    """Let the meter's clock pass into a month; returns what the meter says was used of it (Wh), nothing where it does not say."""
    bench.set_clock(LAST_MOMENTS[months_on])
    bench.wait_until_clock_shows(LAST_MOMENTS[months_on] + timedelta(seconds=19))
    bench.settle_costs()
    return bench.used_in_month()


@scenario(
    "CHG-4",
    "Slabs of the month: up to, over and above every edge, and the next month",
    requires=("TARIFF", "CREDIT-DEBIT"),
    needs=NEEDS,
    reads=("balance", "energy"),
    unless=one_slab,
    starts=START,
    catches={"A11": BESIDE},
    judges=(Within(BESIDE, own_register, "paise"),),
)
def test_slabs_of_the_month(bench: Bench) -> None:
    """Most of a slab at once, then over its edge, then on; and again in the month after, from nothing."""
    for month in (0, 1):
        used = new_month(bench, month)
        reading = bench.settle_costs()
        edges = [edge for edge, _ in bench.policy.prices.bands if edge is not None]
        for edge in edges:
            for target in (edge - NEAR_EDGE, edge + NEAR_EDGE, edge + 5 * NEAR_EDGE):
                if target <= used:
                    continue
                bench.consume_wh(target - used, WATTS)
                after = bench.settle_costs()
                bench.observe_cost(BESIDE, reading, after, used)
                used += after.counted_since(reading)
                reading = after


@scenario(
    "CHG-5",
    "Time of use: the rate changes at its minute",
    requires=("TARIFF", "CREDIT-DEBIT"),
    needs=NEEDS,
    reads=("balance", "energy"),
    unless=one_hour_like_another,
    starts=START,
    catches={"A13": BESIDE},
    judges=(Within(BESIDE, own_register, "paise"),),
    wall_seconds=1200,
)
def test_time_of_use(bench: Bench) -> None:
    """Two minutes before each change and two minutes after it."""
    used = new_month(bench)
    for minute in bench.policy.prices.edges_of_day:
        edge = datetime(2026, 7, 8) + timedelta(minutes=minute)
        for begins in (edge - timedelta(seconds=140), edge):
            bench.set_clock(begins)
            reading = bench.settle_costs()
            bench.consume_wh(120 * WATTS // 3600, WATTS)
            after = bench.settle_costs()
            at_rate = bench.policy.prices.at_rate((begins.hour * 60 + begins.minute) % 1440)
            bench.observe_cost(BESIDE, reading, after, used, at_rate)
            used += after.counted_since(reading)


@scenario(
    "CHG-6",
    "A kWh costs what the tariff says, with duty and rebate, to the paisa",
    requires=("TARIFF", "CREDIT-DEBIT"),
    needs=NEEDS,
    reads=("balance", "energy"),
    starts=START,
    catches={"A14": BESIDE, "L1": BESIDE},
    judges=(Within(BESIDE, own_register, "paise"),),
    wall_seconds=1900,
)
def test_a_kwh_costs_what_the_tariff_says(bench: Bench) -> None:
    """In a fresh month: a kWh at a large load, a part of one at a small load."""
    used = new_month(bench)
    reading = bench.settle_costs()
    for energy_wh, watts in ((1003, WATTS), (97, 517)):
        bench.consume_wh(energy_wh, watts)
        after = bench.settle_costs()
        bench.observe_cost(BESIDE, reading, after, used)
        used += after.counted_since(reading)
        reading = after
