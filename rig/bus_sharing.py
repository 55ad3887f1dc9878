"""Bus tables with one address are one bus: what those who share it must agree on, and where they must differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_KNOWN = ("tcp", "rtu", "rtu_over_tcp")
_PACE = ("baud", "parity", "stop_bits")
_ADDRESS = ("type", "host", "port")


class _User(NamedTuple):
    path: str
    bus: Mapping[str, Any]
    unit: object
    place: tuple[str, str, object] | None
    """The input of a sense channel or the output of a button (its key, its kind, its number), None for a meter."""


def on_one_bus(positions: Sequence[Mapping[str, Any]]) -> list[str]:
    """What does not fit together on buses that several meters, sense channels or buttons share, each with its key path."""
    users = [user for number, one in enumerate(positions) for user in _users(one, number)]
    wrong = []
    for number, user in enumerate(users):
        for before in users[:number]:
            if user.bus.get("type") in _KNOWN and all(user.bus.get(key) == before.bus.get(key) for key in _ADDRESS):
                wrong += _between(before, user)
    return wrong


def _users(position: Mapping[str, Any], number: int) -> list[_User]:
    path = f"positions.{position.get('name', number)}"
    found = []
    meter = position.get("meter")
    if isinstance(meter, Mapping) and isinstance(bus := meter.get("bus"), Mapping):
        found.append(_User(f"{path}.meter", bus, meter.get("unit", 1), None))
    for what, key, kind in (("sense", "load_side", "input"), ("button", "coil", "output")):
        table = position.get(what)
        if isinstance(table, Mapping) and isinstance(bus := table.get("bus"), Mapping):
            found.append(_User(f"{path}.{what}", bus, table.get("unit", 1), (key, kind, table.get(key))))
    return found


def _between(before: _User, user: _User) -> list[str]:
    wrong = [
        f"{user.path}.bus.{key}: differs from {before.path}.bus, and one line has one pace"
        for key in _PACE
        if user.bus.get(key) != before.bus.get(key)
    ]
    if user.unit != before.unit:
        return wrong
    if user.place is None or before.place is None:
        wrong.append(f"{user.path}.unit: {user.unit} is {before.path} on the same bus; each device needs its own")
    elif user.place == before.place:
        key, kind, number = user.place
        wrong.append(f"{user.path}.{key}: {kind} {number} is {before.path}'s already")
    return wrong
