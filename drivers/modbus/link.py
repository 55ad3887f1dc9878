"""What every Modbus link does alike: checks before sending, repeats of reads, counting, and the words of its errors."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from drivers.modbus.answers import answer_shape, describe, is_read
from drivers.modbus.frames import masked
from rig.clock import Clock
from rig.contracts import FrameLog, Reply, Request
from rig.errors import LinkError

_SHOWN = 3


class Missed(Exception):
    """One attempt brought no answer: why. A read may be attempted again."""


class Link:
    """`Bus` as far as it does not depend on what carries the bytes. A subclass carries out single attempts."""

    def __init__(self, where: str, address: str, clock: Clock, log: FrameLog) -> None:
        self.where = where
        self.address = address
        self.clock = clock
        self.log = log
        self._secret_was_sent = False
        self._one_at_a_time = threading.Lock()

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See `rig.contracts.Bus`."""
        for request in requests:
            if not 1 <= request.unit <= 247:
                raise ValueError(f"unit {request.unit} is not 1 to 247; broadcast is never used")
            answer_shape(request.pdu)
        return [self._ask_repeatedly(request) for request in requests]

    def attempt(self, request: Request, rejected: list[str]) -> Reply:
        """Ask once. What is thrown away is appended to `rejected`.

        Raises:
            Missed: no fitting answer.
            LinkError: the other end cannot be reached at all; nothing was sent.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the port or socket; the next exchange opens it again."""

    def guarded(self, stray: bytes, head: int) -> bytes:
        """Bytes nobody asked for, as the log may show them: an old answer to a secret request could be among them."""
        return masked(stray, head, True) if self._secret_was_sent else stray

    def _ask_repeatedly(self, request: Request) -> Reply:
        if request.secret:
            self._secret_was_sent = True
        rejected: list[str] = []
        repeats = request.retries if is_read(request.pdu) else 0
        for repeat in range(repeats + 1):
            try:
                with self._one_at_a_time:
                    reply = self.attempt(request, rejected)
            except Missed as missed:
                why = str(missed)
            else:
                if repeat or rejected:
                    return reply._replace(retries=repeat, rejected=tuple(rejected))
                return reply
        raise self._failure(request, why, repeats, rejected)

    def _failure(self, request: Request, why: str, repeats: int, rejected: list[str]) -> LinkError:
        parts = [why]
        if repeats:
            parts.append(f"asked {repeats + 1} times")
        if rejected:
            more = f" and {len(rejected) - _SHOWN} more" if len(rejected) > _SHOWN else ""
            parts.append(f"thrown away: {', '.join(rejected[:_SHOWN])}{more}")
        return LinkError(f"{self.place(request.unit)}: {describe(request.pdu)}: {'; '.join(parts)}")

    def place(self, unit: int) -> str:
        """The device in the words of a message: "P03 meter (modbus tcp 10.0.0.7:502 unit 1)"."""
        return f"{self.where} ({self.address} unit {unit})"
