"""The electrical truth about a contact: samples, edges, and what a watched channel has seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from rig.clock import Span
from rig.contracts.states import RelayState


class SenseSample(NamedTuple):
    """One look at a relay sense channel: asked .. answered (ns), voltage on the load side, on the line side (None: not sensed)."""

    sent: int
    received: int
    load_side: bool
    line_side: bool | None


class RelaySense(Protocol):
    """An electrical look at the contact, independent of what the meter says."""

    def sample(self) -> SenseSample:
        """Look now. Raises LinkError when the channel does not answer."""

    def announces(self, listener: Callable[[], None]) -> bool:
        """True when the channel calls `listener` at every change by itself (only in memory); else False, and never calls it."""


class TimedSense(RelaySense, Protocol):
    """A channel that stamps edges itself, so that they are known better than the grid on which it is asked."""

    def looks(self) -> Sequence[SenseSample]:
        """Every edge since the last look as a sample before and one after it, then how it is now; oldest first.

        Raises LinkError when something in between was lost; the next look begins anew.
        """


class Edge(NamedTuple):
    """A change of the contact: its new state, and when, between the last "not yet" and the first "yes" (delay included)."""

    state: RelayState
    at: Span


class Watch(NamedTuple):
    """What a sampled channel has seen so far. `largest_gap` (ns) is between neighbouring samples since the moment asked for."""

    state: RelayState
    edges: tuple[Edge, ...]
    samples: int
    first: int
    last: int
    largest_gap: int


class Sensing(Protocol):
    """A relay sense channel that is sampled on a grid by whoever owns the hardware."""

    def watch(self, from_edge: int = 0, since: int = 0) -> Watch:
        """Everything seen so far; edges from number `from_edge` on, the largest gap since `since` (ns since the run began)."""

    def blind(self) -> str:
        """Why the channel sees nothing (a LinkError's words), empty while it works."""
