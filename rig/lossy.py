"""A bus that loses an answer when told to, so that a lost answer can be tried on a real meter too."""

from __future__ import annotations

from collections.abc import Sequence

from rig.contracts import Bus, Reply, Request
from rig.errors import LinkError

_WRITES = frozenset({5, 6, 15, 16})


class LossyBus:
    """Passes everything on; after `lose_next_write` the meter gets the next write, and its answer is thrown away."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._lose = 0

    def lose_next_write(self, after: int = 0) -> None:
        """Lose the answer of the write that comes after `after` more writes."""
        self._lose = after + 1

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """See `Bus`. The lost answer is a LinkError, as it would be on the wire."""
        replies = self._bus.exchange(requests)
        if self._lose and any(request.pdu[0] in _WRITES for request in requests):
            self._lose -= 1
            if not self._lose:
                raise LinkError("the answer was lost on its way (on purpose)")
        return replies

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()
