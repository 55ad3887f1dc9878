"""What a map promises and a policy charges, as settings of the firmware."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from drivers.emulated.meter.money_table import MoneyTable
from drivers.emulated.meter.tariff import priced
from rig.clock import SECOND, seconds
from rig.errors import ConfigError


def as_promised(promises: Mapping[str, Any]) -> dict[str, Any]:
    """The promises as fields: kept exactly where the meter's grid is promised, with room where a limit is promised."""
    found: dict[str, Any] = {}
    for promise, (name, parts) in _DURATIONS.items():
        if promise in promises:
            found[name] = seconds(promises[promise]) * parts // 100
    if "energy_quantum_wh" in promises:
        pulses = 1000 / Fraction(promises["energy_quantum_wh"])
        if pulses.denominator != 1:
            raise ConfigError(f"promises.energy_quantum_wh: {promises['energy_quantum_wh']} Wh does not divide a kWh")
        found["imp_per_kwh"] = int(pulses)
    for promise, name in (
        ("smallest_recharge_paise", "smallest_recharge"),
        ("largest_recharge_paise", "largest_recharge"),
    ):
        if promise in promises:
            found[name] = promises[promise]
    found |= _limits(promises)
    if "starting_current_a" in promises:
        found["starting_ma"] = int(Fraction(promises["starting_current_a"]) * 1000)
    found |= _noticed(promises)
    if "control_mode" in promises:
        found["control_mode"] = promises["control_mode"]
    found |= {f"control_{cause}": state for cause, state in promises.get("control_state", {}).items()}
    return found


def _limits(promises: Mapping[str, Any]) -> dict[str, Any]:
    """What is promised of overload and over-current, as fields."""
    overload = promises.get("overload", {})
    family = overload.get("family", "definite_time")
    found: dict[str, Any] = {
        "trips_at_limit": overload.get("compares", ">") == ">=",
        "overload_family": "block_average" if overload.get("average") == "block" else family,
        "overload_curve": tuple(
            (Fraction(pair["times"]), _whole_seconds("overload.pairs", pair["delay_s"]))
            for pair in overload.get("pairs", ())
        ),
        "average_s": _whole_seconds("overload.average_s", overload.get("average_s", "0")),
    }
    if "cleared_after_s" in overload:
        found["cleared_after_ns"] = seconds(overload["cleared_after_s"])
    if "delay_s" in overload:
        found["fixed_delay_ns"] = seconds(overload["delay_s"])
    if current := promises.get("over_current"):
        found["most_ma"] = int(Fraction(current["amps"]) * 1000)
        found["over_current_s"] = _whole_seconds("over_current.delay_s", current["delay_s"])
    return found


def _noticed(promises: Mapping[str, Any]) -> dict[str, Any]:
    """What is promised of voltage, tampering and the event log, as fields."""
    found: dict[str, Any] = {"log_stops_when_full": promises.get("event_log") == "stops"}
    voltage, tamper = promises.get("line_voltage", {}), promises.get("tamper", {})
    if voltage:
        found["over_voltage_mv"] = int(Fraction(voltage["over_v"]) * 1000)
        found["low_voltage_mv"] = int(Fraction(voltage["low_v"]) * 1000)
    lasts = {seconds(promised["lasts_s"]) for promised in (voltage, tamper) if promised}
    if len(lasts) > 1:
        raise ConfigError(
            "promises.tamper.lasts_s: the emulated meter waits equally long for a voltage and for a tamper sign"
        )
    found["tamper_opens"] = tamper.get("opens_relay", False)
    return {**found, **({"watch_persistence_ns": lasts.pop()} if lasts else {})}


def _whole_seconds(key: str, text: str) -> int:
    """Whole seconds. ConfigError for anything between."""
    whole, rest = divmod(seconds(text), SECOND)
    if rest:
        raise ConfigError(f"promises.{key}: the emulated meter counts whole seconds here, and {text} s are none")
    return whole


def as_charged(money: Mapping[str, Any]) -> dict[str, Any]:
    """A money table as fields: the price in whole parts of a paisa, everything else as it stands."""
    fields_of_its_own = {key: to for key, to in money.items() if key not in MoneyTable.model_fields}
    price = fields_of_its_own.pop("price_paise_per_kwh", None)
    allowed = fields_of_its_own.pop("overload_allowed", True)
    table = MoneyTable.read(money)
    found = {**fields_of_its_own, "money": table}
    if not allowed:
        found["overload_enabled"] = False
    if price is not None or table.slabs:
        divisor, prices = priced(Fraction(str(price if price is not None else 0)), table)
        found |= {"price_paise": prices[0][0], "price_divisor": divisor}
        if len(prices) > 1 or len(prices[0]) > 1:
            found["prices"] = tuple(map(tuple, prices))
    return found


_DURATIONS = {
    "metering_window_s": ("window_ns", 100),
    "ledger_tick_s": ("tick_ns", 100),
    "status_refresh_s": ("refresh_ns", 100),
    "contact_s": ("contact_ns", 100),
    "command_s": ("command_ns", 25),
    "recharge_s": ("recharge_ns", 12),
    "reclose_after_recharge_s": ("reclose_ns", 25),
    "power_up_s": ("power_up_ns", 60),
}
"""Promise -> field, and how much of the promised time the firmware takes (percent)."""
