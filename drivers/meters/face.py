"""The register face of an emulated meter: the same map as the driver's, served from a store of items."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from drivers.meters.blocks import Stretch
from drivers.meters.register_map import EventRing, Item, RegisterMap
from drivers.modbus.codec import DEVICE_FAILURE, ILLEGAL_ADDRESS, ILLEGAL_VALUE, ModbusRefusal
from rig.contracts import Value

_GAP = -1
"""The place of a register that the map does not name, and that may be read; it holds 0."""


class ItemStore(Protocol):
    """What the firmware knows, by item name; values in the rig's units as `rig.contracts.ITEMS` says.

    Registers of the map's own (`recharge_result`, ...) are whole numbers, or what the map makes of them.
    """

    def get(self, item: str) -> Value:
        """The item's value now."""

    def set(self, item: str, to: Value) -> None:
        """Take a written value. Raises ModbusRefusal with the exception code that the meter answers."""

    def event(self, sequence: int) -> Mapping[str, int | datetime | None] | None:
        """Fields of the event log entry of this number; None when it never was, or was overwritten."""


_NOTHING = object()


@dataclass(slots=True)
class _Cell:
    """Items that share one stretch of registers: one, or the parts of one register. `words` is how `shown` was shown last."""

    items: tuple[Item, ...]
    start: int
    end: int
    shown: object = _NOTHING
    words: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a read takes from one cell (or from one event log entry, by its place, or from a gap): words `first` up to `last`."""

    cell: _Cell | None
    place: int
    first: int
    last: int


class Face:
    """`RegisterSpace` over an `ItemStore`.

    Reads of holes and of write-only items, writes to read-only items, to parts of an item or of a block that is written
    whole: exception 2. A value that the map does not allow: exception 3. A value that the register cannot show: 4.
    A write of several registers is checked whole, then becomes one `set` per item, in address order; of the parts of one
    register only for those that change.
    """

    def __init__(self, map_: RegisterMap, store: ItemStore) -> None:
        self._map = map_
        self._store = store
        self._get = store.get
        self._reading = _cells(map_, writing=False)
        self._writing = _cells(map_, writing=True)
        self._blocks = [frozenset(group) for group in map_.file.block_write_only]
        self._reads: dict[tuple[str, int, int], tuple[_Piece, ...]] = {}
        self._single: dict[tuple[str, int, int], Item] = {}
        self._writes: dict[tuple[str, int, int], tuple[_Cell, ...]] = {}
        self._entries: dict[tuple[tuple[str, int | datetime | None], ...], list[int]] = {}
        """Words of event log entries that were served before."""

    def read(self, table: str, address: int, count: int) -> Sequence[int]:
        """See `RegisterSpace`."""
        key = (table, address, count)
        item = self._single.get(key)
        try:
            if item is not None:
                codec = item.codec
                return codec.words(codec.show(self._get(item.name)))
            words: list[int] = []
            newest: int | None = None
            for piece in self._reads.get(key) or self._read_plan(key):
                if piece.cell is None and piece.place != _GAP:
                    newest = self._newest() if newest is None else newest
                    own = self._entry(piece.place, newest)
                else:
                    own = self._words(piece)
                words += own if len(own) == piece.last - piece.first else own[piece.first : piece.last]
        except ValueError:
            raise ModbusRefusal(DEVICE_FAILURE) from None
        return words

    def write(self, table: str, address: int, words: Sequence[int]) -> None:
        """See `RegisterSpace`."""
        key = (table, address, len(words))
        cells = self._writes.get(key) or self._write_plan(key)
        bits = table == "coil"
        written: list[tuple[str, Value]] = []
        for cell in cells:
            part = words[cell.start - address : cell.end - address]
            taken = bytes(part) if bits else struct.pack(f">{len(part)}H", *part)
            for item in cell.items:
                to = _checked(item, taken)
                if len(cell.items) == 1 or self._get(item.name) != to:
                    written.append((item.name, to))
        for name, to in written:
            self._store.set(name, to)

    def _read_plan(self, key: tuple[str, int, int]) -> tuple[_Piece, ...]:
        table, at, end = key[0], key[1], key[1] + key[2]
        ring = self._map.events
        pieces: list[_Piece] = []
        while at < end:
            cell = self._reading.get((table, at))
            if cell is not None:
                piece = _Piece(cell, 0, at - cell.start, min(end, cell.end) - cell.start)
            elif ring is not None and ring.table == table and ring.stretch.start <= at < ring.stretch.end:
                place, first = divmod(at - ring.address, ring.registers_per_entry)
                piece = _Piece(None, place, first, min(ring.registers_per_entry, first + end - at))
            elif self._map.reach.allows(Stretch(table, at, at + 1)):
                piece = _Piece(None, _GAP, 0, 1)
            else:
                raise ModbusRefusal(ILLEGAL_ADDRESS)
            pieces.append(piece)
            at += piece.last - piece.first
        plan = self._reads[key] = tuple(pieces)
        only = plan[0].cell
        if only is not None and key[1:] == (only.start, only.end - only.start) and only.items[0].codec.whole:
            self._single[key] = only.items[0]
        return plan

    def _words(self, piece: _Piece) -> Sequence[int]:
        cell = piece.cell
        if cell is None:
            return (0,)
        if len(cell.items) > 1:
            pattern = 0
            for item in cell.items:
                pattern |= item.codec.show(self._get(item.name))
            return cell.items[0].codec.words(pattern)
        item = cell.items[0]
        value = self._get(item.name)
        if value != cell.shown:
            cell.words = item.codec.words(item.codec.show(value))
            cell.shown = value
        return cell.words

    def _newest(self) -> int:
        """The number of the newest entry of the event log."""
        assert self._map.events is not None
        return int(self._get(self._map.events.sequence) or 0)  # type: ignore[arg-type]

    def _entry(self, place: int, newest: int) -> Sequence[int]:
        ring = self._map.events
        assert ring is not None
        found = self._store.event(_sequence_at(place, newest, ring, self._map))
        if found is None:
            return [0] * ring.registers_per_entry
        key = tuple(found.items())
        words = self._entries.get(key)
        if words is None:
            words = self._entries[key] = _entry_words(found, ring)
            if len(self._entries) > 4 * ring.entries:
                del self._entries[next(iter(self._entries))]
        return words

    def _write_plan(self, key: tuple[str, int, int]) -> tuple[_Cell, ...]:
        table, at, end = key[0], key[1], key[1] + key[2]
        cells: list[_Cell] = []
        while at < end:
            cell = self._writing.get((table, at))
            if cell is None or cell.start != at or cell.end > end:
                raise ModbusRefusal(ILLEGAL_ADDRESS)
            cells.append(cell)
            at = cell.end
        names = {item.name for cell in cells for item in cell.items}
        if any(names & block and not block <= names for block in self._blocks):
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        plan = self._writes[key] = tuple(cells)
        return plan


def _cells(map_: RegisterMap, *, writing: bool) -> dict[tuple[str, int], _Cell]:
    """Every address that can be read (written), and the cell that it belongs to."""
    shared: dict[tuple[str, int, int], list[Item]] = {}
    for item in map_.items.values():
        table = item.write_table if writing else item.read_table
        if table is not None:
            shared.setdefault((table, item.address, item.address + item.registers), []).append(item)
    cells: dict[tuple[str, int], _Cell] = {}
    for (table, start, end), items in shared.items():
        cell = _Cell(tuple(items), start, end)
        cells.update({(table, address): cell for address in range(start, end)})
    return cells


def _checked(item: Item, taken: bytes) -> Value:
    """The value written, when the map allows it."""
    value = item.codec.decode(taken, 0)
    try:
        item.codec.encode(value)
    except ValueError:
        raise ModbusRefusal(ILLEGAL_VALUE) from None
    return value


def _entry_words(found: Mapping[str, int | datetime | None], ring: EventRing) -> list[int]:
    """An entry of the event log as its registers hold it."""
    words = [0] * ring.registers_per_entry
    for name, offset, codec in ring.fields:
        if (value := found.get(name)) is not None:
            words[offset : offset + codec.registers] = codec.words(codec.show(value))
    return words


def _sequence_at(place: int, newest: int, ring: EventRing, map_: RegisterMap) -> int:
    """Number of the entry that stands at `place` of the ring once entry `newest` is written."""
    back = (newest - 1 - place) % ring.entries
    return (newest - back) % (1 << 16 * map_.items[ring.sequence].registers)
