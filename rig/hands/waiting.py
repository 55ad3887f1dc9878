"""Time passes, watched; and the contact is waited for."""

from __future__ import annotations

from collections.abc import Callable

from rig.clock import FOREVER, MINUTE, SECOND, Span, seconds
from rig.contracts import Edge, RelayState
from rig.expectation import CREDIT
from rig.hands.registers import Registers

GLIMPSES_EVERY = SECOND // 2
GLIMPSES_A_DECADE = 20
"""The longer a wait, the rarer its glimpses: an opening that nobody saw is over after a part of the time waited for it, or not."""


class Waiting(Registers):
    """Lets time pass, and waits for edges of the contact."""

    def sleep(self, duration: str | int) -> None:
        """Let so many seconds pass, watching."""
        self._clock.sleep_until(self._clock.now() + seconds(duration))
        self._books.pull()
        self.look_if_steady()
        self.look_at_the_log()

    def sleep_ns(self, duration: int) -> None:
        """Let `duration` ns pass, watching."""
        self._clock.sleep_until(self._clock.now() + duration)
        self._books.pull()

    def relay(self) -> RelayState:
        """The electrical truth now."""
        self._books.pull()
        return self._books.state

    def wait_for(self, state: RelayState, until: int, since: Span) -> Edge | None:
        """Watch until the contact changes to `state` (an edge not before `since`), at most until `until` (ns).

        One that came meanwhile counts too; one that nobody has waited for may also have begun to show before `since` ended.
        """
        found: list[Edge] = []
        seen = len(self._books.edges)

        def came() -> bool:
            self._books.pull()
            found.extend(e for e in self._books.edges[seen:] if e.state is state and e.at.hi >= since.lo)
            return bool(found)

        earlier = [
            e
            for place, e in enumerate(self._books.edges)
            if e.state is state and (e.at.lo if place < self.handed_out else e.at.hi) >= since.lo
        ]
        if not earlier:
            self.look_at_the_log()
            self._sleep_glimpsing(until, came, state is RelayState.OPEN)
        edge = next(iter(earlier or found), None)
        if edge is not None:
            self.handed_out = self._books.edges.index(edge) + 1
            if state is RelayState.OPEN:
                self.witness.still_draws()
        return edge

    def _sleep_glimpsing(self, until: int, came: Callable[[], bool], opens: bool) -> None:
        """Sleep until `until` (ns) or until it `came`. An opening is waited for with the load as a second witness: an edge
        that the relay sense cannot see may be over before anybody wonders why it never came."""
        began = now = self._clock.now()
        while opens and now < until:
            step = max(GLIMPSES_EVERY, (now - began) // GLIMPSES_A_DECADE)
            if self._clock.sleep_until(min(now + step, until), unless=came):
                return
            self.witness.glimpse()
            now = self._clock.now()
        self._clock.sleep_until(until, unless=came)

    def awaits(self, judgement: str, state: RelayState, since: Span) -> Edge | None:
        """Wait for an edge and judge how long it took since `since`; waits as long as the declared limit makes sense."""
        limit = self._journal.limit(judgement)
        latest = since.hi + int(limit["window"][1]) + 4 * int(limit.get("resolution", 0))
        edge = self.wait_for(state, latest, since)
        at = edge.at if edge else Span(max(self._clock.now(), since.hi), FOREVER)
        self._journal.observation(judgement, {"span": at.since(since)}, at)
        return edge

    def longest(self, judgement: str) -> int:
        """How long (ns) a judgement watches that nothing comes, or lets something take."""
        limit = self._journal.limit(judgement)
        return int(limit["at_least"] if "at_least" in limit else limit["window"][1])

    def wait_for_cut(self) -> Edge | None:
        """Watch until the relay opens for want of credit, as long as the oracle of money says that it may take.

        One that stands open already counts, unless a wait of this scenario has handed that edge out before.
        """
        self._books.look_ahead()
        new = self._books.edges[self.handed_out :]
        if new and new[-1].state is RelayState.OPEN:
            self.handed_out = len(self._books.edges)
            return new[-1]
        due = self._books.expectation.opening(CREDIT) if self._books.expectation else None
        now = self._clock.now()
        expected = now if due is None or due.window.hi >= FOREVER else due.window.hi
        latest = expected + MINUTE + (expected - now) // 10
        return self.wait_for(RelayState.OPEN, latest, self.now())

    def recloses_by_itself(self, trip: Edge) -> bool:
        """Watch until the relay closes again after an overload trip, as long as the interval that is set may take."""
        window = self.promises.reclose_interval_window(self.settings["reclose_interval"])
        return self.wait_for(RelayState.CLOSED, trip.at.hi + window.hi + SECOND, trip.at) is not None

    def wait_until_a_mean_has_forgotten(self) -> None:
        """Let the time pass after which a limiter that looks at a mean knows nothing of the load before; else none."""
        overload = self.promises.table.overload
        if overload is not None and overload.average_s:
            self.sleep_ns(overload.average_s + 2 * self.promises.metering_window)

    def settle_registers(self) -> None:
        """Give the meter's registers the time that they are promised to follow the relay."""
        self.sleep_ns(self.promises.registers_follow)

    def stays(self, judgement: str, state: RelayState, since: Span | None = None) -> None:
        """Watch for as long as declared that the contact leaves `state` at no sample, from `since` (else now) on."""
        limit = self._journal.limit(judgement)
        began = self._clock.now() if since is None else since.lo
        self._clock.sleep_until(self._clock.now() + int(limit["at_least"]))
        self._books.pull()
        left = [e for e in self._books.edges if e.state is not state and e.at.hi >= began]
        watch = self._devices.sensing.watch(1 << 30, began)
        if self._books.state not in (state, RelayState.UNKNOWN) and not left:
            left = [Edge(self._books.state, Span.at(began))]
        observed = {
            "seen": len(left),
            "watched": self._clock.now() - began - self._books.dark_between(began, self._clock.now()),
            "largest_gap": watch.largest_gap,
            "first": f"{left[0].state} at {left[0].at.hi / SECOND:.3f} s" if left else "",
        }
        self._journal.observation(judgement, observed, Span(began, self._clock.now()))
        self.look_if_steady()
