"""Everything that can be wrong with the emulated bench on purpose, by id. A fault is one subclass or one wrapper."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from drivers.emulated.faults import (
    alarms,
    bus,
    calendar,
    consumption,
    contact,
    credit,
    cut_off,
    devices,
    families,
    limiter,
    memory,
    metering,
    modes,
    noticing,
    numbers,
    recharge,
    records,
    relay,
    running_out,
    sharing,
    tariff,
    wiring,
)
from drivers.emulated.faults.fault import Fault
from drivers.modbus.unit import Unit
from rig.errors import ConfigError

__all__ = ["FAULTS", "Fault", "faults_named", "faulty_unit"]

FAULTS: Mapping[str, Fault] = {
    fault.id: fault
    for place in (
        contact,
        relay,
        consumption,
        credit,
        recharge,
        sharing,
        calendar,
        tariff,
        running_out,
        numbers,
        alarms,
        memory,
        limiter,
        families,
        modes,
        metering,
        records,
        noticing,
        cut_off,
        bus,
        wiring,
        devices,
    )
    for fault in place.FAULTS
}


def faults_named(ids: Collection[str]) -> tuple[Fault, ...]:
    """The faults of these ids, each once. ConfigError names every id that there is not."""
    found = {one: FAULTS.get(one) or _unlisted(one) for one in ids}
    unknown = [f"fault {one!r}: there is none; there are {', '.join(FAULTS)}" for one in ids if found[one] is None]
    if unknown:
        raise ConfigError(unknown)
    return tuple(fault for fault in found.values() if fault is not None)


def _unlisted(id_: str) -> Fault | None:
    from drivers.emulated.faults.unlisted import BATCHES  # read only when somebody asks for one

    return next((faults[id_] for faults in BATCHES.values() if id_ in faults), None)


def faulty_unit(unit: Unit, ids: Collection[str], two_words: frozenset[tuple[str, int]]) -> Unit:
    """The unit behind the bus faults among `ids`. `two_words`: (table, first address) of the map's two-word numbers."""
    for fault in faults_named(ids):
        if fault.bus is not None:
            unit = fault.bus(unit, two_words)
    return unit
