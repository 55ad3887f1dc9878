"""The wiring of an emulated load, and signs of tampering, changed at once, as by a person with a screwdriver and a magnet."""

from __future__ import annotations

from decimal import Decimal

from drivers.emulated.circuit import Circuit
from rig.clock import Alarms, Span
from rig.contracts import TamperSign, Wiring

HALF = 50
_SIGNS = {
    TamperSign.MAGNET: "magnet",
    TamperSign.NEUTRAL_DISTURBANCE: "neutral disturbance",
    TamperSign.TERMINAL_COVER: "terminal cover",
}


class EmulatedRewiring:
    """Changes the copper of one position."""

    def __init__(self, circuit: Circuit, alarms: Alarms) -> None:
        self._circuit = circuit
        self._alarms = alarms

    def wire(self, wiring: Wiring) -> Span:
        """Wire the load so."""
        self._circuit.backwards = wiring is Wiring.REVERSED
        self._circuit.bypassed_percent = HALF if wiring is Wiring.PAST_THE_PHASE else 0
        return Span.at(self._alarms.now())

    def set_power_factor(self, factor: Decimal) -> Span:
        """Let the load draw with this power factor. ValueError: there is none such."""
        self._circuit.power_factor = int(factor * 1000)
        return Span.at(self._alarms.now())

    def tamper(self, sign: TamperSign, goes_on: bool) -> Span:
        """Do this to the meter from now on, or no more."""
        others = self._circuit.signs - {_SIGNS[sign]}
        self._circuit.signs = others | {_SIGNS[sign]} if goes_on else others
        return Span.at(self._alarms.now())
