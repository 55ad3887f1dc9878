"""The machine that the rig runs on, as far as it may sleep while the bench goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rig.clock import Alarm, Alarms, Span


class Machine:
    """Time of the bench as the devices have it, `Alarms` like the clock of the rig: the same, while the machine never sleeps."""

    def __init__(self, clock: Alarms) -> None:
        self._clock = clock

    def now(self) -> int:
        """ns since the run began, by the devices."""
        return self._clock.now()

    def call_at(self, instant: int, call: Callable[[], None]) -> Alarm:
        """Call `call` at `instant` of the devices (ns)."""
        return self._clock.call_at(instant, call)

    def voids(self) -> Sequence[Span]:
        """When the rig's clock stood still, on that clock, as the machine itself knows it."""
        return ()
