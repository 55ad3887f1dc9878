"""Power failures in every state: what is kept, what goes on, and that the contact does not move."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from drivers.modbus.codec import ModbusRefusal
from tests.drivers.emulated.bench import MeterBench

KEPT = (
    "balance", "arrears", "last_recharge_amount", "last_recharge_time", "total_recharged", "recharge_count", "energy",
    "last_recharge_id", "output_state", "control_state", "disconnect_cause", "attempts_done", "load_limit", "alarm_1",
    "reclose_attempts", "overload_enabled", "payment_mode",
)  # fmt: skip


def kept(bench: MeterBench) -> dict[str, Any]:
    return {item: bench.get(item) for item in KEPT}


def normal(bench: MeterBench) -> None:
    bench.recharge(12_345, 9)


def out_of_credit(bench: MeterBench) -> None:
    bench.meter.set("balance", -5)
    bench.wait(2)


def disconnected(bench: MeterBench) -> None:
    bench.meter.set("relay_control", 0)
    bench.wait(1)


def tripped(bench: MeterBench) -> None:
    bench.circuit.demand_watts(3600)
    bench.wait(12)


def set_differently(bench: MeterBench) -> None:
    for item, to in (("load_limit", 2345), ("reclose_attempts", 7), ("alarm_1", 54_321), ("overload_enabled", 0)):
        bench.meter.set(item, to)
    bench.meter.set("payment_mode", "postpaid")
    bench.wait(1)


@pytest.mark.parametrize("bring", [normal, out_of_credit, disconnected, tripped, set_differently])
def test_everything_is_kept_and_the_contact_stays(bring: Any) -> None:
    bench = MeterBench(opening_arrears=20_000)
    bring(bench)
    before, edges = kept(bench), bench.edges()
    for _ in range(3):
        bench.power_cycle(off=4)
    assert (kept(bench), bench.edges()) == (before, edges)
    assert bench.codes()[-2:] == [101, 102]


def test_it_is_silent_until_it_is_up() -> None:
    bench = MeterBench(on=False)
    assert not bench.meter.answers()
    bench.until(1)
    bench.circuit.set_source(True)
    bench.until(2.199)
    assert not bench.meter.answers()
    with pytest.raises(ModbusRefusal):
        bench.meter.set("relay_control", 0)
    bench.until(2.2)
    assert bench.meter.answers()
    bench.circuit.set_source(False)
    assert not bench.meter.answers()


def test_a_failure_during_the_start_starts_it_anew() -> None:
    bench = MeterBench(on=False)
    bench.circuit.set_source(True)
    bench.until(1)
    bench.circuit.set_source(False)
    bench.until(1.1)
    bench.circuit.set_source(True)
    bench.until(2.299)
    assert not bench.meter.answers()
    bench.until(2.3)
    assert bench.meter.answers()


def test_the_clock_goes_on_and_events_bear_its_time() -> None:
    bench = MeterBench()
    bench.until(10)
    bench.circuit.set_source(False)
    bench.until(700)
    bench.circuit.set_source(True)
    bench.until(702)
    assert bench.get("clock") == datetime(2026, 1, 5, 8, 11, 42)
    assert bench.meter.event(1) == {"sequence": 1, "code": 101, "time": datetime(2026, 1, 5, 8, 0, 10)}
    assert bench.meter.event(2) == {"sequence": 2, "code": 102, "time": datetime(2026, 1, 5, 8, 11, 40)}
    assert bench.meter.event(3) is None


def test_setting_the_clock() -> None:
    bench = MeterBench()
    bench.meter.set("clock", datetime(2027, 8, 9, 17, 59, 58))
    bench.wait(3)
    assert bench.get("clock") == datetime(2027, 8, 9, 18, 0, 1)
    assert bench.codes() == [151]


def test_a_movement_that_the_failure_cuts_short_is_made_after_the_start() -> None:
    bench = MeterBench()
    bench.meter.set("relay_control", 0)
    bench.wait(0.06)
    bench.power_cycle(off=5, up=2)
    assert bench.edges() == [(8.28, 0)]


def test_a_reclose_that_the_failure_cuts_short_is_made_after_the_start() -> None:
    bench = MeterBench(opening_balance=0)
    bench.until(5)
    bench.meter.set("recharge_amount", 10_000)
    bench.meter.set("recharge_id", 1)
    bench.meter.set("recharge_commit", 1)
    bench.until(5.2)
    bench.power_cycle(off=5, up=3)
    assert bench.edges()[1:] == [(11.92, 1)]


def test_no_consumption_is_forgotten_or_charged_twice() -> None:
    bench = MeterBench()
    bench.circuit.demand_watts(2317)
    for _ in range(10):
        bench.wait(7.7)
        bench.power_cycle()
    bench.circuit.demand_watts(0)
    bench.wait(2)
    truth = bench.meter.truth()
    quanta: Any = truth["quanta"]
    assert truth["balance"] == str(52_345 - quanta * Fraction(650, 3200))


def test_the_event_ring_holds_the_last_32() -> None:
    bench = MeterBench()
    for watts in range(1000, 1040):
        bench.meter.set("load_limit", watts)
    assert bench.get("event_sequence") == 40
    assert [bench.meter.event(number) is not None for number in (8, 9, 40, 41)] == [False, True, True, False]


def test_what_is_guarded_needs_the_password_first() -> None:
    bench = MeterBench(password=271_828)
    for item, to in (("balance", 5), ("arrears", 5), ("load_limit", 5), ("clock", datetime(2026, 1, 1))):
        with pytest.raises(ModbusRefusal) as refused:
            bench.meter.set(item, to)
        assert refused.value.code == 3
    with pytest.raises(ModbusRefusal):
        bench.meter.set("password", 271_829)
    bench.meter.set("alarm_1", 1)
    bench.meter.set("password", 271_828)
    bench.wait(60)
    bench.meter.set("load_limit", 1500)
    bench.wait(1)
    with pytest.raises(ModbusRefusal):
        bench.meter.set("load_limit", 1600)
    assert (bench.get("load_limit"), bench.get("balance"), bench.codes()) == (1500, 52_345, [158])
