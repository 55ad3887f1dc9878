"""How the meter keeps time: few alarms however long it runs, and the same behaviour on a clock that never stands still."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from drivers.emulated.circuit import Circuit
from drivers.emulated.meter.meter import EmulatedMeter
from drivers.emulated.meter.settings import MeterSettings
from rig.clock import DAY, HOUR, MICROSECOND, MILLISECOND, SECOND, VirtualClock
from tests.drivers.emulated.bench import MONEY, PROMISES


class CountingClock(VirtualClock):
    """Counts the alarms that are asked for."""

    asked = 0

    def call_at(self, instant: int, call: Callable[[], None]) -> Any:
        self.asked += 1
        return super().call_at(instant, call)


class RestlessClock(VirtualClock):
    """Moves on by 10 µs whenever somebody asks for the time, as a wall clock does."""

    def now(self) -> int:
        self._now += 10 * MICROSECOND
        return self._now


def test_a_month_takes_a_handful_of_alarms_a_day() -> None:
    clock = CountingClock()
    circuit = Circuit(clock)
    meter = EmulatedMeter(circuit, clock, MeterSettings.from_promises(PROMISES, MONEY))
    circuit.set_source(True)
    for day in range(30):
        clock.sleep_until(day * DAY + 17 * HOUR)
        meter.set("recharge_amount", 12_345)
        meter.set("recharge_id", day + 1)
        meter.set("recharge_commit", 1)
        clock.sleep_until(clock.now() + SECOND)
        circuit.demand_watts(2317)
        clock.sleep_until(day * DAY + 21 * HOUR)
        circuit.demand_watts(0)
    assert meter.get("recharge_count") == 30
    assert clock.asked <= 30 * 8


def test_on_a_clock_that_never_stands_still_nothing_is_lost() -> None:
    clock = RestlessClock()
    circuit = Circuit(clock)
    made = MeterSettings.from_promises(PROMISES, MONEY, load_limit=2000, opening_balance=77, reclose_interval=7)
    meter = EmulatedMeter(circuit, clock, made)
    circuit.set_source(True)
    clock.sleep_until(2 * SECOND)
    circuit.demand_watts(2400)
    for tenth in range(20, 2000):
        clock.sleep_until(tenth * 100 * MILLISECOND)
        meter.get("balance")
        meter.get("output_state")
    edges = [(instant / SECOND, to) for instant, what, to in circuit.log if what == "contact"]
    wanted = [(12.02, 0), (19.02, 1), (29.02, 0), (36.02, 1), (46.02, 0), (53.02, 1), (63.02, 0)]
    assert [to for _, to in edges] == [to for _, to in wanted]
    assert all(abs(at - due) < 0.002 for (at, _), (due, _) in zip(edges, wanted, strict=True))
    truth: Any = meter.truth()
    whole = Fraction(circuit.energy_through(clock.now()), made.quantum)
    assert -1 < truth["quanta"] - whole < 1
    assert Fraction(truth["balance"]) == 77 - truth["quanta"] * Fraction(650, 3200)
