"""The load limiter, held against windows that are counted one by one."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.clock import HOUR, SECOND
from tests.drivers.emulated.bench import MeterBench


def trip_by_hand(steps: list[tuple[int, int]], limit: int, duration: int, end: int) -> int | None:
    """The second at which `duration` windows in a row had a mean above `limit`. `steps`: (ms, W), the last one stays."""
    run = 0
    for second in range(end):
        mean = Fraction(0)
        for index, (since, watts) in enumerate(steps):
            until = steps[index + 1][0] if index + 1 < len(steps) else 10**9
            mean += watts * Fraction(max(0, min(until, (second + 1) * 1000) - max(since, second * 1000)), 1000)
        run = run + 1 if mean > limit else 0
        if run == duration:
            return second + 1
    return None


@settings(max_examples=80, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(1, 7000), st.sampled_from([0, 1999, 2000, 2001, 2400, 4800])), max_size=12),
    duration=st.integers(1, 6),
)
def test_the_trip_comes_at_the_end_of_the_last_window(steps: list[tuple[int, int]], duration: int) -> None:
    bench = MeterBench(load_limit=2000, over_threshold_duration=duration, reclose_interval=3600)
    since, taken = 2000, []
    for wait, watts in steps:
        since += wait
        taken.append((since, watts))
    for at, watts in taken:
        bench.until(at / 1000)
        bench.circuit.demand_watts(watts)
    bench.until(110)
    trip = trip_by_hand(taken, 2000, duration, 110)
    assert bench.edges() == ([] if trip is None else [(trip + 0.02, 0)])


def overloaded(**settings: object) -> MeterBench:
    bench = MeterBench(load_limit=2000, opening_balance=500_000, reclose_attempts=2, reclose_interval=60, **settings)
    bench.until(5)
    bench.circuit.demand_watts(2400)
    return bench


def test_attempts_then_lock_out_then_anew() -> None:
    bench = overloaded()
    bench.until(15.2)
    assert (bench.get("control_state"), bench.get("output_state"), bench.get("disconnect_cause")) == (2, False, 1)
    assert bench.get("attempts_done") == 0
    bench.until(80)
    assert bench.get("attempts_done") == 1
    bench.until(155.2)
    assert (bench.get("control_state"), bench.get("disconnect_cause"), bench.get("attempts_done")) == (0, 1, 2)
    assert bench.edges() == [(15.02, 0), (75.02, 1), (85.02, 0), (145.02, 1), (155.02, 0)]
    bench.until(155 + 1799.9)
    assert bench.get("output_state") is False
    bench.until(155 + 1800.2)
    assert (bench.get("output_state"), bench.get("control_state"), bench.get("attempts_done")) == (True, 1, 0)
    assert bench.codes() == [215, 301, 302, 215, 301, 302, 215, 301, 302]


def test_restoration_is_told_once_the_load_stays_below() -> None:
    bench = overloaded()
    bench.until(20)
    bench.circuit.demand_watts(1500)
    bench.until(84.9)
    assert 216 not in bench.codes()
    bench.until(200)
    assert bench.codes() == [215, 301, 302, 216]


def test_attempts_are_forgotten_after_an_hour_without_overload() -> None:
    bench = overloaded()
    bench.until(20)
    bench.circuit.demand_watts(1500)
    bench.until(75 + 3599)
    assert bench.get("attempts_done") == 1
    bench.until(75 + 3601)
    assert bench.get("attempts_done") == 0


def test_a_short_overload_begins_the_hour_anew() -> None:
    bench = overloaded()
    bench.until(20)
    bench.circuit.demand_watts(1500)
    bench.until(1000)
    bench.circuit.demand_watts(2400)
    bench.until(1005)
    bench.circuit.demand_watts(1500)
    bench.until(1005 + 3599)
    assert bench.get("attempts_done") == 1
    bench.until(1005 + 3601)
    assert bench.get("attempts_done") == 0


@pytest.mark.parametrize(("compares", "trips"), [(False, False), (True, True)])
def test_at_the_limit(compares: bool, trips: bool) -> None:
    bench = MeterBench(load_limit=2000, trips_at_limit=compares)
    bench.circuit.demand_watts(2000)
    bench.wait(60)
    assert bool(bench.edges()) is trips


def test_a_burst_shorter_than_the_delay_does_not_trip() -> None:
    bench = overloaded()
    for _ in range(20):
        bench.circuit.demand_watts(2400)
        bench.wait(8.9)
        bench.circuit.demand_watts(1000)
        bench.wait(2)
    assert bench.edges() == []


def test_disabled_it_watches_only() -> None:
    bench = MeterBench(load_limit=2000, overload_enabled=False)
    bench.circuit.demand_watts(2400)
    bench.wait(100)
    assert bench.edges() == []
    bench.meter.set("overload_enabled", 1)
    bench.wait(11)
    assert bench.edges() == [(112.02, 0)]
    bench.meter.set("overload_enabled", 0)
    bench.wait(60)
    assert bench.edges() == [(112.02, 0), (142.02, 1)], "an interval that runs is served"
    assert bench.codes()[0] == 159


def test_a_new_limit_acts_at_once_and_counts_anew() -> None:
    bench = overloaded()
    bench.until(13.5)
    bench.meter.set("load_limit", 2300)
    bench.until(23.9)
    assert bench.edges() == [(23.02, 0)]
    assert bench.codes() == [158, 215, 301]


def test_no_attempts_lock_out_at_the_first_trip() -> None:
    bench = MeterBench(load_limit=2000, reclose_attempts=0, lock_out_duration=100)
    bench.circuit.demand_watts(2400)
    bench.wait(20)
    assert bench.get("control_state") == 0
    bench.until(112.2)
    assert bench.get("output_state") is True


def test_a_lock_out_runs_on_without_power() -> None:
    bench = overloaded()
    bench.until(200)
    bench.circuit.set_source(False)
    bench.until(300)
    bench.circuit.set_source(True)
    bench.until(302)
    assert (bench.get("control_state"), bench.get("attempts_done")) == (0, 2)
    bench.until(155 + 1800.2)
    assert bench.get("output_state") is True


def test_a_lock_out_that_ends_without_power_is_served_at_the_start() -> None:
    bench = overloaded()
    bench.until(200)
    bench.circuit.set_source(False)
    bench.clock.sleep_until(HOUR)
    assert bench.circuit.contact_closed is False
    bench.circuit.set_source(True)
    bench.wait(2)
    assert bench.edges()[-1] == (HOUR / SECOND + 1.22, 1)


def test_the_count_starts_anew_at_power_up() -> None:
    bench = overloaded()
    bench.until(13)
    bench.power_cycle(off=1, up=2)
    bench.until(23.9)
    assert bench.edges() == []
    bench.until(24.1)
    assert bench.edges() == [(24.02, 0)]


def test_a_delay_that_the_map_fixes_counts_whatever_the_duration_is_set_to() -> None:
    bench = MeterBench(load_limit=2000, fixed_delay_ns=2_500_000_000, over_threshold_duration=60, reclose_interval=3600)
    bench.until(4)
    bench.circuit.demand_watts(2500)
    bench.until(6.9)
    assert bench.circuit.contact_closed
    bench.until(7.1)
    assert not bench.circuit.contact_closed
