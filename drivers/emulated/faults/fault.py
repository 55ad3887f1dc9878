"""What a named fault is: where it lives, what it changes there, and what a good rig sees of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drivers.emulated.circuit import Circuit
from drivers.modbus.unit import Unit

BusFault = Callable[[Unit, frozenset[tuple[str, int]]], Unit]
"""(unit, where its map keeps two-word numbers, as (table, address of the first word)) -> the unit with the fault."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by its id in the list of faults. `where` is the place it lives in; `expected` what a good rig sees.

    `rooms` are subclasses of parts of the firmware that take their places; `plant` changes the copper; `bus` wraps the
    unit that answers on the line.
    """

    id: str
    title: str
    where: str
    expected: str
    rooms: tuple[type[Any], ...] = ()
    plant: Callable[[Circuit], None] | None = None
    bus: BusFault | None = None
