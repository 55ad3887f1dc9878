"""A bus that loses an answer or a write when told to, so that this can be tried on a real meter too, and that knows what was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rig.contracts import Bus, Reply, Request
from rig.errors import LinkError

_LAST_READ = 4
"""Function codes above this one write."""

_EXCEPTION_BYTES = 2
"""Length of an exception answer; a maker's own function may have the exception bit in its plain answer too."""


class LossyBus:
    """Passes everything on; when told to, the meter gets the write that it is told of, and its answer is thrown away, or it gets
    nothing.

    `commit` is how the PDU of a recharge's last write begins (function and address).
    """

    def __init__(self, bus: Bus, commit: bytes) -> None:
        self._bus = bus
        self._commit = commit
        self._armed = False
        self._any_write = self._never_arrives = False
        self._then: Callable[[], object] | None = None
        self.wrote = False
        """True once the meter took, or may have taken, a write that is no password. Whoever puts things back resets it."""

    def lose_answer_to_commit(self, then: Callable[[], object] | None = None) -> None:
        """The answer to the next commit of a recharge is lost; `then` is done at once, while the meter is at it."""
        self._armed, self._then = True, then
        self._any_write = self._never_arrives = False

    def lose_answer_to_write(self, then: Callable[[], object]) -> None:
        """The answer to the next write that is no password is lost; `then` is done at once."""
        self.lose_answer_to_commit(then)
        self._any_write = True

    def lose_write(self) -> None:
        """The next write that is no password never reaches the meter."""
        self.lose_answer_to_commit()
        self._any_write = self._never_arrives = True

    def lose_nothing(self) -> None:
        """Nothing is lost any more, whatever was asked for before."""
        self._armed = False

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See `Bus`. The lost answer is a LinkError, as it would be on the wire."""
        lost = self._armed and any(self._is_meant(request) for request in requests)
        if lost and self._never_arrives:
            self._armed = False
            raise LinkError("the request was lost on its way (on purpose)")
        if not lost:
            return self._bus.exchange(requests) if self.wrote else self._noted(requests)
        try:
            self._noted(requests)
        finally:  # an answer that is late or spoiled is lost as well, and what was to be done is done
            self._armed = False
            if self._then is not None:
                self._then()
        raise LinkError("the answer was lost on its way (on purpose)")

    def _is_meant(self, request: Request) -> bool:
        if self._any_write:
            return request.pdu[0] > _LAST_READ and not request.secret
        return request.pdu.startswith(self._commit)

    def _noted(self, requests: Sequence[Request]) -> list[Reply]:
        writes = [n for n, request in enumerate(requests) if request.pdu[0] > _LAST_READ and not request.secret]
        if not writes:
            return self._bus.exchange(requests)
        try:
            replies = self._bus.exchange(requests)
        except LinkError:
            self.wrote = True
            raise
        self.wrote = any(len(replies[n].pdu) != _EXCEPTION_BYTES for n in writes)
        return replies

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()
