"""A policy as a wallet of energy keeps it: a kWh bought is a kWh spent, whatever it costs at the counter."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from rig.errors import ConfigError
from rig.money import RUPEES, MoneyUnit
from rig.policies.sinks import Sink
from rig.policies.tariff import Tariff
from rig.policies.values import Source, Stated
from rig.policy_file import PolicyFile

WORDS = "wallet of energy: amounts are kWh"


def energy_unit(step_wh: Fraction) -> MoneyUnit:
    """What an amount in steps of `step_wh` (Wh) is called."""
    return MoneyUnit(f"{Decimal(step_wh.numerator) / step_wh.denominator / 1000:f} kWh")


def in_unit(stated: Stated, unit: MoneyUnit) -> Stated:
    """What a policy states, as whoever reads it should: in a wallet of energy a kWh costs a kWh, and nothing is in rupees."""
    return (stated[0], "1", "kWh/kWh") if unit != RUPEES and stated[0] == "tariff.energy_charge" else stated


def in_energy(file: PolicyFile, step_wh: Fraction, map_name: str) -> PolicyFile:
    """The policy for a meter whose balance counts steps of `step_wh` (Wh); a "paisa" is one step from here on.

    What a policy says in rupees (rates, charges, who gets what of a payment) is done at the counter, before the kWh reach
    the meter, so of it nothing is left; when supply may be cut, and overload, stay as they are.

    Raises:
        ConfigError: the step is no decimal part of a kWh.
    """
    steps_per_kwh = 1000 / step_wh
    if steps_per_kwh.denominator != 1:
        raise ConfigError(f"map {map_name}: registers.balance.scale: a kWh is no whole number of its steps; check it")
    left: dict[str, Any] = {
        "title": f"{file.title} ({WORDS})",
        "tariff": Tariff(energy_charge=Decimal(steps_per_kwh.numerator) / 100),
        "sinks": [Sink(kind="balance", mode="all")],
        "instalment": None,
        "emergency_credit": None,
        "reconnection": None,
    }
    changed = file.model_copy(update=left)
    by_map = Source(source=f"map {map_name}: {steps_per_kwh} steps of its wallet are a kWh", date=str(file.reviewed_on))
    sources = {path: file.sources.get(path, by_map) for path, _, _ in changed.stated()}
    return changed.model_copy(update={"sources": {**sources, "tariff.energy_charge": by_map, "sinks.balance": by_map}})
