"""What a bench cannot show, known before anything is energised: its load, its limits, and who is there to lend a hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from rig.config import Limits
from rig.contracts import Capability, Devices
from rig.promises import Promises
from rig.scenario import Means, Scenario

WIRED_OTHERWISE = frozenset({Capability.REACTIVE, Capability.EXPORT, Capability.NEUTRAL_CURRENT})
"""What is seen only with another load, or with the load wired otherwise."""


def means_of(devices: Devices, limits: Limits, promises: Promises, volts: Decimal, load_accuracy: Fraction) -> Means:
    """What may be drawn on this bench, for a meter with these promises."""
    most = min(devices.load.rating_w, limits.watts, int(limits.amps * volts))
    return Means(promises, most, limits.watt_hours, volts, load_accuracy)


def out_of_reach(scenario: Scenario, devices: Devices, means: Means) -> str:
    """Why this bench cannot show a scenario, in words; empty where it can."""
    if Capability.BUTTON in scenario.needs and devices.button is None:
        return "the bench has nobody and nothing that presses the meter's button"
    if WIRED_OTHERWISE & scenario.needs and devices.rewiring is None:
        return "the bench has nobody and nothing that changes the load's wiring or power factor"
    return scenario.unshown(means)
