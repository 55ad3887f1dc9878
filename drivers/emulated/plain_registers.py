"""Between the firmware and the served map: the map's own registers, values, codes and sequences of writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Protocol

from drivers.emulated.result_codes import result_codes
from drivers.emulated.steps import Steps, as_decoded
from drivers.meters.face import ItemStore
from drivers.meters.register_map import Item, RegisterMap
from drivers.modbus.codec import DEVICE_BUSY, ILLEGAL_VALUE, ModbusRefusal
from rig.contracts import ITEMS, Value

_SAME_AS = {"apparent_power": "power", "energy_total": "energy", "import_energy": "energy"}
"""Registers of a map's own that show what the firmware knows under another name: reactive power is nought here."""

RELAY = "relay_control"


class Firmware(ItemStore, Protocol):
    """The meter itself."""

    def shows(self, item: str) -> bool:
        """True for an item that it reads itself."""

    def takes(self, item: str) -> bool:
        """True for an item that can be written to it."""

    def need_unlocked(self, item: str) -> None:
        """Raises ModbusRefusal: this item needs the password first."""


class PlainRegisters:
    """`ItemStore` of the firmware as its map has it, and beside it whatever else the map has.

    A register that the firmware does not show holds nothing at first (0, an empty text, the least that it may be), and then
    what was written. A recharge is committed by the map's value and answered by the map's codes; the relay moves when all
    steps of a command were written in the map's order; the password counts after the steps before it.
    """

    def __init__(self, map_: RegisterMap, meter: Firmware) -> None:
        self._meter = meter
        self._map = map_
        self._kept: dict[str, Value] = {
            name: _at_first(item, map_)
            for name, item in map_.items.items()
            if not meter.shows(name) and not (name in ITEMS and item.write_table is None)
        }
        self._own: dict[str, Callable[[], Value]] = {
            name: partial(self._meter.get, _SAME_AS[name])
            if name in _SAME_AS
            else partial(self._kept.__getitem__, name)
            for name in self._kept
        }
        self._writers: dict[str, Callable[[str, Value], None]] = {}
        self._recharge()
        self._relay()
        self._password()

    def get(self, item: str) -> Value:
        """See `ItemStore`."""
        own = self._own.get(item)
        return self._meter.get(item) if own is None else own()

    def set(self, item: str, to: Value) -> None:
        """See `ItemStore`."""
        self._meter.need_unlocked(item)
        writer = self._writers.get(item)
        if writer is not None:
            writer(item, to)
        elif item not in self._kept or self._meter.takes(item):
            self._meter.set(item, to)
        if item in self._kept:
            self._kept[item] = to

    def event(self, sequence: int) -> Mapping[str, int | datetime | None] | None:
        """See `ItemStore`."""
        return self._meter.event(sequence)

    # ------------------------------------------------------------ recharge

    def _recharge(self) -> None:
        recharge = self._map.file.recharge
        if recharge is None:
            return
        codes = result_codes(recharge.result)
        due = as_decoded(recharge.commit, self._map)

        def commit(_item: str, to: Value) -> None:
            if to != due:
                raise ModbusRefusal(ILLEGAL_VALUE)
            self._meter.set("recharge_commit", 1)

        def result() -> Value:
            code = codes[int(self._meter.get("recharge_result"))]  # type: ignore[arg-type]
            if code is None:
                raise ModbusRefusal(DEVICE_BUSY)
            return code

        self._writers[recharge.commit.register_] = commit
        self._own[recharge.result.register_] = result

    # ------------------------------------------------------------ relay

    def _relay(self) -> None:
        relay = self._map.file.relay
        if relay is None:
            return
        orders = [(False, Steps(relay.disconnect, self._map)), (True, Steps(relay.reconnect, self._map))]
        closed = relay.reconnect if isinstance(relay.reconnect, list) else [relay.reconnect]
        self._kept |= {one.register_: as_decoded(one, self._map) for one in closed if one.register_ in self._kept}

        def step(item: str, to: Value) -> None:
            if self._meter.takes(item) and item != RELAY:
                self._meter.set(item, to)
            for is_closed, steps in orders:
                if item in steps.registers and steps.take(item, to):
                    self._meter.set(RELAY, int(is_closed))
            if self._map.items[item].read_table is None and not any(steps.begun for _, steps in orders):
                raise ModbusRefusal(ILLEGAL_VALUE)

        self._writers |= {name: step for _, steps in orders for name in steps.registers}

    # ------------------------------------------------------------ password

    def _password(self) -> None:
        unlock = self._map.file.unlock
        if unlock is None:
            return
        first = Steps(unlock.first, self._map)

        def door(item: str, to: Value) -> None:
            first.take(item, to)

        def key(_item: str, to: Value) -> None:
            is_open = first.complete
            first.forget()
            if not is_open:
                raise ModbusRefusal(ILLEGAL_VALUE)
            self._meter.set("password", int(to) if isinstance(to, str) and to.isdecimal() else to)

        self._writers |= dict.fromkeys(first.registers, door)
        self._writers[unlock.register_] = key


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
