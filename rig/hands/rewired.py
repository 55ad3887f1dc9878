"""A load that stands behind the meter otherwise than usual, or draws with a power factor."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from rig.clock import Span
from rig.contracts import Rewiring, Wiring
from rig.errors import RigError
from rig.hands.mains import Mains

EVENTS = {Wiring.REVERSED: ("current reversed",), Wiring.PAST_THE_PHASE: ("earth load", "current bypass")}
LOW_POWER_FACTOR = ("low power factor",)
OFTEN = 99
"""A meter may tell of what it sees at every step of the load, or once, or after a while."""


class Rewired(Mains):
    """Changes the wiring with the load off, and tells the books what flows past or backwards."""

    def wire(self, wiring: Wiring) -> Span:
        """Wire the load behind the meter so; the session puts it back.

        Raises:
            RigError: nobody is there to do it.
        """
        self.load_off()
        at = self._somebody().wire(wiring)
        self._journal.command("load", f"wire it {wiring}", at)
        self.wiring = wiring
        self._allow(EVENTS.get(wiring, ()))
        return at

    def set_power_factor(self, factor: str) -> Span:
        """Let the load draw with this power factor ("0.5" inductive, "-0.8" capacitive, "1") from its next step on.

        Raises:
            RigError: nobody is there to do it.
        """
        self.load_off()
        at = self._somebody().set_power_factor(Decimal(factor))
        self._journal.command("load", f"power factor {factor}", at)
        self.power_factor = Decimal(factor)
        self._books.power_factor(abs(Fraction(factor)))
        self._allow(LOW_POWER_FACTOR)
        return at

    def as_usual(self) -> None:
        """Put wiring and power factor back where they were changed."""
        if self.wiring is not Wiring.USUAL:
            self.wire(Wiring.USUAL)
        if self.power_factor != 1:
            self.set_power_factor("1")

    def _allow(self, names: Sequence[str]) -> None:
        for name in names:
            self.causes_event(name, 0, OFTEN)
            self.causes_event(f"{name} ended", 0, OFTEN)

    def _somebody(self) -> Rewiring:
        if self._devices.rewiring is None:
            raise RigError("nobody is there to change how the load stands behind the meter")
        return self._devices.rewiring
