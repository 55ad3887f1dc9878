"""A log that runs over is read whole, when it is looked at in time."""

from datetime import datetime
from typing import cast

from rig.contracts import Capability, Meter, MeterEvent
from rig.event_book import OFTEN_ENOUGH, EventBook


class Ring:
    """Four entries; each call finds more of them."""

    event_entries = 4

    def __init__(self, capabilities: frozenset[Capability]) -> None:
        self.capabilities = capabilities
        self.written = 0

    def events(self) -> list[MeterEvent]:
        newest = range(max(1, self.written - 3), self.written + 1)
        return [MeterEvent(n, 903, "recharge accepted", datetime(2026, 3, 3, 10, 0, n)) for n in newest]


def test_what_the_ring_forgot_is_kept() -> None:
    ring = Ring(frozenset({Capability.EVENTS}))
    book = EventBook(cast(Meter, ring))
    for ring.written in (3, 6, 9):
        book.read()
    assert [e.sequence for e in book.read()] == list(range(1, 10))
    book.begin()
    assert [e.sequence for e in book.read()] == [6, 7, 8, 9]


def test_what_was_overwritten_before_it_was_read_is_counted() -> None:
    ring = Ring(frozenset({Capability.EVENTS}))
    book = EventBook(cast(Meter, ring))
    ring.written = 2
    book.read()
    book.begin_after(2)
    for ring.written, forgotten in ((6, 0), (11, 1), (20, 6)):
        book.read()
        assert book.forgotten == forgotten


def test_it_is_looked_at_now_and_then_only() -> None:
    ring = Ring(frozenset({Capability.EVENTS}))
    book = EventBook(cast(Meter, ring))
    for done in range(1, 2 * OFTEN_ENOUGH):
        ring.written = done
        book.look(done)
    ring.written = 50
    assert [e.sequence for e in book.read()][:4] == [3, 4, 5, 6]


def test_a_meter_without_a_log_is_not_asked() -> None:
    ring = Ring(frozenset())
    ring.written = 3
    assert EventBook(cast(Meter, ring)).read() == []


class Torn(Ring):
    """Slow to tell: of what is written while it is read, the first read has the younger and misses the older."""

    missed: int | None = None

    def events(self) -> list[MeterEvent]:
        return [event for event in super().events() if event.sequence != self.missed]


def test_what_one_read_missed_and_the_next_has_stands_where_it_belongs() -> None:
    ring = Torn(frozenset({Capability.EVENTS}))
    book = EventBook(cast(Meter, ring))
    for ring.written, ring.missed in ((3, None), (6, 5), (7, None)):
        book.read()
    assert [e.sequence for e in book.known] == [1, 2, 3, 4, 5, 6, 7]


def test_a_log_that_stops_has_room_until_it_is_full() -> None:
    ring = Ring(frozenset({Capability.EVENTS}))
    stops, wraps = EventBook(cast(Meter, ring), wraps=False), EventBook(cast(Meter, ring))
    for ring.written, room in ((0, 4), (3, 1), (9, 0)):
        assert stops.room() == room and wraps.room() > 1000
