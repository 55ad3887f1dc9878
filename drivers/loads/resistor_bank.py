"""Fixed resistors behind relays: a cheap load with steps."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from drivers.loads.numato import NumatoModule
from rig.clock import Clock, Span
from rig.contracts import LoadMeasurement
from rig.errors import DeviceRefused, LinkError


class ResistorBank:
    """A `Load` that makes sums of its steps, and refuses every other power. `steps`: W at `volts`, by relay.

    It has no meter. With `voltage_input` (an input pin behind a voltage detector at the bank) `measure` reckons current and
    power from the relays that are on and `volts`, so its accuracy is that of the mains voltage, twice, and of the
    resistors: state it. Without that input it measures nothing and refuses to. A dead line trips nothing; with the input it
    is told as undervoltage while a step is on.
    """

    def __init__(
        self,
        module: NumatoModule,
        clock: Clock,
        steps: Mapping[int, int],
        volts: Decimal,
        voltage_input: int | None = None,
    ) -> None:
        """Opening changes nothing: a relay that is on stays on until `off` or `draw_watts`."""
        self.rating_w = sum(steps.values())
        self.levels_w = tuple(sorted({sum(some) for some in _subsets(steps.values())}))
        """Every power that it can make (W)."""
        self._module = module
        self._clock = clock
        self._steps = dict(steps)
        self._volts = volts
        self._voltage_input = voltage_input

    def draw_watts(self, watts: int) -> Span:
        """See `Load.draw_watts`. What goes off goes off first, so that nothing above `watts` is drawn on the way down.

        Raises:
            ValueError: no sum of steps makes this power; says which are next to it, and nothing was sent.
        """
        wanted = self._choice(watts)
        with self._module.lock:
            on = {relay for relay in self._steps if self._module.relay(relay)}
            begun = self._clock.now()
            for relay in sorted(on - wanted):
                self._module.switch(relay, on=False)
            for relay in sorted(wanted - on):
                self._module.switch(relay, on=True)
            if on == wanted:
                self._module.relay(min(self._steps))
            return Span(begun, self._clock.now())

    def _choice(self, watts: int) -> set[int]:
        """The fewest relays that make this power."""
        for some in _subsets(self._steps):
            if sum(self._steps[relay] for relay in some) == watts:
                return set(some)
        below = max((level for level in self.levels_w if level < watts), default=0)
        above = min((level for level in self.levels_w if level > watts), default=self.rating_w)
        raise ValueError(
            f"{self._module.name}: its steps ({', '.join(map(str, self._steps.values()))} W) do not make {watts} W; "
            f"next to it are {below} W and {above} W; nothing was sent"
        )

    def off(self) -> Span:
        """See `Load.off`. Every relay is told and read back; tried again on a fresh port when that failed."""
        with self._module.lock:
            begun = self._clock.now()
            try:
                self._all_off()
            except (LinkError, DeviceRefused):
                self._module.begin_anew()
                self._all_off()
            return Span(begun, self._clock.now())

    def _all_off(self) -> None:
        for relay in self._steps:
            self._module.switch(relay, on=False)

    def measure(self) -> LoadMeasurement:
        """See `Load.measure`; reckoned, see the class. Raises DeviceRefused where nothing can be told."""
        if self._voltage_input is None:
            raise DeviceRefused(f"{self._module.name}: has no meter and no voltage_input, so it measures nothing")
        with self._module.lock:
            sent = self._clock.now()
            live = self._module.input(self._voltage_input)
            watts = sum(step for relay, step in self._steps.items() if self._module.relay(relay)) if live else 0
            volts = self._volts if live else Decimal(0)
            amps = (watts / self._volts).quantize(Decimal("0.001"))
            return LoadMeasurement(volts, amps, Decimal(watts), sent, self._clock.now())

    def tripped(self) -> str:
        """See `Load.tripped`."""
        with self._module.lock:
            draws = any(self._module.relay(relay) for relay in self._steps)
            if self._voltage_input is None:
                return ""
            return "undervoltage" if draws and not self._module.input(self._voltage_input) else ""

    def close(self) -> None:
        """Let go of the port; the relays stay as they are."""
        self._module.close()


def _subsets(of: Iterable[int]) -> Iterator[tuple[int, ...]]:
    """Every choice of elements, the smallest first."""
    elements = list(of)
    return itertools.chain.from_iterable(itertools.combinations(elements, n) for n in range(len(elements) + 1))
