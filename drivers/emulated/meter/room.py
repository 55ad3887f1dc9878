"""What every part of the firmware has in common: it acts at instants that it names beforehand, and never in between."""

from __future__ import annotations

from rig.clock import FOREVER


class Room:
    """A part of the firmware. It is asked only while the meter is up, and always with everything before `now` done."""

    due = FOREVER
    """When this part has something to do next (ns); FOREVER: not by itself."""

    def plan(self, now: int) -> None:
        """Name the next instant in `due`, never before `now`. It follows from the state alone, not from who has looked."""

    def run(self, now: int) -> None:
        """Do what is due at `now`."""

    def power_fails(self) -> None:
        """The mains went: what is not in the store or in the iron is gone."""

    def boots(self, now: int) -> None:
        """The firmware begins to work at `now`, with what the store holds."""
