"""Healthy meters that the rig, a scenario or the emulator was once wrong about; each for a reason of its own."""

from __future__ import annotations

from typing import Any

import pytest

from rig.variety import HealthyMeter, try_out
from rig.variety.traits import Traits

ONCE_BLAMED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "2.1 times the limit is more than the meter may carry": (
        {"family": "inverse", "over_current": ("20", "3")},
        ["OVL-5"],
    ),
    "a command that moves the contact before the mains go off right after it": (
        {"command_took": 10, "contact_ms": 5, "answers_ms": 199},
        ["PWR-4"],
    ),
    "the same, with a relay sense that lags behind": (
        {"command_took": 10, "answers_ms": 150, "sense_ms": 30},
        ["PWR-4"],
    ),
    "a contact that moves in the last moment before the line is dead": (
        {"command_took": 10, "answers_ms": 40, "every_ms": 50},
        ["PWR-4"],
    ),
    "an alarm so low that a coarse count of energy is as far as nothing": (
        {"policy": "trial", "quantum_wh": "100"},
        ["NOT-1"],
    ),
    "a relay that opens between two scenarios, and that the load sees to be open before the relay sense does": (
        {"balance": -777, "answers_ms": 150, "every_ms": 50, "sense_ms": 7, "window_ms": 2000, "tick_ms": 700},
        ["REL-1", "EXH-1", "REL-3", "CHG-6", "REL-6", "RCH-1"],
    ),
    "found open, where a start with little credit cannot close it": (
        {"policy": "trial", "balance": -777},
        ["EXH-1", "EXH-3"],
    ),
    "all the time that is promised, on a bench whose exchanges are slow": (
        {"command_took": 1000, "recharge_took": 1000, "reclose_took": 1000, "latency_us": 5000},
        ["REL-1", "EXH-2"],
    ),
    "class and load both at the end of what they may be off": (
        {"policy": "uppcl_2026_01", "error_ppm": 10_000, "load_accuracy": "1", "load_error": -1000, "tolerance": "1.0"},
        ["CHG-4"],
    ),
    "a price by the slab of a month, in another month after much was used": (
        {"policy": "mepdcl_2026", "quantum_wh": "10", "tick_ms": 2000},
        ["CHG-4", "EXH-10"],
    ),
    "a wallet of energy, whose few steps last longer than a mean of half a minute": (
        {"map": "odd_kwh", "family": "demand_average", "average_s": 30},
        ["EXH-7"],
    ),
    "the same, seen while the line is being switched off": (
        {"answers_ms": 150, "every_ms": 50, "latency_us": 5000, "sense_ms": 7},
        ["PWR-4"],
    ),
    "blocks of whole windows that drift, as these do not fill the length of a mean": (
        {"window_ms": 1823, "family": "demand_average", "average_s": 120, "blocks": True, "grid_took": 900},
        ["OVL-8", "OVL-1", "OVL-6"],
    ),
    "a month of the clock comes again after the clock was put back": ({"policy": "trial"}, ["CHG-5", "CHG-6"]),
    "the clock is set before the tick that books what a new month costs": (
        {"policy": "trial", "tick_ms": 10_000},
        ["CHG-5", "CHG-6"],
    ),
    "a command with a key before it, carried out in all the time that is promised": (
        {"map": "odd_kwh", "command_took": 1000, "every_ms": 10},
        ["REL-1"],
    ),
}


@pytest.mark.parametrize("why", ONCE_BLAMED)
def test_a_healthy_meter_is_blamed_no_more(why: str) -> None:
    differs, scenarios = ONCE_BLAMED[why]
    trial = try_out(HealthyMeter(0, Traits(**differs)), scenarios)
    assert trial.clean, "\n".join(trial.in_words())
    assert trial.judged == len(scenarios)
