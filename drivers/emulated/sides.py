"""What the two inputs of a position at the digital module hang on: the load side and the line side of its meter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from drivers.emulated.circuit import Circuit
from rig.clock import Alarms

LIVE_MILLIVOLTS = 30_000
"""An input is 1 from this voltage on."""


class Sides:
    """Both inputs of position `number` (from 0) of these `circuits`, wired as they should be.

    A subclass wires them otherwise, or answers otherwise. `announce` tells the module that an input may have changed.
    """

    def __init__(self, circuits: Sequence[Circuit], number: int, alarms: Alarms) -> None:
        self.circuits = circuits
        self.number = number
        self.alarms = alarms
        self.circuit = circuits[number]
        self._listeners: list[Callable[[], None]] = []
        self.circuit.on_change(self.changed)

    def levels(self) -> tuple[int, int]:
        """(load side, line side) as the inputs show them now, each 1 or 0."""
        return levels_of(self.circuit)

    def answers(self) -> bool:
        """False while the whole module is silent because of them."""
        return True

    def changed(self) -> None:
        """The copper of this position has changed."""
        self.announce()

    def announce(self) -> None:
        """Tell whoever listens."""
        for listener in self._listeners:
            listener()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever an input may have changed."""
        self._listeners.append(listener)


class Past:
    """Both levels of one position over time: the last changes are kept."""

    KEPT = 64

    def __init__(self, levels: Callable[[], tuple[int, int]], now: int) -> None:
        self._now_so = levels
        self._since = [now]
        self._levels = [levels()]

    def at(self, instant: int) -> tuple[int, int]:
        """(load side, line side) at an instant of the near past."""
        return self._levels[max(0, bisect_right(self._since, instant) - 1)]

    def note(self, now: int) -> None:
        """They may have changed at `now`."""
        levels = self._now_so()
        if levels == self._levels[-1]:
            return
        self._since.append(now)
        self._levels.append(levels)
        del self._since[: -self.KEPT], self._levels[: -self.KEPT]


def levels_of(circuit: Circuit) -> tuple[int, int]:
    """(load side, line side) of a position that is wired as it should be."""
    return int(circuit.load_side_millivolts >= LIVE_MILLIVOLTS), int(circuit.line_millivolts >= LIVE_MILLIVOLTS)
