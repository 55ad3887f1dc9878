"""The meter's settings: filled from promises and prices, refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.emulated.meter.settings import MeterSettings
from rig.clock import HOUR, MILLISECOND, SECOND
from rig.errors import ConfigError
from tests.drivers.emulated.bench import PROMISES


def test_the_reference_promises_are_kept_with_room() -> None:
    made = MeterSettings.from_promises(PROMISES, {"price_paise_per_kwh": "6.505"})
    assert (made.imp_per_kwh, made.quantum, made.window_ns, made.tick_ns) == (3200, 1125 * SECOND, SECOND, SECOND)
    assert (made.refresh_ns, made.contact_ns, made.power_up_ns) == (
        100 * MILLISECOND,
        20 * MILLISECOND,
        600 * MILLISECOND,
    )
    assert (made.price_paise, made.price_divisor, made.units_per_paisa) == (1301, 200, 640_000)
    assert (made.cleared_after_ns, made.trips_at_limit, made.control_lock_out) == (HOUR, False, 0)


def test_promises_of_another_meter() -> None:
    promises = {
        "metering_window_s": "0.5",
        "energy_quantum_wh": "1",
        "overload": {"family": "definite_time", "compares": ">=", "delay_s": "7"},
        "control_state": {"credit": 0},
    }
    made = MeterSettings.from_promises(promises, {}, load_limit=1234)
    assert (made.window_ns, made.imp_per_kwh, made.trips_at_limit) == (500 * MILLISECOND, 1000, True)
    assert (made.fixed_delay_ns, made.control_credit, made.load_limit) == (7000 * MILLISECOND, 0, 1234)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as wrong:
        MeterSettings.from_promises({}, {"prize": 1}, load_limit="2000", overload_enabled=3)
    assert wrong.value.problems == [
        "meter.load_limit: '2000' is not of type int",
        "meter.overload_enabled: 3 is not of type bool",
        "meter.prize: unknown setting of the emulated meter",
    ]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"imp_per_kwh": 7_000_001}, "do not divide"),
        ({"tick_ns": 0}, "above zero"),
        ({"power_up_ns": -1}, "must not be negative"),
        ({"payment_mode": "later"}, "neither prepaid nor postpaid"),
        ({"arrears_mode": "half"}, "none of first"),
    ],
)
def test_what_no_meter_is_made_of(change: dict[str, Any], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        MeterSettings.from_promises({}, {}, **change)


@pytest.mark.parametrize("promises", [{"energy_quantum_wh": "0.3"}])
def test_a_quantum_that_does_not_divide_a_kwh(promises: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="does not divide"):
        MeterSettings.from_promises(promises, {})


@pytest.mark.parametrize(
    ("promises", "key"),
    [
        ({"overload": {"family": "demand_average", "average": "sliding", "average_s": "7.5"}}, "overload.average_s"),
        ({"overload": {"family": "inverse", "pairs": [{"times": "1", "delay_s": "2.5"}]}}, "overload.pairs"),
        ({"over_current": {"amps": "20", "delay_s": "0.5"}}, "over_current.delay_s"),
    ],
)
def test_what_the_firmware_cannot_keep_exactly_is_refused(promises: dict[str, object], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"promises\.{key}: the emulated meter counts whole seconds"):
        MeterSettings.from_promises(promises, {})
