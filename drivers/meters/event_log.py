"""The meter's event log: a ring of entries, read in the fewest requests and put in order."""

from __future__ import annotations

from datetime import datetime

from drivers.meters.asking import Asker
from drivers.meters.blocks import Stretch
from drivers.meters.read_plan import position, read_of
from drivers.meters.register_map import EventRing, RegisterMap
from rig.contracts import MeterEvent, Reply, Value


class EventLog:
    """Reads the ring of a map. An entry is never divided between two requests."""

    def __init__(self, map_: RegisterMap, ring: EventRing, asker: Asker) -> None:
        sequence = map_.items[ring.sequence]
        self._sequence = sequence
        self._sequence_at = sequence.stretch(str(sequence.read_table))
        self._ring = ring
        self._asker = asker
        size = ring.registers_per_entry
        self._entries = [
            Stretch(ring.table, at, at + size) for at in range(ring.address, ring.address + ring.entries * size, size)
        ]
        self._blocks = map_.reach.coalesced([self._sequence_at, *self._entries])
        self._requests = [read_of(asker.unit, block) for block in self._blocks]

    def read(self) -> list[MeterEvent]:
        """The entries that exist, oldest first. Raises LinkError or DeviceRefused."""
        replies = self._asker.must(self._requests)
        pdu, at = self._find(replies, self._sequence_at)
        newest = int(self._sequence.codec.decode(pdu, at) or 0)  # type: ignore[arg-type]
        round_ = 1 << 16 * self._sequence.registers
        found: list[tuple[int, MeterEvent]] = []
        for place in self._entries:
            pdu, at = self._find(replies, place)
            values = {name: codec.decode(pdu, at + 2 * offset) for name, offset, codec in self._ring.fields}
            event = self._event(values)
            if event is None:
                continue
            # Numbers wrap: the age is counted around, and an entry written since the newest was read is younger than 0.
            age = (newest - event.sequence + round_ // 2) % round_ - round_ // 2
            if -self._ring.entries < age < self._ring.entries:
                found.append((-age, event))
        return [event for _, event in sorted(found, key=lambda one: one[0])]

    def _event(self, values: dict[str, Value]) -> MeterEvent | None:
        """None for an entry that was never written: no code."""
        sequence, code, time = values["sequence"], values["code"], values.get("time")
        if not isinstance(sequence, int) or not isinstance(code, int) or code == 0:
            return None
        name = self._ring.codes.get(code, f"code {code}")
        return MeterEvent(sequence, code, name, time if isinstance(time, datetime) else None)

    def _find(self, replies: list[Reply], wanted: Stretch) -> tuple[bytes, int]:
        """The answer that holds these registers, and where in it they begin."""
        for block, reply in zip(self._blocks, replies, strict=True):
            if block.holds(wanted):
                return reply.pdu, position(block, wanted.start)
        raise AssertionError("every entry stands in one of the blocks")
