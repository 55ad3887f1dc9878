"""The meter's event log as far as it was ever read: the meter's ring forgets, this does not."""

from __future__ import annotations

from rig.contracts import Capability, Meter, MeterEvent

OFTEN_ENOUGH = 6
"""Recharges or power failures between two looks at the log: with what they bring along, a ring of 32 holds them all."""


class EventBook:
    """Keeps every event of one scenario that the meter has told. A meter without a log tells nothing."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._known: dict[MeterEvent, None] = {}

    def begin(self) -> None:
        """A scenario begins: forget what was told before."""
        self._known = {}

    def read(self) -> list[MeterEvent]:
        """Everything told since the scenario began, and what the log still held then, oldest first."""
        if Capability.EVENTS in self._meter.capabilities:
            self._known |= dict.fromkeys(self._meter.events())
        return list(self._known)

    def look(self, done: int) -> None:
        """Read the log when so many things were done that it may be about to run over."""
        if done % OFTEN_ENOUGH == 0:
            self.read()
