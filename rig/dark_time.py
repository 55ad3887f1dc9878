"""When the line was dead, and the contact not to be seen."""

from __future__ import annotations

from rig.clock import FOREVER
from rig.contracts import Edge, RelayState


class DarkTime:
    """Stretches of dead line, from the edges of the relay sense."""

    def __init__(self) -> None:
        self._stretches: list[tuple[int, int]] = []

    def note(self, edge: Edge) -> None:
        """Take in an edge: to unknown, and back."""
        if edge.state is RelayState.UNKNOWN:
            self._stretches.append((edge.at.lo, FOREVER))
        elif self._stretches and self._stretches[-1][1] == FOREVER:
            self._stretches[-1] = (self._stretches[-1][0], edge.at.hi)

    @property
    def began(self) -> int | None:
        """When the newest stretch began (ns): what moved in it may have moved since then. None: there was none."""
        return self._stretches[-1][0] if self._stretches else None

    def between(self, began: int, ended: int) -> int:
        """How long (ns) of this time was dark."""
        return sum(max(min(until, ended) - max(since, began), 0) for since, until in self._stretches)

    def caught_up(self, at: int, lag: int, wakes: int) -> int:
        """Up to when (ns) a meter has surely taken in at `at` what happened: it needs `lag` of light on end for that, and
        counts that anew from `wakes` after each failure."""
        for since, until in reversed(self.lit(0, at)):
            counts_from = since + wakes if since else 0
            if until - counts_from >= lag:
                return until - lag
        return 0

    def lit(self, began: int, ended: int) -> list[tuple[int, int]]:
        """The stretches of this time in which the line was surely live."""
        found, since = [], began
        for dark, light in self._stretches:
            if dark >= ended:
                break
            if dark > since:
                found.append((since, dark))
            since = max(since, light)
        return [*found, (since, ended)] if since < ended else found
