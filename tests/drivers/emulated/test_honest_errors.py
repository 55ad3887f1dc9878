"""What good meters and loads differ by: a small error of measurement, a grid of their own, answers that take their time."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from drivers.emulated.slow_answers import in_its_own_time
from drivers.modbus.unit import Answer
from rig.clock import MILLISECOND, SECOND
from tests.drivers.emulated.bench import MeterBench


@pytest.mark.parametrize("ppm", [9_321, -10_000])
def test_energy_and_power_lie_beside_the_truth_by_the_error(ppm: int) -> None:
    bench = MeterBench(error_ppm=ppm)
    bench.circuit.demand_watts(2317)
    bench.until(3602)
    seen = 2317 * (1 + Fraction(ppm, 1_000_000))
    assert bench.meter.truth()["quanta"] == seen * 3600 * SECOND // bench.settings.quantum
    assert abs(Fraction(bench.get("power")) - seen) < Fraction(1, 1000)


def test_the_grid_begins_before_power_up() -> None:
    bench = MeterBench(grid_ns=250 * MILLISECOND)
    bench.until(5.5)
    bench.circuit.demand_watts(2000)
    bench.until(5.75)
    assert bench.get("power") == 500
    bench.until(6.75)
    assert bench.get("power") == 2000
    assert bench.get("current") == Decimal("8.696")


def test_answers_take_up_to_the_turnaround_by_seed() -> None:
    def delays(seed: int) -> list[int]:
        slow = in_its_own_time(lambda pdu: pdu, 200 * MILLISECOND, seed)
        answers = [slow(b"\x03") for _ in range(500)]
        return [one.delay_ns for one in answers if isinstance(one, Answer)]

    found = delays(7)
    assert len(found) == 500
    assert 0 <= min(found) < 2 * MILLISECOND
    assert 198 * MILLISECOND < max(found) < 200 * MILLISECOND
    assert delays(7) == found != delays(8)


def test_a_unit_that_is_silent_stays_silent() -> None:
    assert in_its_own_time(lambda _: None, MILLISECOND, 1)(b"\x03") is None
