"""The traits of a healthy meter as the tables of a map and of a bench: the shipped ones with what differs."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rig.catalogue import file_named
from rig.clock import MICROSECOND, MILLISECOND
from rig.toml_files import read_toml
from rig.variety.traits import PPM, Traits

CURVES = (
    (("1", "60"), ("2", "3")),
    (("1.1", "30"), ("1.3", "10"), ("1.5", "2")),
    (("1", "20"),),
)
"""(times the limit, seconds that it may last), of inverse limiters."""
DELAY = "over_threshold_duration"
_DURATIONS = {
    "metering_window_s": "window_ms",
    "ledger_tick_s": "tick_ms",
    "status_refresh_s": "refresh_ms",
    "contact_s": "contact_ms",
    "recharge_s": "recharge_ms",
    "reclose_after_recharge_s": "reclose_ms",
    "command_s": "command_ms",
    "power_up_s": "power_up_ms",
}
_SETTINGS = {
    "load_limit": "load_limit", "under_threshold_duration": "under_s", "reclose_attempts": "attempts", "alarm_1": "alarm_1",
    "reclose_interval": "interval_s", "lock_out_duration": "lock_out_s", "alarm_2": "alarm_2", "opening_balance": "balance",
    "opening_arrears": "arrears", "drift_ppb": "drift_ppb", "error_ppm": "error_ppm",
}  # fmt: skip


def map_table(traits: Traits) -> dict[str, Any]:
    """The map whose promises this meter keeps."""
    table = copy.deepcopy(read_toml(file_named("maps", traits.map)))
    promises: dict[str, Any] = table["promises"]
    promises |= {promise: _seconds(getattr(traits, name)) for promise, name in _DURATIONS.items()}
    promises |= {"energy_quantum_wh": traits.quantum_wh, "accuracy_percent": traits.accuracy}
    promises["overload"] = _overload(traits)
    promises["control_state"] |= dict(
        zip(("credit", "overload", "lock_out", "command"), traits.control_states, strict=True)
    )
    promises["power_fail"]["energy_loss_wh"] = traits.quantum_wh
    if traits.over_current is not None:
        amps, delay = traits.over_current
        promises["over_current"] = {"amps": amps, "delay_s": delay}
    if traits.starting_current:
        promises["starting_current_a"] = traits.starting_current
    if traits.control_mode != Traits.__dataclass_fields__["control_mode"].default:
        promises["control_mode"] = traits.control_mode
    if _waits_fixed(traits):
        del table["registers"][DELAY]
    table["recharge"]["settles_within_s"] = str(max(2, traits.recharge_ms // 1000 + 1))
    return table


def bench_table(traits: Traits) -> dict[str, Any]:
    """The bench in virtual time on which it stands: what its firmware really does, and how well it is seen."""
    table = copy.deepcopy(read_toml(file_named("benches", "sim")))
    (position,) = table["positions"]
    position["every_ms"] = traits.every_ms
    position["load"]["accuracy_percent"] = traits.load_accuracy
    if traits.sense_ms:
        position["sense"] = {"delay_s": [_seconds(traits.sense_ms * part // 10) for part in (7, 14)]}
    table["mains"] = {"volts": traits.volts, "hertz": traits.hertz}
    table["emulated"] = {
        "latency_us": traits.latency_us,
        "sense_delay_us": traits.sense_ms * 1000,
        "load_error_ppm": _beside_the_truth(traits),
        "civil_zero": traits.start,
        "meter": firmware(traits),
    }
    return table


def _beside_the_truth(traits: Traits) -> int:
    """How far the load shows beside what truly flows (ppm). Its accuracy is one of its reading: what it shows, less so much of
    that, is the truth."""
    of_reading = Fraction(traits.load_accuracy) / 100 * traits.load_error / 1000
    return int((1 / (1 - of_reading) - 1) * 100 * PPM)


def firmware(traits: Traits) -> Mapping[str, int]:
    """Settings of the emulated firmware: how the promises are kept, and what it is found with."""
    found = {setting: getattr(traits, name) for setting, name in _SETTINGS.items()}
    for what in ("contact", "recharge", "reclose", "command", "power_up"):
        found[f"{what}_ns"] = getattr(traits, f"{what}_ms") * getattr(traits, f"{what}_took") * MICROSECOND
    found["grid_ns"] = min(traits.window_ms, traits.tick_ms) * traits.grid_took * MICROSECOND
    found["turnaround_ns"] = traits.answers_ms * MILLISECOND
    return found if _waits_fixed(traits) else {**found, DELAY: traits.over_s}


def _waits_fixed(traits: Traits) -> bool:
    return traits.family == "definite_time" and bool(traits.delay_s)


def _overload(traits: Traits) -> dict[str, Any]:
    found: dict[str, Any] = {
        "family": traits.family,
        "compares": traits.compares,
        "cleared_after_s": str(traits.cleared_s),
    }
    if traits.tolerance:
        found["tolerance_percent"] = traits.tolerance
    if traits.family == "demand_average":
        found |= {"average_s": str(traits.average_s), "average": "block" if traits.blocks else "sliding"}
    elif traits.family == "inverse":
        found["pairs"] = [{"times": times, "delay_s": delay} for times, delay in CURVES[traits.curve]]
    elif traits.delay_s:
        found["delay_s"] = str(traits.delay_s)
    else:
        found["delay"] = DELAY
    return found


def _seconds(ms: int) -> str:
    """ms as exact seconds in text."""
    return f"{Decimal(ms) / 1000:f}"
