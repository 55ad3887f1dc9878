"""Load and bus as the keeper holds them: one user at a time, the urgent first, all through the gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rig.clock import Span
from rig.contracts import Bus, Load, LoadMeasurement, Reply, Request
from rig.keeper.frames import FrameFile
from rig.keeper.gate import Gate
from rig.keeper.lanes import Lane

Allowed = Callable[[], None]
"""Raises when what was asked before may not be done any more."""


class KeptLoad:
    """A load whose `off` goes before everything else that waits for it."""

    def __init__(self, load: Load, gate: Gate) -> None:
        self.rating_w = load.rating_w
        self.device = load
        self._gate = gate
        self._lane = Lane()

    def draw(self, watts: int, allowed: Allowed) -> Span:
        """Sink `watts` if that is still allowed when the turn comes, and the limits let it through."""
        with self._lane:
            allowed()
            before = self._gate.may_draw(watts)
            try:
                taken = self.device.draw_watts(watts)
            except ValueError:
                self._gate.drawn(before)
                raise
            self._gate.drawn(watts)
            return taken

    def draw_watts(self, watts: int) -> Span:
        """See `Load`."""
        return self.draw(watts, lambda: None)

    def off(self) -> Span:
        """See `Load`."""
        with self._lane.urgent:
            taken = self.device.off()
            self._gate.drawn(0)
            return taken

    def measure(self) -> LoadMeasurement:
        """See `Load`."""
        with self._lane:
            return self.device.measure()

    def tripped(self) -> str:
        """See `Load`."""
        with self._lane:
            return self.device.tripped()


class KeptBus:
    """A bus that one or several positions talk on. On a shared one each request waits its turn, relay polls first."""

    def __init__(self, bus: Bus, shared: bool) -> None:
        self._bus = bus
        self._shared = shared
        self._lane = Lane()

    def exchange(self, requests: Sequence[Request], gate: Gate, file: FileSwitch, position: str) -> list[Reply]:
        """See `Bus`; frames go to the wire log of `position`."""
        if not self._shared:
            with self._lane:
                return self._exchange(requests, file, position)
        replies = []
        for request in requests:
            with self._lane.urgent if gate.urgent(request) else self._lane:
                replies += self._exchange([request], file, position)
        return replies

    def poll(self, requests: Sequence[Request], file: FileSwitch, who: str) -> list[Reply]:
        """For a sense channel on this bus: in turn like any other, since it polls for ever and must starve nobody."""
        with self._lane:
            return self._exchange(requests, file, who)

    def switch(self, requests: Sequence[Request], file: FileSwitch, who: str) -> list[Reply]:
        """For an output on this bus: before all others, since it may have to go off in an emergency."""
        with self._lane.urgent:
            return self._exchange(requests, file, who)

    def _exchange(self, requests: Sequence[Request], file: FileSwitch, position: str) -> list[Reply]:
        file.choose(position)
        return self._bus.exchange(requests)

    def close(self) -> None:
        """See `Bus`."""
        self._bus.close()


class SenseLine:
    """A kept bus as a sense channel on it holds it; frames go to the channel's own wire log, which is called `who`."""

    def __init__(self, bus: KeptBus, file: FileSwitch, who: str) -> None:
        self._bus = bus
        self._file = file
        self._who = who

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See `Bus`."""
        return self._bus.poll(requests, self._file, self._who)

    def close(self) -> None:
        """Nothing: the bus is the keeper's."""


class ButtonLine(SenseLine):
    """A kept bus as an output on it holds it that works a button."""

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See `Bus`."""
        return self._bus.switch(requests, self._file, self._who)


class FileSwitch:
    """The wire logs of those who share a bus; frames go to whose turn it is."""

    def __init__(self, files: dict[str, FrameFile]) -> None:
        self._files = files
        self._current = next(iter(files.values()), None)

    def choose(self, position: str) -> None:
        """From here on frames belong to `position`."""
        self._current = self._files.get(position)

    def log(self, instant: int, direction: str, frame: bytes) -> None:
        """A `FrameLog`."""
        if self._current is not None:
            self._current.log(instant, direction, frame)

    def flush(self, position: str) -> None:
        """Hand the frames of `position` to the operating system."""
        if (file := self._files.get(position)) is not None:
            file.flush()
