"""The bytes that were written out by hand, held against driver and emulated face separately: a common error cannot cancel."""

from __future__ import annotations

import pytest

from drivers.meters.face import Face
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.register_map import load_map
from drivers.meters.write_plan import planned_writes
from drivers.modbus.codec import answer
from rig.clock import Span, VirtualClock
from tests.drivers.meters.devices import DictStore, Playback
from tests.drivers.meters.exchange_file import Exchange, exchanges

REFERENCE = load_map("reference")
ALL = exchanges("reference")


def _name(exchange: Exchange) -> str:
    return f"line{exchange.line}-{'-'.join(exchange.values)}"


READS = [one for one in ALL if not one.writes]
WRITES = [one for one in ALL if one.writes]


def test_every_readable_and_every_writable_item_stands_in_the_file() -> None:
    read = {item for one in READS for item in one.values}
    written = {item for one in WRITES for item in one.values}
    assert read == REFERENCE.readable
    assert written == {name for name, item in REFERENCE.items.items() if item.write_table is not None}


@pytest.mark.parametrize("exchange", READS, ids=_name)
def test_driver_asks_for_and_understands(exchange: Exchange) -> None:
    ((item, expected),) = exchange.values.items()
    meter = ModbusMeter(REFERENCE, Playback(exchange.request, exchange.answer), 1, VirtualClock(), "P01 meter")
    reading = meter.read(item)
    assert reading.values == {item: expected}
    assert type(reading.values[item]) is type(expected) or item == "power"
    assert reading.spans == {item: Span(100, 300)}
    words = exchange.answer[2:]
    assert reading.raw[item] == tuple(int.from_bytes(words[at : at + 2], "big") for at in range(0, len(words), 2))


@pytest.mark.parametrize("exchange", READS, ids=_name)
def test_face_gives_the_answer(exchange: Exchange) -> None:
    store = DictStore(REFERENCE, **exchange.values)
    assert answer(Face(REFERENCE, store), exchange.request).hex() == exchange.answer.hex()


@pytest.mark.parametrize("exchange", WRITES, ids=_name)
def test_driver_writes_these_bytes(exchange: Exchange) -> None:
    (write,) = planned_writes(REFERENCE, exchange.values)
    assert write.read_first is None
    assert write.request(1, None).pdu.hex() == exchange.request.hex()


@pytest.mark.parametrize("exchange", WRITES, ids=_name)
def test_face_takes_these_bytes(exchange: Exchange) -> None:
    store = DictStore(REFERENCE)
    assert answer(Face(REFERENCE, store), exchange.request).hex() == exchange.answer.hex()
    assert store.written == list(exchange.values.items())
