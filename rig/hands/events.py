"""What the meter has written into its event log."""

from __future__ import annotations

from collections import Counter

from rig.clock import Span
from rig.hands.looks import Looks
from rig.interval import Interval

NEVER_LOGGED = Interval.of(10**9)
"""How far off (s) the moment of an event is that is not there."""


class Events(Looks):
    """Counts entries of the event log, and judges their moments."""

    def observe_event_time(self, name: str, happened: Span) -> None:
        """Judge, under the event's own name, how far its newest entry lies from when it happened (s), on the meter's clock."""
        times = [event.time for event in self.log.read() if event.name == name]
        if times and times[-1] is not None:
            self.observe_within(name, self.ahead(times[-1], happened) - self.clock_offset, happened)
        else:
            self.observe_within(name, NEVER_LOGGED, happened)

    def mark_log(self) -> int:
        """Where the log stands now."""
        return len(self.log.read())

    def told_since(self, mark: int) -> Counter[str]:
        """How many events of each name were written since a mark."""
        return Counter(event.name for event in self.log.read()[mark:])

    def logged(self, name: str, since: int) -> int:
        """How many events of this name were written since a mark."""
        return sum(event.name == name for event in self.log.read()[since:])
