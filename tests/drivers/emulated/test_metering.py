"""Windows, quanta, and what a power failure takes of them."""

from __future__ import annotations

from decimal import Decimal

from rig.clock import HOUR, SECOND
from tests.drivers.emulated.bench import MeterBench


def test_power_is_the_mean_of_the_last_complete_window() -> None:
    bench = MeterBench()
    bench.until(5.25)
    bench.circuit.demand_watts(2000)
    bench.until(5.999)
    assert bench.get("power") == 0
    bench.until(6)
    assert bench.get("power") == 1500
    assert bench.get("current") == Decimal("6.522")
    bench.until(6.9)
    bench.circuit.demand_watts(3000)
    assert bench.get("power") == 1500
    bench.until(7)
    assert bench.get("power") == 2100
    bench.until(8)
    assert bench.get("power") == 3000
    bench.until(500)
    assert bench.get("power") == 3000
    bench.circuit.demand_watts(0)
    assert bench.get("power") == 3000
    bench.until(501)
    assert bench.get("power") == 0


def test_a_window_with_many_changes_is_averaged_exactly() -> None:
    bench = MeterBench()
    for tenth in range(10):
        bench.until(10 + tenth / 10)
        bench.circuit.demand_watts(100 * tenth)
    bench.until(11)
    assert bench.get("power") == 450
    bench.until(12)
    assert bench.get("power") == 900


def test_voltage_and_frequency_follow_at_the_end_of_a_window() -> None:
    bench = MeterBench()
    bench.until(5.5)
    bench.circuit.set_source(True, 207_000, 49_500)
    assert (bench.get("voltage"), bench.get("frequency")) == (230, 50)
    bench.until(6)
    assert (bench.get("voltage"), bench.get("frequency")) == (207, Decimal("49.5"))


def test_energy_counts_whole_quanta() -> None:
    bench = MeterBench()
    bench.circuit.demand_watts(1125)  # 0.3125 Wh a second
    bench.wait(0.999)
    assert bench.get("energy") == 0
    bench.wait(0.001)
    assert bench.get("energy") == Decimal("0.3125")
    bench.clock.sleep_until(2 * SECOND + HOUR)
    assert bench.get("energy") == 1125


def test_less_than_a_quantum_is_lost_at_each_power_failure() -> None:
    bench = MeterBench()
    bench.circuit.demand_watts(1125)
    for _ in range(4):
        bench.wait(1.4)
        assert bench.get("energy") % Decimal("0.3125") == 0
        bench.circuit.demand_watts(0)
        bench.power_cycle()
        bench.circuit.demand_watts(1125)
    assert bench.get("energy") == Decimal("0.3125") * 4


def test_energy_of_the_start_is_not_lost() -> None:
    bench = MeterBench()
    bench.circuit.demand_watts(1125)
    bench.power_cycle(up=2)
    assert bench.get("energy") == Decimal("0.3125") * 2
