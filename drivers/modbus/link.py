"""What every Modbus link does alike: checks before sending, repeats of reads, counting, and the words of its errors."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from drivers.modbus.answers import describe, is_read
from drivers.modbus.frames import masked, tcp_plan
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
            tcp_plan(request.unit, request.pdu)  # refuses what cannot be asked over any link
        return [self._ask(request) for request in requests]

    def attempt(self, request: Request, rejected: list[str]) -> Reply:
        """Ask once. What is thrown away is appended to `rejected`.

        Raises:
            Missed: no fitting answer.
            LinkError: the other end cannot be reached at all; nothing was sent.
        """
        raise NotImplementedError

    def reach(self) -> None:
        """Find out, before anything is asked or energised, whether somebody is there at all.

        LinkError where nobody is for certain. A meter without mains may not answer at all, so silence is no proof.
        """

    def close(self) -> None:
        """Let go of the port or socket; the next exchange opens it again."""

    def guarded(self, stray: bytes, head: int) -> bytes:
        """Bytes nobody asked for, as the log may show them: an old answer to a secret request could be among them."""
        return masked(stray, head, True) if self._secret_was_sent else stray

    def _ask(self, request: Request) -> Reply:
        if request.secret:
            self._secret_was_sent = True
        rejected: list[str] = []
        try:
            with self._one_at_a_time:
                reply = self.attempt(request, rejected)
        except Missed as missed:
            return self._ask_again(request, str(missed), rejected)
        return reply._replace(rejected=tuple(rejected)) if rejected else reply

    def _ask_again(self, request: Request, why: str, rejected: list[str]) -> Reply:
        """The first attempt brought no answer: repeat a read as often as allowed."""
        repeats = request.retries if is_read(request.pdu) else 0
        for repeat in range(1, repeats + 1):
            try:
                with self._one_at_a_time:
                    reply = self.attempt(request, rejected)
            except Missed as missed:
                why = str(missed)
            else:
                return reply._replace(retries=repeat, rejected=tuple(rejected))
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
