"""An edge logger on the copper of one position: input 0 is the load side, input 1 the line side, with a clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.emulated.circuit import Circuit
from drivers.emulated.sides import levels_of
from drivers.relays.edge_lines import SEQUENCES, VERSION, checked
from rig.clock import SECOND

HERTZ = 1_000_000
BEAT = SECOND // 10


class _Now(Protocol):
    def now(self) -> int:
        """ns since the run began."""


class EmulatedEdgeLogger:
    """A `ByteDevice` in the manner of the program for a board. `ppm`: how much too fast its clock runs; `begun`: its ticks now.

    `beat` is to be called when a heartbeat is due; nothing here waits.
    """

    def __init__(self, circuit: Circuit, clock: _Now, ppm: int = 0, begun: int = 0, bits: int = 30) -> None:
        self.speak: Callable[[bytes], None] = lambda _: None
        self.lost = 0
        self.version = VERSION
        self._circuit = circuit
        self._clock = clock
        self._ppm = ppm
        self._begun = begun - self._elapsed()
        self._bits = bits
        self._sequence = 0
        self._typed = b""
        self._mask = self._inputs()
        circuit.on_change(self._changed)

    def receive(self, came: bytes) -> None:
        """See `ByteDevice`."""
        *commands, self._typed = (self._typed + came).split(b"\n")
        for command in commands:
            word, _, nonce = command.decode("latin-1").partition(" ")
            if nonce.isdigit() and word == "H":
                self._say("H", f"{nonce} {self.version} {HERTZ} {self._bits} 2")
            elif nonce.isdigit() and word == "P":
                self._say("P", f"{nonce} {self._status()}")

    def beat(self) -> None:
        """Say a heartbeat."""
        self._say("B", self._status())

    def lose_lines(self, count: int) -> None:
        """Fault: so many lines never arrive."""
        self._sequence = (self._sequence + count) % SEQUENCES

    def _status(self) -> str:
        return f"{self._ticks()} {self._mask:X} {self.lost}"

    def _elapsed(self) -> int:
        return self._clock.now() * (1_000_000 + self._ppm) // (1_000_000 * (SECOND // HERTZ))

    def _ticks(self) -> int:
        return (self._begun + self._elapsed()) % (1 << self._bits)

    def _inputs(self) -> int:
        load, line = levels_of(self._circuit)
        return load | line << 1

    def _changed(self) -> None:
        if (mask := self._inputs()) != self._mask:
            self._mask = mask
            self._say("E", f"{self._ticks()} {mask:X}")

    def _say(self, letter: str, rest: str) -> None:
        number, self._sequence = self._sequence, (self._sequence + 1) % SEQUENCES
        self.speak(checked(f"{letter} {number} {rest}").encode() + b"\n")
