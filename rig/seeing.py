"""A sense channel that does not answer is the bench's fault: nothing may be concluded about the contact from its silence."""

from __future__ import annotations

from rig.clock import SECOND, Clock
from rig.contracts import Sensing, Watch
from rig.errors import LinkError

_PATIENCE = 2 * SECOND


class Seeing:
    """A channel that says so when it has seen nothing for 2 s, instead of the state that it saw last."""

    def __init__(self, sensing: Sensing, clock: Clock) -> None:
        self._sensing = sensing
        self._clock = clock
        self._since = clock.now()

    def watch(self, from_edge: int = 0, since: int = 0) -> Watch:
        """See `Sensing`. LinkError when the channel is blind; an open or closed contact would be a guess."""
        watch = self._sensing.watch(from_edge, since)
        now = self._clock.now()
        if now - watch.last <= _PATIENCE and watch.samples:
            return watch
        last = max(watch.last, self._since) if watch.samples else self._since
        if now - last > _PATIENCE and (why := self.blind()):
            raise LinkError(why)
        return watch

    def blind(self) -> str:
        """See `Sensing`."""
        return self._sensing.blind()
