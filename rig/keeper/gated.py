"""Load, source, button and bus of a position behind its gate, for use in one process."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rig.clock import Clock, Span
from rig.contracts import Bus, Load, LoadMeasurement, Presser, Reply, Request, Source
from rig.contracts.held import Holds
from rig.errors import DeviceRefused
from rig.keeper.gate import Gate


class GatedLoad:
    """A load that takes what the gate lets through. It is switched off when its time or energy is used up."""

    def __init__(self, load: Load, gate: Gate, clock: Clock) -> None:
        self.rating_w = load.rating_w
        self._load = load
        self._gate = gate
        self._clock = clock

    def draw_watts(self, watts: int) -> Span:
        """See `Load`. ValueError also for what the limits of the bench forbid."""
        self.cut_when_used_up()
        before = self._gate.may_draw(watts)
        try:
            taken = self._load.draw_watts(watts)
        except ValueError:
            self._gate.drawn(before)
            raise
        self._gate.drawn(watts)
        return taken

    def off(self) -> Span:
        """See `Load`."""
        taken = self._load.off()
        self._gate.drawn(0)
        return taken

    def measure(self) -> LoadMeasurement:
        """See `Load`."""
        self.cut_when_used_up()
        return self._load.measure()

    def tripped(self) -> str:
        """See `Load`."""
        return self._load.tripped()

    def cut_when_used_up(self) -> None:
        """Switch off and raise DeviceRefused when limits.seconds or limits.watt_hours is reached."""
        if self._clock.now() < self._gate.expires:
            return
        why = self._gate.exceeded()
        self.off()
        raise DeviceRefused(
            f"{self._gate.position} load: switched off: {why}; raise the limit in the bench file or draw less"
        )


class GatedSource:
    """A source that supplies what every gate of the positions on it lets through."""

    def __init__(self, source: Source, gates: Sequence[Gate]) -> None:
        self._source = source
        self._gates = tuple(gates)

    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        """See `Source`. ValueError also for what the limits of the bench forbid."""
        for gate in self._gates:
            gate.may_supply(volts)
        taken = self._source.on(volts, hertz)
        for gate in self._gates:
            gate.supplied(volts)
        return taken

    def off(self) -> Span:
        """See `Source`."""
        return self._source.off()

    def is_on(self) -> bool:
        """See `Source`."""
        return self._source.is_on()


class GatedButton:
    """A button that is pressed when the gate lets it be."""

    def __init__(self, presser: Presser, gate: Gate) -> None:
        self._presser = presser
        self._gate = gate

    def press(self) -> Span:
        """See `Button`. ValueError when a limit of the bench is used up."""
        self._gate.may_press()
        return self._presser.press(lambda: None)

    def hold(self) -> Span:
        """See `Held`. ValueError as `press`."""
        self._gate.may_press()
        return _holder(self._presser).hold(lambda: None)

    def let_go(self) -> Span:
        """See `Held`."""
        return _holder(self._presser).let_go()


def _holder(presser: Presser) -> Holds:
    if not isinstance(presser, Holds):
        raise DeviceRefused("what presses the button cannot keep it down")
    return presser


class GatedBus:
    """A bus that carries what the gate lets through; `load` is switched off when its time or energy is used up."""

    def __init__(self, bus: Bus, gate: Gate, load: GatedLoad, clock: Clock) -> None:
        self._bus = bus
        self._gate = gate
        self._load = load
        self._clock = clock

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See `Bus`. ValueError for a broadcast, a foreign unit, and items that the map does not let the rig touch."""
        self._gate.admit(requests)
        if self._clock.now() >= self._gate.expires:
            self._load.cut_when_used_up()
        return self._bus.exchange(requests)

    def close(self) -> None:
        """See `Bus`."""
        self._bus.close()
