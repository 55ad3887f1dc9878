"""How long bytes take on a serial line, and which silence parts two frames."""

from __future__ import annotations

from dataclasses import dataclass

from rig.clock import SECOND

PARITIES = ("N", "E", "O")


@dataclass(frozen=True, slots=True)
class Pace:
    """A serial line's speed: `baud` (bit/s), parity "N", "E" or "O", 1 or 2 stop bits, always 8 data bits."""

    baud: int
    parity: str = "E"
    stop_bits: int = 1

    def __post_init__(self) -> None:
        if self.baud <= 0 or self.parity not in PARITIES or self.stop_bits not in (1, 2):
            raise ValueError(
                f"no such serial line: {self.baud} baud, parity {self.parity!r}, {self.stop_bits} stop bits"
            )

    def bytes_ns(self, count: int) -> int:
        """What `count` bytes take on the wire, rounded up (ns)."""
        bits = count * (9 + (self.parity != "N") + self.stop_bits)
        return -(-bits * SECOND // self.baud)

    @property
    def silence_ns(self) -> int:
        """t3.5 of the standard: 3.5 characters, and 1.75 ms above 19200 baud."""
        return 1_750_000 if self.baud > 19200 else self.bytes_ns(7) // 2
