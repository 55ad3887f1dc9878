"""A Numato relay module with resistors behind its relays, on the copper of one position."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from drivers.emulated.circuit import Circuit
from drivers.emulated.relay_sense import LIVE_MILLIVOLTS

_NAMES = "0123456789ABCDEFGHIJKLMNOPQRSTUV"


class EmulatedResistorBank:
    """A `ByteDevice`: echoes every byte, answers, and says its prompt. Input 0 sees the voltage behind the meter.

    `steps`: W at `nominal_mv` by relay; what is drawn follows the square of the voltage.
    """

    def __init__(self, circuit: Circuit, steps: Mapping[int, int], nominal_mv: int = 230_000) -> None:
        self.speak: Callable[[bytes], None] = lambda _: None
        self.on: set[int] = set()
        self._circuit = circuit
        self._steps = dict(steps)
        self._nominal = nominal_mv
        self._typed = ""
        self._settling = False
        circuit.on_change(self._settle)

    def receive(self, came: bytes) -> None:
        """See `ByteDevice`."""
        for byte in came.decode("latin-1"):
            self.speak(byte.encode("latin-1") if byte != "\r" else b"\n\r")
            if byte != "\r":
                self._typed += byte
                continue
            typed, self._typed = self._typed.strip(), ""
            answer = self._carry_out(typed)
            self.speak((f"{answer}\n\r" if answer else "").encode() + b">")

    def _carry_out(self, typed: str) -> str:
        if found := re.fullmatch(r"relay (on|off|read) ([0-9A-V])", typed):
            relay = _NAMES.index(found[2])
            if found[1] == "read":
                return "on" if relay in self.on else "off"
            (self.on.add if found[1] == "on" else self.on.discard)(relay)
            self._settle()
            return ""
        if re.fullmatch(r"gpio read 0", typed):
            return str(int(self._circuit.load_side_millivolts >= LIVE_MILLIVOLTS))
        return "" if not typed else "invalid command"

    def _settle(self) -> None:
        if self._settling:
            return
        self._settling = True
        try:
            watts = sum(step for relay, step in self._steps.items() if relay in self.on)
            volts = self._circuit.source_millivolts
            self._circuit.demand_watts(watts * volts * volts // self._nominal**2)
        finally:
            self._settling = False
