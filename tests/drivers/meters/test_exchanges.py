"""The bytes that were written out by hand, held against driver and emulated face separately: a common error cannot cancel."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from drivers.meters.face import Face
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.register_map import RegisterMap, load_map, shipped_maps
from drivers.meters.write_plan import planned_writes
from drivers.modbus.codec import VENDOR_WRITES, answer
from rig.clock import Span, VirtualClock
from tests.drivers.meters.devices import DictStore, Playback
from tests.drivers.meters.exchange_file import Exchange, exchanges


@dataclass(frozen=True)
class Row:
    """One exchange and the map it belongs to."""

    map: RegisterMap
    exchange: Exchange

    @property
    def name(self) -> str:
        return f"{self.map.name}-line{self.exchange.line}-{'-'.join(self.exchange.values)}"

    def answered_by(self, store: DictStore) -> str:
        """What the face answers, in hex, with the maker's own functions where the map has any."""
        own = {item.write_function for item in self.map.items.values()} & VENDOR_WRITES
        return answer(Face(self.map, store), self.exchange.request, own).hex()


MAPS = {name: load_map(name) for name in shipped_maps()}
ALL = [Row(map_, one) for name, map_ in MAPS.items() for one in exchanges(name)]
READS = pytest.mark.parametrize("row", [row for row in ALL if not row.exchange.writes], ids=lambda row: row.name)
WRITES = pytest.mark.parametrize("row", [row for row in ALL if row.exchange.writes], ids=lambda row: row.name)


@pytest.mark.parametrize("name", MAPS)
def test_every_readable_and_every_writable_item_stands_in_the_file(name: str) -> None:
    map_ = MAPS[name]
    rows = [one for one in exchanges(name) if one.values]
    read = {item for one in rows if not one.writes for item in one.values}
    written = {item for one in rows if one.writes for item in one.values}
    assert read == map_.readable
    assert written == {name for name, item in map_.items.items() if item.write_table is not None}


@READS
def test_driver_asks_for_and_understands(row: Row) -> None:
    one = row.exchange
    meter = ModbusMeter(row.map, Playback(one.request, one.answer), 1, VirtualClock(), "P01 meter")
    reading = meter.read(*one.values)
    assert reading.values == one.values
    assert not any(isinstance(value, float) for value in reading.values.values())
    assert set(reading.spans.values()) == {Span(100, 300)}
    if one.request[0] > 2:
        words = one.answer[2:]
        whole = tuple(int.from_bytes(words[at : at + 2], "big") for at in range(0, len(words), 2))
        assert set(reading.raw.values()) == {whole}


@READS
def test_face_gives_the_answer(row: Row) -> None:
    assert row.answered_by(DictStore(row.map, **row.exchange.values)) == row.exchange.answer.hex()


@WRITES
def test_driver_writes_these_bytes(row: Row) -> None:
    (write,) = planned_writes(row.map, row.exchange.values)
    assert write.read_first is None
    assert write.request(1, None).pdu.hex() == row.exchange.request.hex()


@WRITES
def test_face_takes_these_bytes(row: Row) -> None:
    store = DictStore(row.map)
    assert row.answered_by(store) == row.exchange.answer.hex()
    assert sorted(store.written) == sorted(row.exchange.values.items())
