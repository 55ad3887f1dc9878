"""The families of overload: foreseen by the oracle, kept by the firmware, told apart by their times."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from importlib import resources
from typing import Any

import pytest

from rig.clock import SECOND, Span
from rig.expectation import OVER_CURRENT, Expectation
from rig.interval import Interval
from rig.limiting import climb_window, overload_stages, step_window
from rig.mean_limiter import MeanLimiter
from rig.promises import Promises
from tests.rig.limiter_strangers import FAMILIES, LimiterStrangers

TABLE = tomllib.loads((resources.files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8"))[
    "promises"
]


def promising(family: str, **more: Any) -> Promises:
    """The reference meter with another limiter."""
    return Promises.read({**TABLE, "overload": {**FAMILIES[family], "tolerance_percent": "0"}, **more}, family)


@pytest.mark.parametrize("family", FAMILIES)
def test_firmware_and_oracle_agree_on_every_trip(family: str) -> None:
    trips = 0
    for seed in range(25):
        lived = LimiterStrangers(seed, family)
        assert lived.live(30) == [], f"history {seed}"
        trips += lived.trips
    assert trips > 25, "the histories hardly tried it"


@pytest.mark.parametrize(("family", "fault"), [("definite_time", "O1"), ("definite_time", "O5")])
def test_the_histories_find_a_faulty_limiter(family: str, fault: str) -> None:
    assert any(LimiterStrangers(seed, family, [fault]).live(30) for seed in range(25))


@pytest.mark.parametrize(
    ("kept", "promised"),
    [("inverse", "definite_time"), ("sliding", "block"), ("block", "definite_time"), ("sliding", "inverse")],
)
def test_a_meter_of_another_family_than_promised_is_found_out(kept: str, promised: str) -> None:
    """The firmware keeps one family, the oracle expects another."""
    found = False
    for seed in range(25):
        lived = LimiterStrangers(seed, kept)
        lived.oracle = Expectation(promising(promised), lived.oracle.settings, True, now=lived.clock.now())
        found = found or bool(lived.live(30))
    assert found


@pytest.mark.parametrize("times", ["1.05", "1.2", "1.5", "2"])
def test_the_families_are_told_apart_by_their_times(times: str) -> None:
    """protocols.md 5.5: flat is equal within the measuring, a sliding mean is W (L - P0) / (P - P0), inverse falls."""
    watts = Interval.of(Fraction(2000) * Fraction(times))
    found = {
        family: step_window(promising(family), 2000, watts, {"over_threshold_duration": 10}) for family in FAMILIES
    }
    flat, sliding, block = found["definite_time"], found["sliding"], found["block"]
    assert flat == (promising("definite_time").trip_window(10), True)
    assert sliding is not None and sliding[1]
    due = 60 * SECOND / Fraction(times)
    assert sliding[0].lo == int(due) - SECOND and 0 <= sliding[0].hi - (due + 2 * SECOND) <= 20_000_001
    assert block is not None and block[0].hi - block[0].lo >= 30 * SECOND
    inverse = found["inverse"]
    delay = {"1.05": 60, "1.2": 60, "1.5": 25, "2": 10}[times]
    assert inverse is not None and inverse[0].lo == (delay - 1) * SECOND


@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_trips_at_its_limit(family: str) -> None:
    assert step_window(promising(family), 2000, Interval.of(2000), {"over_threshold_duration": 10}) is None


def test_a_load_before_the_step_shortens_a_mean() -> None:
    found = step_window(promising("sliding"), 2000, Interval.of(3000), {}, Interval.of(1000))
    assert found is not None and found[0].lo == 30 * SECOND - SECOND


def test_two_bursts_can_trip_a_mean_that_neither_trips_alone() -> None:
    mean = MeanLimiter(60 * SECOND, False, 0, 0)
    limit = Interval.of(2000)
    mean.load(Span.at(0), Interval.of(5000), limit)
    mean.load(Span.at(20 * SECOND), Interval.of(0), limit)
    assert mean.due is None
    mean.load(Span.at(30 * SECOND), Interval.of(5000), limit)
    assert mean.due == (Span.at(34 * SECOND), True)


def test_a_block_is_decided_at_its_end_though_the_load_has_gone() -> None:
    mean = MeanLimiter(60 * SECOND, True, 0, 0)
    limit = Interval.of(2000)
    mean.begins_anew(Span.at(0))
    mean.load(Span.at(0), Interval.of(6000), limit)
    assert mean.due == (Span.at(60 * SECOND), True)
    mean.load(Span.at(25 * SECOND), Interval.of(0), limit)
    assert mean.due == (Span.at(60 * SECOND), True)


def test_over_current_is_a_limiter_of_its_own() -> None:
    lived = LimiterStrangers(3, "definite_time", over_current={"amps": "20", "delay_s": "2", "tolerance_percent": "0"})
    lived.circuit.demand_watts(6000)
    lived.oracle.setting("overload_enabled", 0, Span.at(lived.clock.now()))
    lived.meter.set("overload_enabled", 0)
    lived.oracle.load(Span.at(lived.clock.now()), Interval.of(6000))
    lived.wait(10_000)
    assert lived.findings == [] and lived.trips == 1


@pytest.mark.parametrize("factor", ["0.5", "-0.5"])
def test_with_a_power_factor_less_power_is_too_much_current(factor: str) -> None:
    lived = LimiterStrangers(3, "definite_time", over_current={"amps": "20", "delay_s": "2", "tolerance_percent": "0"})
    lived.oracle.setting("load_limit", 9000, Span.at(lived.clock.now()))
    lived.meter.set("load_limit", 9000)
    lived.circuit.power_factor = int(Fraction(factor) * 1000)
    lived.oracle.power_factor(abs(Fraction(factor)))
    lived.circuit.demand_watts(2900)
    lived.oracle.load(Span.at(lived.clock.now()), Interval.of(2900))
    due = lived.oracle.opening(OVER_CURRENT)
    assert due is not None and due.must, "25.2 A at 230 V"
    lived.wait(10_000)
    assert lived.findings == [] and lived.trips == 1


def test_a_map_without_overload_has_no_stages() -> None:
    table = {key: promise for key, promise in TABLE.items() if key != "overload"}
    assert overload_stages(Promises.read(table, "mine"), {}) == []


def test_a_step_above_the_limit_begins_nothing_anew() -> None:
    """Twelve seconds of a definite delay have gone when the load doubles; a mean of a minute remembers what was below."""
    promises, settings = promising("definite_time"), {"over_threshold_duration": 18}
    climb = ((Span.at(0), Interval.of(1200)), (Span.at(12 * SECOND), Interval.of(2000)))
    alone = step_window(promises, 1000, Interval.of(1200), settings)
    assert climb_window(promises, 1000, climb, settings) == alone is not None
    mean = promising("sliding")
    fresh = step_window(mean, 1000, Interval.of(1500), settings)
    after = step_window(mean, 1000, Interval.of(1500), settings, before=Interval.of(900))
    assert fresh is not None and after is not None and after[0].hi < fresh[0].lo
