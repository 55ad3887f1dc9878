"""Asks a load that is on how it is, so that one which dies alone is noticed though nobody wants anything of it."""

from __future__ import annotations

import threading

from rig.clock import SECOND, WallClock
from rig.errors import DeviceRefused, LinkError
from rig.keeper.station import Station

EVERY = SECOND
"""ns between two questions; each is one exchange, and changes nothing."""
_MISSED = 2
"""So many questions in a row without an answer are no accident."""


class Minder(threading.Thread):
    """Minds the load of one station until it is stopped. What it finds stands in `Station.deserted`; the keeper acts on it."""

    def __init__(self, station: Station, clock: WallClock) -> None:
        super().__init__(name=f"load {station.name}", daemon=True)
        self._station = station
        self._clock = clock
        self._ended = threading.Event()

    def run(self) -> None:
        """Ask until `end`, only while the load is on. Anything but an error of the link is a fault that ends the keeper."""
        missed = 0
        while not self._ended.is_set():
            if self._station.out or not self._station.gate.draws:
                missed = 0
            elif words := self._silent():
                missed += 1
                if missed >= _MISSED and self._station.gate.draws:
                    self._station.deserted = f"its load is on and does not answer ({words})"
                    return
                continue
            else:
                missed = 0
            self._clock.sleep_until(self._clock.now() + EVERY)

    def _silent(self) -> str:
        try:
            self._station.load.tripped()
        except LinkError as error:
            return str(error)
        except DeviceRefused:
            return ""  # what says no is there
        return ""

    def end(self) -> None:
        """No more questions; one that is being asked is finished."""
        self._ended.set()


def minded(station: Station, clock: WallClock) -> Minder:
    """The load of this station is minded from now on."""
    minder = Minder(station, clock)
    minder.start()
    return minder
