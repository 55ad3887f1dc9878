"""The emulated twin of a position: the same map, policy, limits and channels, a healthy meter, and virtual time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rig.channel import EXCHANGE, EXCHANGE_IN_SIM, sense_delay
from rig.clock import SECOND
from rig.config import Limits, PositionTable
from rig.contracts import Devices
from rig.setup import Setup
from rig.zones import civil_now

ENOUGH = {"watt_hours": 10**9, "seconds": 10**9, "relay_operations": 10_000}
"""Wh, s and operations for any plan."""

_ON_THE_WIRE = 60
"""Bytes of a usual question and its answer together."""
_BITS = 11
_SOCKETS_US = 1000
"""An exchange on sockets (µs)."""
_KEPT = ("latency_us", "civil_zero", "load_dialect", "source_dialect")
"""What stays of the table of an emulated bench. What its meter has of its own, or is wrong with it, is not known beforehand."""


def twin_of(setup: Setup, out: Path) -> Setup:
    """The setup of the twin of `setup`'s position; its files would go to `out`."""
    table = setup.table
    position = _position(table, setup.bench.kind)
    bench = setup.bench.model_copy(
        update={
            "kind": "sim",
            "shared_by": [],
            "positions": [position],
            "emulated": _emulated(setup, position),
        }
    )
    return replace(setup, bench=bench, faults=(), out=out, zero=None, keeper="")


def without_end(twin: Setup) -> Setup:
    """The twin with enough energy, time and operations for any plan, so that the plan can say what it would use."""
    limits = Limits(**{**twin.bench.limits.model_dump(), **ENOUGH})
    return replace(twin, bench=twin.bench.model_copy(update={"limits": limits}))


def _position(table: PositionTable, kind: str) -> PositionTable:
    """The position without addresses; its sense is as slow and unsure as the bench file says, and as sockets are."""
    least, most = sense_delay(table)
    slower = 0 if kind == "sim" else EXCHANGE - EXCHANGE_IN_SIM
    bus = {"type": table.meter.bus["type"]} if table.meter.bus and "type" in table.meter.bus else None
    sense = {"delay_s": [_seconds(least), _seconds(most + slower)]} if most or slower else None
    meter = table.meter.model_copy(update={"bus": bus, "secrets": {}})
    return table.model_copy(update={"meter": meter, "sense": sense, "source": None, "button": None, "tampering": None})


def _seconds(ns: int) -> str:
    return f"{ns // SECOND}.{ns % SECOND:09d}"


def _emulated(setup: Setup, position: PositionTable) -> dict[str, Any]:
    bench, table = setup.bench, setup.table
    own = {key: given for key, given in (bench.emulated or {}).items() if key in _KEPT}
    least, most = sense_delay(position)
    found: dict[str, Any] = {
        **({} if bench.kind == "sim" else {"latency_us": _SOCKETS_US, "civil_zero": _now(setup)}),
        **own,
        **({"meter": {"phase_shares": table.phases}} if table.phases else {}),
        "rating_w": int((table.load or {}).get("rating_w", 5000)),
        "sense_delay_us": (least + most) // 2000,
    }
    volts = setup.source_volts
    found["most_volts"] = math.ceil(bench.mains.volts) if volts is None else volts
    if wire := _wire_ns(table.meter.bus or {}):
        found["meter"] = {**found.get("meter", {}), "turnaround_ns": 2 * wire}
    return found


def _wire_ns(bus: Mapping[str, Any]) -> int:
    """What a usual exchange takes on a serial line (ns); an answer of the twin takes up to twice that."""
    if bus.get("type") not in ("rtu", "rtu_over_tcp"):
        return 0
    return _ON_THE_WIRE * _BITS * SECOND // int(bus.get("baud", 9600))


def _now(setup: Setup) -> str:
    """What the meter ought to show: a run in wall time begins now, and midnights fall where they will fall."""
    return civil_now(setup.meter_zone).replace(microsecond=0).isoformat()


def as_equipped(devices: Devices, setup: Setup) -> Devices:
    """The twin's devices without what the bench itself has not: who presses a button, wires the load otherwise, tampers."""
    if setup.bench.kind == "sim":
        return devices
    presses = setup.bench.kind == "loopback" or setup.table.button is not None
    tampers = setup.table.tampering is not None
    return replace(
        devices,
        rewiring=None,
        button=devices.button if presses else None,
        tampering=devices.tampering if tampers else None,
    )
