"""Where the items of a map file stand: tables, functions and addresses on the wire."""

from __future__ import annotations

from drivers.meters.blocks import Reach, Stretch
from drivers.meters.item_codec import registers_of
from drivers.meters.map_model import MapFile, Register

READ_TABLES = {1: "coil", 2: "discrete", 3: "holding", 4: "input"}
_READ_FUNCTIONS = {table: function for function, table in READ_TABLES.items()}
_WRITE_TABLES = {5: "coil", 6: "holding", 15: "coil", 16: "holding"}


def read_table(register: Register) -> str | None:
    """The table that its read function reads; None for a write-only item."""
    if register.access == "write":
        return None
    return READ_TABLES[register.read_function or _READ_FUNCTIONS[register.table]]


def write_function(register: Register) -> int:
    """The map's, or 5 for a coil and 16 for registers, whatever their number."""
    return register.write_function or (5 if register.table == "coil" else 16)


def write_table(register: Register) -> str | None:
    """The table that its write function writes; None for a read-only item."""
    return None if register.access == "read" else _WRITE_TABLES.get(write_function(register), "holding")


def stretch_of(register: Register, file: MapFile) -> Stretch:
    """Its addresses on the wire, in the table that the map names."""
    start = register.address - file.address_base
    return Stretch(register.table, start, start + registers_of(register, file.clock))


def ring_stretch(file: MapFile) -> Stretch | None:
    """The addresses of the whole event log."""
    if file.events is None:
        return None
    start = file.events.address - file.address_base
    return Stretch(file.events.table, start, start + file.events.entries * file.events.registers_per_entry)


def untouchable(file: MapFile) -> tuple[Stretch, ...]:
    """The addresses that must never be asked for or written."""
    return tuple(
        Stretch(p.table, p.address - file.address_base, p.address - file.address_base + p.count)
        for p in file.never_touch
    )


def reach_of(file: MapFile) -> Reach:
    """What one read request may hold."""
    readable: dict[str, set[int]] = {}
    for register in file.registers.values():
        if (table := read_table(register)) is not None:
            place = stretch_of(register, file)
            readable.setdefault(table, set()).update(range(place.start, place.end))
    if (ring := ring_stretch(file)) is not None:
        readable.setdefault(ring.table, set()).update(range(ring.start, ring.end))
    known = {table: frozenset(addresses) for table, addresses in readable.items()}
    return Reach(known, untouchable(file), file.readable_gaps, file.max_registers_per_read)
