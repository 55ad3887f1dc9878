"""What the meter has written into its event log."""

from __future__ import annotations

from rig.hands.shared import Shared


class Events(Shared):
    """Counts entries of the event log."""

    def mark_log(self) -> int:
        """Where the log stands now."""
        return len(self.log.read())

    def logged(self, name: str, since: int) -> int:
        """How many events of this name were written since a mark."""
        return sum(event.name == name for event in self.log.read()[since:])
