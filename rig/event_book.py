"""The meter's event log as far as it was ever read: the meter's ring forgets, this does not."""

from __future__ import annotations

from rig.contracts import Capability, Meter, MeterEvent

NUMBERS = 1 << 16
OFTEN_ENOUGH = 6
"""Things done between two looks at the log: with what they bring along, two thirds of a ring of 32 hold them all."""


class EventBook:
    """Keeps every event of one scenario that the meter has told. A meter without a log tells nothing.

    `wraps`: a full log overwrites the oldest entry; else it takes no more.
    """

    def __init__(self, meter: Meter, wraps: bool = True) -> None:
        self._meter = meter
        self.wraps = wraps
        self.begin()

    def begin(self) -> None:
        """A scenario begins: forget what was told before."""
        self._known: dict[MeterEvent, None] = {}
        self._told: dict[int, MeterEvent] = {}
        """What was told last, by the object that told it: a meter that keeps its entries need not have them compared."""
        self._newest: int | None = None
        self._looked_at = 0
        self.forgotten = 0
        """How many entries the meter's ring had overwritten before they could be read."""

    def begin_after(self, sequence: int) -> None:
        """What is told from here on comes after this number."""
        self._newest = sequence

    def read(self) -> list[MeterEvent]:
        """Everything told since the scenario began, and what the log still held then, oldest first."""
        if Capability.EVENTS in self._meter.capabilities:
            told = self._meter.events()
            fresh = [event for event in told if id(event) not in self._told and event not in self._known]
            self._known |= dict.fromkeys(fresh)
            if fresh != told[len(told) - len(fresh) :]:  # one was written behind the back of an earlier, slow read
                self._known = dict.fromkeys([*(event for event in self._known if event not in told), *told])
            self._told = {id(event): event for event in told}
            if told and self._newest is not None:
                self._count_forgotten(told[-1].sequence, self._newest)
        return list(self._known)

    @property
    def entries(self) -> int:
        """How many entries the log holds when it is full."""
        return self._meter.event_entries

    def room(self) -> int:
        """How many more entries the log takes as it is now; without end where it wraps."""
        return NUMBERS if self.wraps else self._meter.event_entries - len(self._meter.events())

    @property
    def known(self) -> list[MeterEvent]:
        """What was told so far, without asking again."""
        return list(self._known)

    def _count_forgotten(self, newest: int, before: int) -> None:
        came = (newest - before) % NUMBERS
        if came < NUMBERS // 2:
            self.forgotten += max(came - self._meter.event_entries, 0)
            self._newest = newest

    def look(self, done: int) -> None:
        """Read the log when it may be about to run over: asked now and then, by what was done, how much came to it."""
        if done - self._looked_at >= OFTEN_ENOUGH:
            self._looked_at = done
            if self._is_a_third_new():
                self.read()

    def _is_a_third_new(self) -> bool:
        """True when a third of the log, or more, was not read yet; or when the meter does not tell how much."""
        if self._newest is None or "event_sequence" not in self._meter.items:
            return True
        came = (self._meter.read("event_sequence").number("event_sequence") - self._newest) % NUMBERS
        return 3 * came >= self._meter.event_entries
