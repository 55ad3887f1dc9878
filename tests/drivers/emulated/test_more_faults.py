"""Faults of what only some meters have: each changes what can be seen in a trial that a healthy meter comes through."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from drivers.emulated import faults
from drivers.emulated.faults import FAULTS
from drivers.emulated.faults.fault import Fault
from drivers.modbus.codec import ModbusRefusal
from tests.drivers.emulated.bench import MeterBench

Trial = Callable[[MeterBench], Any]
SLIDING = {"overload_family": "demand_average", "average_s": 60, "load_limit": 2000}
CURRENT = {"most_ma": 10_500, "over_current_s": 5, "load_limit": 9_000}


def armed_from_afar(bench: MeterBench) -> Any:
    bench.meter.set("relay_control", 0)
    bench.wait(1)
    bench.meter.press_button()
    bench.wait(1)
    seen = [bench.closed()]
    bench.meter.set("relay_control", 1)
    bench.wait(1)
    bench.power_cycle()
    seen.append(bench.closed())
    bench.meter.press_button()
    bench.wait(1)
    return [*seen, bench.closed()]


def operated(bench: MeterBench) -> Any:
    bench.meter.set("relay_control", 0)
    bench.wait(5)
    return len(bench.edges())


def drawn(bench: MeterBench) -> Any:
    bench.circuit.power_factor = 500
    bench.circuit.demand_watts(1150)
    bench.wait(3600)
    seen = bench.get("energy"), bench.get("power"), bench.get("reactive_power"), bench.get("energy_exported")
    bench.circuit.power_factor = -500
    bench.wait(3)
    return seen, bench.get("reactive_power")


def past_the_phase(bench: MeterBench) -> Any:
    bench.circuit.bypassed_percent = 50
    bench.circuit.demand_watts(1150)
    bench.wait(3600)
    return bench.get("energy")


def given_back(bench: MeterBench) -> Any:
    bench.circuit.backwards = True
    bench.circuit.demand_watts(1150)
    bench.wait(3600)
    return bench.get("energy_exported")


def a_small_load(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(31)
    bench.wait(3600)
    return bench.get("energy")


def a_step(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(1150)
    bench.wait(4)
    return bench.get("power"), bench.get("current")


def across_the_rollover(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(3000)
    bench.wait(600)
    return bench.get("balance"), bench.get("energy")


def opened(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(1000)
    bench.meter.set("relay_control", 0)
    bench.wait(1)
    return bench.circuit.load_side_millivolts, bench.circuit.load_watts, bench.circuit.load_milliamps, bench.closed()


def above_the_average(bench: MeterBench) -> Any:
    for second, watts in ((20, 3000), (50, 3500), (80, 0)):
        bench.until(second)
        bench.circuit.demand_watts(watts)
    return bench.edges()


def over_current(bench: MeterBench) -> Any:
    for second, watts in ((20, 2500), (23, 1000), (40, 2500), (60, 0)):
        bench.until(second)
        bench.circuit.demand_watts(watts)
    return bench.edges()


def limit_changed(bench: MeterBench) -> Any:
    bench.meter.set("load_limit", 2000)
    bench.circuit.demand_watts(2500)
    bench.until(9)
    bench.meter.set("load_limit", 2100)
    bench.until(30)
    return bench.edges(), bench.get("load_limit")


def many_events(bench: MeterBench) -> Any:
    for limit in range(1, 41):
        bench.meter.set("load_limit", 2000 + limit)
    return bench.get("event_sequence"), bench.meter.event(40)


def over_voltage(bench: MeterBench) -> Any:
    bench.circuit.set_source(True, 290_000)
    bench.wait(6)
    return bench.codes()


def clock_set(bench: MeterBench) -> Any:
    bench.meter.set("clock", bench.get("clock").replace(hour=17))
    bench.wait(2)
    bench.power_cycle(off=20)
    return bench.get("clock")


def clock_unset(bench: MeterBench) -> Any:
    bench.recharge(20_000, 1)
    bench.power_cycle()
    shown = bench.get("clock"), bench.get("last_recharge_time")
    bench.meter.set("clock", datetime(2026, 1, 5, 9, 0, 0))
    return *shown, bench.get("clock"), bench.get("last_recharge_time")


def cut_off_after_a_recharge(bench: MeterBench) -> Any:
    """In steps of 5 ms across the moment at which a recharge is credited; each is there or is not."""
    left = set()
    for number in range(1, 41):
        before = Fraction(str(bench.meter.truth()["balance"]))
        for item, to in (("recharge_amount", 90_000), ("recharge_id", number), ("recharge_commit", 1)):
            bench.meter.set(item, to)
        bench.wait(number / 200)
        bench.power_cycle()
        left.add(Fraction(str(bench.meter.truth()["balance"])) - before)
    return left


def recharged_in_a_sag(bench: MeterBench) -> Any:
    bench.circuit.set_source(True, 150_000)
    bench.wait(1)
    return bench.recharge(20_000, 1), bench.get("balance")


TRIALS: tuple[tuple[Trial, dict[str, Any], str], ...] = (
    (armed_from_afar, {"control_mode": 5}, "R11 R13 R14 R15"),
    (operated, {}, "R3"),
    (drawn, {}, "M2 M6 M9"),
    (past_the_phase, {}, "M3"),
    (drawn, {"phase_shares": [40, 35, 25]}, "M4"),
    (given_back, {}, "M12"),
    (a_small_load, {}, "M10"),
    (a_step, {}, "M11"),
    (across_the_rollover, {"opening_quanta": 2**32 - 977}, "L9"),
    (opened, {"phase_shares": [40, 35, 25]}, "R8 R9"),
    (above_the_average, SLIDING, "O21 O22"),
    (over_current, CURRENT, "O10 O24"),
    (limit_changed, {}, "O25 K9"),
    (many_events, {}, "E18 T4"),
    (over_voltage, {}, "E19"),
    (clock_set, {}, "T6 T7"),
    (clock_unset, {}, "T5 T6"),
    (cut_off_after_a_recharge, {}, "L5"),
    (recharged_in_a_sag, {}, "L6"),
)


@pytest.mark.parametrize(
    ("fault", "trial", "settings"),
    [pytest.param(f, t, s, id=f"{f}-{t.__name__}") for t, s, some in TRIALS for f in some.split()],
)
def test_each_fault_shows(fault: str, trial: Trial, settings: dict[str, Any]) -> None:
    assert trial(MeterBench([fault], **settings)) != trial(MeterBench(**settings))


def test_a_phase_that_stays_closed_carries_its_share() -> None:
    assert opened(MeterBench(["R8"], phase_shares=[40, 35, 25])) == (230_000, 250, 1087, False)
    assert opened(MeterBench(["R8"])) == (0, 0, 0, False), "a meter of one phase has no third"


def test_an_unset_clock_shows_no_time_until_it_is_set() -> None:
    nine = datetime(2026, 1, 5, 9, 0, 0)
    recharged = datetime(2026, 1, 5, 8, 0, 2)
    assert clock_unset(MeterBench(["T5"])) == (None, None, nine, recharged)


def test_a_counter_that_rolls_over_costs_what_was_consumed() -> None:
    bench = MeterBench(opening_quanta=2**32 - 977)
    bench.circuit.demand_watts(3000)
    bench.wait(600)
    assert bench.get("balance") == 52_345 - 325 and bench.codes() == []


def test_what_a_power_failure_leaves_of_a_recharge() -> None:
    assert cut_off_after_a_recharge(MeterBench()) == {0, 90_000}


def test_a_setting_is_refused() -> None:
    with pytest.raises(ModbusRefusal):
        MeterBench(["K10"]).meter.set("load_limit", 2000)


def test_no_id_is_given_twice() -> None:
    rooms = [importlib.import_module(f"{faults.__name__}.{one.name}") for one in pkgutil.iter_modules(faults.__path__)]
    named = [f for room in rooms if room.__name__ != Fault.__module__ for f in getattr(room, "FAULTS", ())]
    assert [one for one, count in Counter(fault.id for fault in named).items() if count > 1] == []
    assert {fault.id for fault in named} == set(FAULTS), "every room of faults is in the list"
