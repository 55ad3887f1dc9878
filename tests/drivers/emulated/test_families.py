"""The families of load limiters told apart, and over-current. The load steps at 20 s; windows are whole seconds from 0."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.emulated.meter.settings import MeterSettings
from rig.clock import MILLISECOND
from rig.errors import ConfigError
from tests.drivers.emulated.bench import PROMISES, MeterBench

LIMIT = 2000
CURVE = [
    {"times": "1.1", "delay_s": "60"},
    {"times": "1.5", "delay_s": "20"},
    {"times": "2", "delay_s": "5"},
]
FAMILIES: dict[str, dict[str, Any]] = {
    "definite": {"family": "definite_time", "delay_s": "10"},
    "sliding": {"family": "demand_average", "average": "sliding", "average_s": "60"},
    "block": {"family": "demand_average", "average": "block", "average_s": "60"},
    "inverse": {"family": "inverse", "pairs": CURVE},
}


def bench_of(overload: dict[str, Any], **more: Any) -> MeterBench:
    made = MeterSettings.from_promises({**PROMISES, "overload": overload}, {}, opening_balance=9_999_999)
    settings = {
        name: getattr(made, name)
        for name in ("overload_family", "overload_curve", "average_s", "over_threshold_duration", "opening_balance")
    }
    return MeterBench(**settings, load_limit=LIMIT, **more)


def trips_after(overload: dict[str, Any], times: float, before: int = 0) -> float | None:
    bench = bench_of(overload)
    bench.circuit.demand_watts(before)
    bench.until(200)
    bench.circuit.demand_watts(round(LIMIT * times))
    bench.until(500)
    opened = [at for at, to in bench.edges() if not to]
    return round(opened[0] - 200.02, 3) if opened else None


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("definite", [None, 10, 10, 10, 10]),
        ("sliding", [None, 58, 51, 41, 31]),
        ("block", [None, 100, 100, 100, 40]),
        ("inverse", [None, None, 60, 60, 20]),
    ],
)
def test_trip_time_by_load(family: str, expected: list[float | None]) -> None:
    found = [trips_after(FAMILIES[family], times) for times in (1.0, 1.05, 1.2, 1.5, 2.0)]
    assert found == expected


def test_a_load_beforehand_shortens_a_sliding_average() -> None:
    limit, before, after = LIMIT, 1000, 3000
    assert trips_after(FAMILIES["sliding"], 1.5, before) == 60 * (limit - before) // (after - before) + 1


def test_a_gap_restarts_a_point_of_the_curve_and_not_an_average() -> None:
    found = {}
    for family in ("sliding", "inverse"):
        bench = bench_of(FAMILIES[family])
        for at, watts in ((20, 4100), (24, 0), (25, 4100), (29, 0), (30, 4100)):
            bench.until(at)
            bench.circuit.demand_watts(watts)
        bench.until(60)
        found[family] = [round(at - 0.02, 3) for at, to in bench.edges() if not to]
    assert found == {"sliding": [52], "inverse": [35]}


@pytest.mark.parametrize("family", ["sliding", "block", "inverse"])
def test_looking_at_it_changes_nothing(family: str) -> None:
    logs = []
    for looks in (1, 23):
        bench = bench_of(FAMILIES[family])
        for watts in (1500, 3100, 0, 2300, 4200, 1999, 2600, 5000):
            bench.circuit.demand_watts(watts)
            end = bench.clock.now() + 33_210 * MILLISECOND
            for look in range(looks, 0, -1):
                bench.clock.sleep_until(bench.clock.now() + (end - bench.clock.now()) // look)
                bench.meter.truth()
        logs.append(bench.edges())
    assert logs[0] == logs[1] and logs[0]


def test_over_current_is_a_cause_of_its_own() -> None:
    bench = MeterBench(most_ma=10_500, over_current_s=5, load_limit=9000, reclose_interval=30)
    bench.circuit.demand_watts(2400)
    bench.until(20)
    assert bench.closed(), "2400 W at 230 V are 10.43 A"
    bench.circuit.demand_watts(2500)
    bench.until(26)
    assert not bench.closed()
    assert (bench.get("disconnect_cause"), bench.get("control_state")) == (2, 2)
    bench.circuit.demand_watts(1000)
    bench.until(70)
    assert bench.closed() and bench.get("attempts_done") == 1
    assert [code for code in bench.codes() if code in (67, 68, 215, 216)] == [67, 68]


def test_a_reactive_load_has_its_current() -> None:
    bench = MeterBench(most_ma=10_500, over_current_s=5, load_limit=9000)
    bench.circuit.power_factor = 500
    bench.circuit.demand_watts(1300)
    bench.until(20)
    assert not bench.closed(), "1300 W at a power factor of 0.5 are 11.3 A"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"overload_family": "hunch"}, "none of"),
        ({"overload_family": "inverse"}, "overload_curve"),
        ({"average_s": 5}, "average_s"),
    ],
)
def test_families_that_cannot_be(change: dict[str, Any], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        MeterSettings.from_promises({}, {}, **change)
