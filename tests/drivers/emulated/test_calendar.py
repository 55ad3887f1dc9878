"""What comes off by the day and by the month, and prices that change. The meter's clock shows 08:00:00 at 0 s, a Monday."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from rig.clock import SECOND
from tests.drivers.emulated.bench import MeterBench

DAY = 86_400
TO_MIDNIGHT = 16 * 3600


def at(bench: MeterBench, text: str) -> None:
    bench.meter.set("clock", datetime.fromisoformat(text))


def exact(bench: MeterBench) -> Fraction:
    truth: dict[str, Any] = bench.meter.truth()
    return Fraction(truth["balance"])


def test_a_daily_charge_comes_off_at_midnight_and_its_part_of_a_paisa_is_carried() -> None:
    bench = MeterBench(opening_balance=100_000, daily_charge_paise="33600/73")
    bench.until(TO_MIDNIGHT - 0.001)
    assert bench.get("balance") == 100_000
    bench.until(TO_MIDNIGHT)
    assert bench.get("balance") == 100_000 - 460
    bench.wait(72 * DAY)
    assert bench.get("balance") == 100_000 - 33_600


def test_a_day_that_passes_in_the_dark_is_charged_at_the_start() -> None:
    bench = MeterBench(opening_balance=100_000, daily_charge_paise="100")
    bench.power_cycle(off=3 * DAY)
    assert bench.get("balance") == 100_000 - 300
    bench.power_cycle(off=5)
    assert bench.get("balance") == 100_000 - 300


def test_setting_the_clock_opens_no_day_and_a_correction_opens_none_twice() -> None:
    bench = MeterBench(opening_balance=100_000, daily_charge_paise="100", monthly_charge_paise=700)
    at(bench, "2027-01-05T08:00:00")
    at(bench, "2026-01-31T23:59:50")
    bench.wait(11)
    assert bench.get("balance") == 100_000 - 800, "a day and a month began"
    at(bench, "2026-01-31T23:59:55")
    bench.wait(11)
    assert bench.get("balance") == 100_000 - 800
    at(bench, "2026-02-28T23:59:59")
    bench.wait(11)
    assert bench.get("balance") == 100_000 - 1_600


@pytest.mark.parametrize(
    ("catch_up", "arrears", "balance"),
    [("none", 700, 450), ("next_day", 500, 250), ("next_recharge", 500, 250)],
)
def test_an_instalment_that_was_missed(catch_up: str, arrears: int, balance: int) -> None:
    sinks = [{"kind": "charges"}, {"kind": "balance"}]
    plan = {"per_day_paise": 100, "count": 300, "catch_up": catch_up}
    bench = MeterBench(opening_balance=250, opening_arrears=1_000, instalment=plan, sinks=sinks)
    bench.until(TO_MIDNIGHT + 2 * DAY + 5)  # two are paid, two are missed
    assert (bench.get("balance"), bench.get("arrears")) == (50, 800)
    bench.wait(DAY)
    bench.recharge(500, 1)
    bench.wait(DAY)
    assert (bench.get("arrears"), bench.get("balance")) == (arrears, balance)


def test_the_last_instalment_takes_the_remainder() -> None:
    plan = {"per_day_paise": 100, "count": 3}
    bench = MeterBench(opening_balance=5_000, opening_arrears=1_001, instalment=plan)
    left = []
    for _ in range(4):
        bench.wait(DAY)
        left.append(bench.get("arrears"))
    assert left == [901, 801, 0, 0] and bench.get("balance") == 5_000 - 1_001


def test_slabs_of_a_month() -> None:
    slabs = [[1_000, "100"], [2_000, "200.5"], [None, "400"]]
    bench = MeterBench(price_paise_per_kwh=100, slabs=slabs, opening_balance=100_000, overload_enabled=False)
    bench.circuit.demand_watts(2500)
    bench.wait(3600)
    bench.circuit.demand_watts(0)
    bench.wait(2)
    assert exact(bench) == 100_000 - 100 - Fraction("200.5") - 200
    assert bench.get("energy_of_month") == 2_500
    at(bench, "2026-01-31T23:00:00")
    bench.circuit.demand_watts(500)
    bench.wait(2 * 3600)
    bench.circuit.demand_watts(0)
    bench.wait(2)
    assert bench.get("energy_of_month") == 500
    assert exact(bench) == 100_000 - 100 - Fraction("200.5") - 200 - 200 - 50


def test_a_cut_behind_the_edge_of_a_slab_comes_at_its_tick() -> None:
    slabs = [[1_000, "100"], [None, "1000"]]
    bench = MeterBench(price_paise_per_kwh=100, slabs=slabs, opening_balance=200, overload_enabled=False)
    bench.circuit.demand_watts(1000)
    bench.until(2 + 3600 + 360 - 2)
    assert bench.closed()
    bench.wait(4)
    assert not bench.closed() and -10 < bench.get("balance") <= 0


def test_time_of_use_duty_and_rebate() -> None:
    table = {
        "time_of_use": [[18 * 60, 22 * 60, "20"], [23 * 60, 6 * 60, "-10"]],
        "duty_percent": "5",
        "rebate_percent": "2",
    }
    bench = MeterBench(price_paise_per_kwh=650, opening_balance=1_000_000, **table)
    bench.circuit.demand_watts(1000)
    charged = []
    for hour in (17, 18, 22, 23, 5, 6):
        at(bench, f"2026-03-03T{hour:02d}:00:00")
        bench.wait(1)
        before = exact(bench)
        bench.wait(1800)
        charged.append((before - exact(bench)) / (1600 * Fraction(650, 3200) * Fraction(103, 100)))
    assert charged == [1, Fraction(6, 5), 1, Fraction(9, 10), Fraction(9, 10), 1]


def test_a_price_changes_at_its_second() -> None:
    bench = MeterBench(opening_balance=1_000_000, time_of_use=[[18 * 60, 22 * 60, "100"]], overload_enabled=False)
    at(bench, "2026-03-03T17:59:00")
    start = bench.clock.now()
    bench.circuit.demand_watts(2317)
    bench.wait(120)
    bench.circuit.demand_watts(0)
    bench.wait(2)
    quanta = 2317 * 60 * SECOND // (1125 * SECOND)
    in_all = 2317 * 120 * SECOND // (1125 * SECOND)
    assert start % SECOND == 0
    assert exact(bench) == 1_000_000 - (quanta + 2 * (in_all - quanta)) * Fraction(650, 3200)


def test_who_has_no_calendar_pays_nothing_for_it() -> None:
    bench = MeterBench()
    assert bench.meter.calendar not in bench.meter._rooms
