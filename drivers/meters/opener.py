"""The catalogue's way to a meter that speaks Modbus."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.register_map import RegisterMap
from rig.clock import Clock
from rig.contracts import Bus, Password


def open_meter(
    map_: RegisterMap,
    bus: Bus,
    unit: int,
    clock: Clock,
    where: str,
    secrets: Mapping[str, Password],
    *,
    alternate_lengths: bool = False,
) -> ModbusMeter:
    """A meter on a bus that is already open. Nothing is sent.

    `secrets` holds passwords by register name. `alternate_lengths`: for a line without transaction ids (RTU).

    Raises:
        ConfigError: a secret that the map does not know, or that does not fit.
        ValueError: `unit` is not 1 to 247.
    """
    return ModbusMeter(map_, bus, unit, clock, where, secrets, alternate_lengths=alternate_lengths)
