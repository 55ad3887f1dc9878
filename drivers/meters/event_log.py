"""The meter's event log: a ring of entries, read in the fewest requests and put in order."""

from __future__ import annotations

from datetime import datetime

from drivers.meters.asking import Asker
from drivers.meters.blocks import Stretch
from drivers.meters.read_plan import position, read_of
from drivers.meters.register_map import EventRing, RegisterMap
from rig.contracts import MeterEvent, Value


class EventLog:
    """Reads the ring of a map. An entry is never divided between two requests."""

    def __init__(self, map_: RegisterMap, ring: EventRing, asker: Asker) -> None:
        sequence = map_.items[ring.sequence]
        self._sequence = sequence
        sequence_at = sequence.stretch(str(sequence.read_table))
        self._ring = ring
        self._asker = asker
        size = ring.registers_per_entry
        entries = [
            Stretch(ring.table, at, at + size) for at in range(ring.address, ring.address + ring.entries * size, size)
        ]
        blocks = map_.reach.coalesced([sequence_at, *entries])
        self._requests = [read_of(asker.unit, block) for block in blocks]
        self._sequence_in = _found_in(blocks, sequence_at)
        self._entries_in = [_found_in(blocks, place) for place in entries]
        self._known: dict[bytes, MeterEvent | None] = {}
        """Entries that were taken apart before: nearly all of a log is as it was when it was last read."""

    def read(self) -> list[MeterEvent]:
        """The entries that exist, oldest first. Raises LinkError or DeviceRefused."""
        replies = self._asker.must(self._requests)
        number, at = self._sequence_in
        newest = int(self._sequence.codec.decode(replies[number].pdu, at) or 0)  # type: ignore[arg-type]
        round_ = 1 << 16 * self._sequence.registers
        found: list[tuple[int, MeterEvent]] = []
        known: dict[bytes, MeterEvent | None] = {}
        size = 2 * self._ring.registers_per_entry
        for number, at in self._entries_in:
            written = replies[number].pdu[at : at + size]
            if written in self._known:
                event = self._known[written]
            else:
                event = self._event(written)
            known[written] = event
            if event is None:
                continue
            # Numbers wrap: the age is counted around, and an entry written since the newest was read is younger than 0.
            age = (newest - event.sequence + round_ // 2) % round_ - round_ // 2
            if -self._ring.entries < age < self._ring.entries:
                found.append((-age, event))
        self._known = known
        return [event for _, event in sorted(found, key=lambda one: one[0])]

    def _event(self, written: bytes) -> MeterEvent | None:
        """The entry of these bytes; None for one that was never written: no code."""
        values: dict[str, Value] = {
            name: codec.decode(written, 2 * offset) for name, offset, codec in self._ring.fields
        }
        sequence, code, time = values["sequence"], values["code"], values.get("time")
        if not isinstance(sequence, int) or not isinstance(code, int) or code == 0:
            return None
        name = self._ring.codes.get(code, f"code {code}")
        return MeterEvent(sequence, code, name, time if isinstance(time, datetime) else None)


def _found_in(blocks: list[Stretch], wanted: Stretch) -> tuple[int, int]:
    """Which answer holds these registers, and where in it they begin."""
    for number, block in enumerate(blocks):
        if block.holds(wanted):
            return number, position(block, wanted.start)
    raise AssertionError("every entry stands in one of the blocks")
