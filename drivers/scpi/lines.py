"""The seam under SCPI instruments: one line of text out, one line back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """Of a serial resource: bits/s, "N" | "E" | "O", 1 or 2 stop bits."""

    baud: int = 9600
    parity: str = "N"
    stop_bits: int = 1


class Line(Protocol):
    """A conversation with one instrument. One question is in flight at a time, and a late answer is never given to a later question."""

    name: str
    """Who is at the other end, for messages: "P03 load (scpi TCPIP::10.0.0.8::5025::SOCKET)"."""
    identification: str
    """What the instrument answered to `*IDN?` when the line was opened."""
    last: tuple[int, int]
    """Of the last `ask` or `tell`: before the first byte was sent, after the last byte was received or handed over (ns)."""

    def ask(self, line: str) -> str:
        """The answer to a query, without its line end.

        Raises:
            LinkError: no answer in time, or the connection broke; says what was asked and what to check.
        """

    def tell(self, line: str) -> None:
        """Send a command that has no answer. It was handed over, not confirmed. Raises LinkError as `ask`."""

    def clear(self) -> None:
        """Throw away whatever is under way: the next `ask` or `tell` begins on a fresh connection."""

    def close(self) -> None:
        """Let go of the port or socket; harmless when that was done before."""
