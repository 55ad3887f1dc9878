"""What takes a hand at the meter: a load that stands behind it otherwise than usual or draws with a power factor, and tampering."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from rig.clock import Span
from rig.contracts import Rewiring, TamperSign, Wiring
from rig.errors import RigError
from rig.hands.mains import Mains

EVENTS = {Wiring.REVERSED: ("current reversed",), Wiring.PAST_THE_PHASE: ("earth load", "current bypass")}
LOW_POWER_FACTOR = ("low power factor",)
OFTEN = 99
"""A meter may tell of what it sees at every step of the load, or once, or after a while."""


class Rewired(Mains):
    """Changes the wiring with the load off, and tells the books what flows past or backwards; tampers with the meter."""

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

    def wirings_that_are_told(self) -> list[tuple[Wiring, str]]:
        """Wirings that the meter's log has a name for, each with the first such name."""
        known = self.meter.event_names
        return [(wiring, name) for wiring, names in EVENTS.items() for name in names if name in known]

    def tamper(self, sign: TamperSign) -> Span:
        """Do this to the meter from now on, until `end_tampering`; the session ends it at the latest.

        Raises:
            RigError: nobody is there to do it.
        """
        return self._tamper(sign, True)

    def end_tampering(self, sign: TamperSign) -> Span:
        """Do it no more."""
        return self._tamper(sign, False)

    def _tamper(self, sign: TamperSign, goes_on: bool) -> Span:
        if self._devices.tampering is None:
            raise RigError("nobody is there to tamper with the meter")
        self._books.pull()
        at = self._devices.tampering.tamper(sign, goes_on)
        self._journal.command("meter", f"tamper: {sign}{'' if goes_on else ' no more'}", at)
        before, self.tampered = self.tampered, self.tampered | {sign} if goes_on else self.tampered - {sign}
        if bool(before) is not bool(self.tampered):
            self._books.tampering(goes_on, at)
        self.causes_event(sign.value if goes_on else f"{sign.value} ended", 0, 1)
        return at

    def tamper_signs(self) -> list[TamperSign]:
        """What may be done to the meter that its log has a name for."""
        return [sign for sign in TamperSign if sign.value in self.meter.event_names]

    def as_usual(self) -> None:
        """Put wiring, power factor and line voltage back where they were changed, and end all tampering."""
        for sign in sorted(self.tampered):
            self.end_tampering(sign)
        if not self.usual_voltage and self.power_cycles == self.power_returns:
            self.usual_line_voltage()
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
