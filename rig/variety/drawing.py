"""Draws the traits of a healthy meter. Most stay as shipped in any one meter, so that a wrong verdict has few causes."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from rig.catalogue import files
from rig.variety.traits import PPM, Traits

QUANTA = ("0.3125", "0.5", "0.625", "1", "1.25", "2", "2.5", "5", "10", "20", "50", "100")
NEAR_EDGES = (
    "2026-03-03T23:59:30", "2026-03-03T23:50:00", "2026-12-31T23:58:00", "2026-12-31T17:59:00", "2026-03-08T10:00:00",
    "2026-03-14T09:30:00", "2026-03-13T23:59:00", "2026-03-07T17:58:30", "2026-02-28T23:59:50", "2028-02-29T12:00:00",
    "2026-01-31T07:59:30", "2026-01-01T00:00:00", "2026-08-15T05:59:58", "2026-03-31T21:59:00", "2026-03-10T00:00:01",
    "2026-06-30T23:59:57", "2026-04-01T10:59:40", "2026-05-09T12:59:50", "2026-10-02T17:59:55",
)  # fmt: skip
"""Shortly before midnights, ends of months and years, and the edges of protected time."""
OPENINGS = (-777, 1, 0, 123_456_789, 7, -1, 2_000_000_001, 99_999, 500_000)
OURS = "prepaid-meter-rig"
"""The policies of this distribution; a private package would give every seed another meter."""
KWH_MAP = "odd_kwh"
KWH_EACH = 6
"""One meter in so many holds energy."""


def drawn(seed: int) -> Traits:
    """The traits of the meter of this seed."""
    chance = _Chance(seed)
    policies = [entry.name for entry in files("policies") if entry.package == OURS]
    found: dict[str, Any] = {"policy": policies[seed % len(policies)]}
    if chance.of(KWH_EACH) == 0:
        found["map"] = KWH_MAP
    _promised(found, chance)
    _overload(found, chance)
    _kept(found, chance)
    _found(found, chance)
    _bench(found, chance)
    return Traits(**found)


class _Chance(Random):
    """Draws always as much, so that one trait more does not change the others of a seed."""

    def of(self, most: int) -> int:
        """A number below `most`."""
        return self.randrange(most)

    def some(self, found: dict[str, Any], part: float, name: str, *options: Any) -> None:
        """One of the options with this probability."""
        option = self.choice(options)
        if self.random() < part:
            found[name] = option


def _promised(found: dict[str, Any], chance: _Chance) -> None:
    chance.some(found, 0.6, "quantum_wh", *QUANTA)
    chance.some(found, 0.5, "window_ms", 200, 250, 400, 500, 1500, 2000, 200 + chance.of(1801))
    chance.some(found, 0.5, "tick_ms", 500, 700, 1250, 2000, 5000, 10_000, 500 + chance.of(3000))
    chance.some(found, 0.4, "refresh_ms", 50, 300, 500, 1000, 50 + chance.of(951))
    chance.some(found, 0.4, "contact_ms", 5, 8, 10, 15, 5 + chance.of(16))
    chance.some(found, 0.3, "recharge_ms", 500, 1500, 2000)
    chance.some(found, 0.3, "reclose_ms", 500, 1000, 5000)
    chance.some(found, 0.3, "command_ms", 100, 500, 1000)
    chance.some(found, 0.3, "power_up_ms", 500, 2000, 3000)
    chance.some(found, 0.2, "accuracy", "0.5", "2.0")
    chance.some(found, 0.1 if "map" not in found else 0, "over_current", ("24.5", "5"), ("24.5", "1"), ("20", "3"))
    chance.some(found, 0.15, "starting_current", "0.02", "0.004", "0.04")
    states = [2 * chance.of(2) for _ in range(4)]
    states[2] = min(states[1:3])
    chance.some(found, 0.4, "control_states", tuple(states))
    chance.some(found, 0.3, "control_mode", *(range(7) if "map" not in found else (7,)))


def _overload(found: dict[str, Any], chance: _Chance) -> None:
    chance.some(found, 0.5, "family", "demand_average", "inverse")
    chance.some(found, 0.3 if "family" not in found else 0, "delay_s", 7, 60, 3)
    chance.some(found, 0.7, "average_s", 30, 20, 120)
    chance.some(found, 0.4, "blocks", True)
    chance.some(found, 0.7, "curve", 1, 2)
    chance.some(found, 0.4, "compares", ">=")
    chance.some(found, 0.3, "cleared_s", 600, 30, 120)


def _kept(found: dict[str, Any], chance: _Chance) -> None:
    chance.some(found, 0.3, "contact_took", 200, 500, 800)
    for what in ("command", "recharge", "reclose", "power_up"):
        chance.some(found, 0.4, f"{what}_took", 10, 999, 1000, 10 + chance.of(990))
    chance.some(found, 0.25, "answers_ms", 20, 80, 150, 199)
    chance.some(found, 0.4, "grid_took", chance.of(1000))
    chance.some(found, 0.4, "drift_ppb", 5787, -5787, chance.randint(-5787, 5787))
    most = int(float(found.get("accuracy", "1.0")) * PPM)
    chance.some(found, 0.4, "error_ppm", most, -most, chance.randint(-most, most))
    if found.get("error_ppm"):
        found["tolerance"] = chance.choice(("", found.get("accuracy", "1.0"), "2.0"))
    else:
        chance.some(found, 0.4, "tolerance", "", "0.5")


def _found(found: dict[str, Any], chance: _Chance) -> None:
    holds_energy = "map" in found
    chance.some(found, 0.5, "balance", *OPENINGS)
    chance.some(found, 0.5 if not holds_energy else 0, "arrears", 12_345, 1, 99_999_999, 500_000, 2_200_000)
    chance.some(found, 0.3, "load_limit", 1500, 500, 4500, 100, 2999, 4999, 20_000)
    chance.some(found, 0.3, "over_s", 1, 5, 30, 60, 300)
    chance.some(found, 0.3, "under_s", 0, 1, 60, 300)
    chance.some(found, 0.3, "attempts", 0, 1, 5, 20)
    chance.some(found, 0.3, "interval_s", 1, 5, 120, 600)
    chance.some(found, 0.3, "lock_out_s", 60, 10, 7200)
    chance.some(found, 0.3, "alarm_1", 0, 60_000, 100, 5000, 5000 if holds_energy else -500)
    chance.some(found, 0.3, "alarm_2", 0, 10_000, 50, -1)


def _bench(found: dict[str, Any], chance: _Chance) -> None:
    anywhere = datetime(2026, 1, 1) + timedelta(seconds=chance.of(365 * 86_400))
    chance.some(found, 0.4, "start", *NEAR_EDGES)
    chance.some(found, 0.3, "start", anywhere.isoformat())
    chance.some(found, 0.3, "sense_ms", 3, 7, 12, 30)
    chance.some(found, 0.5, "load_accuracy", "0.1", "0.2", "0.5", "1")
    chance.some(found, 0.8, "load_error", 1000, -1000, chance.randint(-1000, 1000))
    chance.some(found, 0.4, "every_ms", 10, 13, 33, 50)
    chance.some(found, 0.3, "latency_us", 50, 1000, 5000)
    chance.some(found, 0.3, "volts", "240", "207", "253")
    chance.some(found, 0.1, "hertz", "60")
    chance.some(found, 0.3, "order", 1 + chance.of(1 << 30))
