"""What a bench cannot show, known before anything is energised: its load, its limits, and who is there to lend a hand."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from rig.config import Limits
from rig.contracts import SETTINGS, Capability, Devices, Meter
from rig.event_book import EventBook
from rig.limiting import over_current_watts
from rig.promises import Promises
from rig.scenario import Means, Scenario

_TRIPS = frozenset({"OVERLOAD-TRIP", "OVERLOAD-HOLD", "OVERLOAD-RETRY", "OVERLOAD-FAMILY"})
_OTHER_LIMITS = frozenset({"OVER-CURRENT", "OVERLOAD-SETTINGS"})
"""Under these another limit counts than the one that a scenario starts with."""
_ABOVE = Fraction(11, 10)
"""So many times the limit is surely too much."""
WIRED_OTHERWISE = frozenset({Capability.REACTIVE, Capability.EXPORT, Capability.NEUTRAL_CURRENT})
"""What is seen only with another load, or with the load wired otherwise."""


def means_of(
    devices: Devices,
    limits: Limits,
    promises: Promises,
    volts: Decimal,
    load_accuracy: Fraction,
    source_volts: int | None = None,
) -> Means:
    """What may be drawn and supplied on this bench, for a meter with these promises.

    `source_volts`: what the source can be set to at most (V); None where its voltage is what it is.
    """
    most = min(devices.load.rating_w, limits.watts, int(limits.amps * volts))
    most_volts = None if source_volts is None else min(source_volts, limits.volts)
    return Means(promises, most, limits.watt_hours, volts, load_accuracy, most_volts)


def out_of_reach(scenario: Scenario, devices: Devices, means: Means) -> str:
    """Why this bench cannot show a scenario, in words; empty where it can."""
    if Capability.BUTTON in scenario.needs and devices.button is None:
        return "the bench has nobody and nothing that presses the meter's button"
    if WIRED_OTHERWISE & scenario.needs and devices.rewiring is None:
        return "the bench has nobody and nothing that changes the load's wiring or power factor"
    if Capability.TAMPER in scenario.needs and devices.tampering is None:
        return "the bench has nobody who tampers with the meter"
    return scenario.unshown(means) or _no_overload(scenario, means)


def _no_overload(scenario: Scenario, means: Means) -> str:
    """Why too much load cannot be drawn, where a scenario needs it: the bench has no more, or it would be an over-current."""
    limit = scenario.starts.settings.get("load_limit")
    if limit is None or not _TRIPS & set(scenario.requires) or _OTHER_LIMITS & set(scenario.requires):
        return ""
    carries = over_current_watts(means.promises, means.load_accuracy, means.mains_volts)
    most = means.most_watts if carries is None else min(means.most_watts, carries[0])
    needed = math.ceil(limit * means.promises.overload_begins_at * _ABOVE)
    return "" if most >= needed else f"it needs {needed} W, and bench and meter may carry no more than {most} W"


def not_on_this_meter(scenario: Scenario, meter: Meter, log: EventBook) -> str:
    """Why a meter that has what a scenario needs cannot show it: no setting has ends, or no room is left in its log."""
    if "SETTING-RANGE" in scenario.requires and not any(meter.bounds(item) for item in SETTINGS):
        return "the map states least and most of no setting"
    return _no_room(scenario, log)


def _no_room(scenario: Scenario, log: EventBook) -> str:
    """Why a log that stops when it is full can show a scenario nothing more: half of it is wanted free."""
    if log.wraps or Capability.EVENTS not in scenario.needs or "LOG-FULL" in scenario.requires:
        return ""
    free = log.room()
    return (
        ""
        if free >= log.entries // 2
        else f"the event log stops when it is full, and has room for {free} entries; clear it"
    )
