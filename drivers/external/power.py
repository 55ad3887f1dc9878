"""Load and source that another program drives. Its latency widens the spans, its death is a LinkError."""

from __future__ import annotations

from decimal import Decimal

from drivers.external.program import ExternalProgram
from drivers.external.values import number
from rig.clock import Span
from rig.contracts import LoadMeasurement
from rig.errors import DeviceRefused, LinkError


def _off(program: ExternalProgram) -> Span:
    """Off, whatever went wrong before: once more by a program begun anew when it was not confirmed."""
    with program.lock:
        try:
            return program.call("off")[1]
        except (LinkError, DeviceRefused):
            program.begin_anew()
            return program.call("off")[1]


class ExternalLoad:
    """A `Load` behind a program."""

    def __init__(self, program: ExternalProgram, rating_w: int) -> None:
        """`rating_w`: never exceeded (W)."""
        self.rating_w = rating_w
        self._program = program

    def draw_watts(self, watts: int) -> Span:
        """See `Load.draw_watts`. What the program cannot make it refuses (DeviceRefused)."""
        if not isinstance(watts, int) or not 0 <= watts <= self.rating_w:
            raise ValueError(f"{self._program.name}: {watts} W is not 0 to {self.rating_w} W; nothing was sent")
        return self.off() if watts == 0 else self._program.call("draw_watts", watts=watts)[1]

    def off(self) -> Span:
        """See `Load.off`."""
        return _off(self._program)

    def measure(self) -> LoadMeasurement:
        """See `Load.measure`."""
        seen, span = self._program.call("measure")
        if not isinstance(seen, dict):
            raise LinkError(f"{self._program.name}: asked 'measure': {str(seen)[:60]} is no object")
        said = [number(seen.get(key), f"{self._program.name}: measure: {key}") for key in ("volts", "amps", "watts")]
        return LoadMeasurement(said[0], said[1], said[2], span.lo, span.hi)

    def tripped(self) -> str:
        """See `Load.tripped`."""
        name, _ = self._program.call("tripped")
        if not isinstance(name, str):
            raise LinkError(f"{self._program.name}: asked 'tripped': {str(name)[:60]} is no text")
        return name

    def close(self) -> None:
        """End the program."""
        self._program.close()


class ExternalSource:
    """A `Source` behind a program."""

    def __init__(
        self, program: ExternalProgram, most_volts: int, hertz: tuple[Decimal, Decimal] = (Decimal(45), Decimal(65))
    ) -> None:
        """`most_volts` (V rms) and `hertz` (lowest, highest) are refused beyond, never clipped."""
        self.most_volts = most_volts
        self.hertz = hertz
        self._program = program

    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        """See `Source.on`."""
        if not 0 < volts <= self.most_volts or not self.hertz[0] <= hertz <= self.hertz[1]:
            raise ValueError(
                f"{self._program.name}: {volts} V, {hertz} Hz is not in 0..{self.most_volts} V, "
                f"{self.hertz[0]}..{self.hertz[1]} Hz; nothing was sent"
            )
        return self._program.call("on", volts=str(volts), hertz=str(hertz))[1]

    def off(self) -> Span:
        """See `Source.off`."""
        return _off(self._program)

    def is_on(self) -> bool:
        """See `Source.is_on`."""
        said, _ = self._program.call("is_on")
        if not isinstance(said, bool):
            raise LinkError(f"{self._program.name}: asked 'is_on': {str(said)[:60]} is neither true nor false")
        return said

    def close(self) -> None:
        """End the program."""
        self._program.close()
