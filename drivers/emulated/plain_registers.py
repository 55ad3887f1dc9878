"""What the firmware does not know of a map: registers that keep what is written, and the map's own ways to move the relay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from drivers.meters.face import ItemStore
from drivers.meters.map_model import Command
from drivers.meters.register_map import Item, RegisterMap
from rig.contracts import ITEMS, Value

_SAME_AS = {"apparent_power": "power", "energy_total": "energy", "import_energy": "energy"}
"""Registers of a map's own that show what the firmware knows under another name: reactive power is nought here."""


class Firmware(ItemStore, Protocol):
    """The meter itself."""

    def knows(self, item: str) -> bool:
        """True for an item that it reads or writes itself."""


class PlainRegisters:
    """`ItemStore` of the firmware, and beside it whatever else the map has.

    A register that the firmware does not know holds nothing at first (0, an empty text, the least that it may be), and then
    what was written. When the registers of the map's `[relay]` table stand as a command says, the relay gets that command.
    """

    def __init__(self, map_: RegisterMap, meter: Firmware) -> None:
        self._meter = meter
        self._kept: dict[str, Value] = {
            name: _at_first(item, map_)
            for name, item in map_.items.items()
            if not meter.knows(name) and not (name in ITEMS and item.write_table is None)
        }
        relay = map_.file.relay
        self._commands: list[tuple[bool, Mapping[str, Value]]] = []
        if relay is not None and "relay_control" not in map_.items:
            closed = _stands(relay.reconnect)
            self._commands = [(False, _stands(relay.disconnect)), (True, closed)]
            self._kept |= {name: value for name, value in closed.items() if name in self._kept}

    def get(self, item: str) -> Value:
        """See `ItemStore`."""
        if item in self._kept:
            same = _SAME_AS.get(item)
            return self._meter.get(same) if same else self._kept[item]
        return self._meter.get(item)

    def set(self, item: str, to: Value) -> None:
        """See `ItemStore`."""
        if item not in self._kept:
            self._meter.set(item, to)
            return
        self._kept[item] = to
        for closed, stands in self._commands:
            if item in stands and all(self._kept.get(name) == value for name, value in stands.items()):
                self._meter.set("relay_control", int(closed))

    def event(self, sequence: int) -> Mapping[str, int | datetime | None] | None:
        """See `ItemStore`."""
        return self._meter.event(sequence)


def _stands(commands: Command | Sequence[Command]) -> dict[str, Value]:
    """How the registers stand after these commands."""
    steps = commands if isinstance(commands, Sequence) else [commands]
    return {step.register_: step.value for step in steps}


def _at_first(item: Item, map_: RegisterMap) -> Value:
    register = map_.file.registers[item.name]
    if register.values:
        return next(iter(register.values.values()))
    nothing = item.codec.decode(bytes(2 * item.registers), 0)
    try:
        item.codec.encode(nothing)
    except ValueError:
        return int(float(register.least)) if register.least is not None else None
    return nothing
