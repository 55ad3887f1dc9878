"""A Modbus line: requests, replies, and the log of its frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol


class Request(NamedTuple):
    """One question to a Modbus unit. `retries` is how often it may be repeated (reads only); a secret one is masked in logs."""

    unit: int
    pdu: bytes
    retries: int = 0
    secret: bool = False


class Reply(NamedTuple):
    """The answer that fits its request: PDU, first byte sent .. last byte received (ns), repeats, answers thrown away (why)."""

    pdu: bytes
    sent: int
    received: int
    retries: int = 0
    rejected: tuple[str, ...] = ()


class Bus(Protocol):
    """A Modbus line (TCP connection, serial line, or memory). Answers are matched to their request or refused."""

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """Ask in order, one at a time. An exception answer (function | 0x80) is a reply like any other.

        Raises:
            LinkError: no fitting answer in time, after the allowed repeats; names where, what and what came.
            ValueError: unit 0 (broadcast) or above 247; nothing was sent.
        """

    def close(self) -> None:
        """Let go of the port or socket."""


FrameLog = Callable[[int, str, bytes], None]
"""Called with (instant ns, ">" sent or "<" received or "!" thrown away, bytes) for each frame; secret ones arrive masked."""
