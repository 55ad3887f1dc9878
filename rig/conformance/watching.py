"""What a relay sense channel must do as whoever owns the hardware samples it, with the source as the hand on the copper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rig.clock import SECOND, Clock
from rig.conformance.holding import hold
from rig.contracts import RelayState, Sensing


@dataclass
class WatchUnderTest:
    """`feed(True)` puts mains on the line, `feed(False)` takes them off; `every` is the grid (ns), `late` what it may lag (ns)."""

    sensing: Sensing
    clock: Clock
    feed: Callable[[bool], None]
    every: int
    late: int

    def after(self, live: bool) -> RelayState:
        """The state once mains are so and the channel had time to see it."""
        self.feed(live)
        self.clock.sleep_until(self.clock.now() + self.late + 5 * self.every)
        return self.sensing.watch().state


def tells_a_live_line_from_a_dead_one(under: WatchUnderTest) -> None:
    """On a live line the contact is open or closed; on a dead one it is unknown."""
    for live in (True, False, True):
        state = under.after(live)
        hold((state is RelayState.UNKNOWN) is not live, f"line {'live' if live else 'dead'}: the contact is {state}")


def sees_the_change_when_it_was(under: WatchUnderTest) -> None:
    """The span of the edge that mains make overlaps the time in which they were switched."""
    under.after(True)
    seen = len(under.sensing.watch().edges)
    before = under.clock.now()
    under.feed(False)
    after = under.clock.now()
    under.clock.sleep_until(after + under.late + 5 * under.every)
    edges = under.sensing.watch(seen).edges
    hold(bool(edges), "no edge was seen")
    at = edges[0].at
    hold(at.lo <= after and before <= at.hi + under.late, f"edge {at}, mains went between {before} and {after}")
    hold(at.width <= under.late + 10 * under.every, f"the edge is known to {at.width / SECOND:.3f} s only")


def looks_all_the_time(under: WatchUnderTest) -> None:
    """Samples keep coming on the grid, and the channel is not blind."""
    under.feed(True)
    before = under.sensing.watch().samples
    under.clock.sleep_until(under.clock.now() + 20 * under.every)
    taken = under.sensing.watch().samples - before
    hold(taken >= 10, f"{taken} samples in 20 grid steps")
    hold(not under.sensing.blind(), f"it is blind: {under.sensing.blind()}")


CASES: tuple[Callable[[WatchUnderTest], None], ...] = (
    tells_a_live_line_from_a_dead_one,
    sees_the_change_when_it_was,
    looks_all_the_time,
)
