"""Watches one relay sense channel on a grid and keeps its edges as spans.

The grid is `start + n * every`. An edge lies between the sample that still saw the old state and the first that saw the
new one, shifted by the channel's own delay. A slow answer widens the span; it never moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rig.clock import Alarms, Clock, Span
from rig.contracts import Edge, RelaySense, RelayState, SenseSample, Watch
from rig.errors import DeviceRefused, LinkError


class Sampler:
    """One channel's memory: its present state, its edges, and how closely it has looked.

    A channel with `looks` (see `rig.contracts.TimedSense`) tells every edge since the last look with a span of its own.

    `every` (ns) is the grid; `source_is_on` tells whether the line is live where the channel does not sense that itself;
    `delay` (least, most; ns) is how far the channel lags behind the contact.
    """

    def __init__(
        self,
        sense: RelaySense,
        clock: Clock,
        every: int,
        source_is_on: Callable[[], bool],
        delay: tuple[int, int] = (0, 0),
    ) -> None:
        self._sense = sense
        self._clock = clock
        self._every = every
        self._source_is_on = source_is_on
        self._delay = delay
        self._edges: list[Edge] = []
        self._state = RelayState.UNKNOWN
        self._start = self._first = clock.now()
        self._last_sent = self._last_received = -1
        self._samples = 0
        self._gaps: list[tuple[int, int]] = []
        self._blind = ""
        self._armed_for = -1
        self._announced = False
        self._line_is_sensed = False

    def take(self) -> None:
        """Take one sample now. A channel that does not answer, or refuses to, leaves a gap, and `blind` says why."""
        live_before = self._line_is_sensed or self._source_is_on()
        looks: Callable[[], Sequence[SenseSample]] | None = getattr(self._sense, "looks", None)
        try:
            samples = looks() if looks is not None else (self._sense.sample(),)
        except (LinkError, DeviceRefused) as error:
            self._blind = str(error)
            return
        self._blind = ""
        self._line_is_sensed = all(sample.line_side is not None for sample in samples)
        live = self._line_is_sensed or (live_before and self._source_is_on())
        for sample in samples:
            self._keep(sample, _state(sample, live))

    def _keep(self, sample: SenseSample, state: RelayState) -> None:
        if self._last_sent < 0:
            self._first = sample.sent
            self._edges.append(Edge(state, Span(sample.sent, sample.received)))
        else:
            self._keep_gap(sample.received, sample.received - self._last_sent)
            if state is not self._state:
                least, most = self._delay
                seen = Span(self._last_sent - most, max(sample.received - least, self._last_sent - most))
                self._edges.append(Edge(state, seen))
        self._state = state
        self._samples += 1
        self._last_sent, self._last_received = sample.sent, sample.received

    def _keep_gap(self, until: int, gap: int) -> None:
        """Keep each gap that no later one reaches, so that the largest since any moment is the first kept after it."""
        gaps = self._gaps
        while gaps and gaps[-1][1] <= gap:
            gaps.pop()
        gaps.append((until, gap))

    def watch(self, from_edge: int = 0, since: int = 0) -> Watch:
        """What has been seen so far. The first "edge" is the state at the beginning of the watch."""
        if self._announced:
            pending = self._armed_for > self._last_sent
            self._count_quiet(min(self._clock.now() + 1, self._armed_for) if pending else self._clock.now() + 1)
        return Watch(
            self._state,
            tuple(self._edges[from_edge:]),
            self._samples,
            self._first,
            max(self._last_received, self._first),
            next((gap for until, gap in self._gaps if until >= since), 0),
        )

    def blind(self) -> str:
        """Why the last sample failed; empty when it did not."""
        return self._blind

    @property
    def last_answer(self) -> int:
        """When the channel last answered (ns); the beginning of the watch before the first answer."""
        return max(self._last_received, self._first)

    def run_on_timer(self, alarms: Alarms) -> None:
        """Sample in virtual time. A channel in memory announces its changes, so a quiet stretch is counted in one step."""
        self.take()
        self._announced = self._sense.announces(lambda: self._arm(alarms))
        if not self._announced:
            self._arm_every(alarms)

    def _arm_every(self, alarms: Alarms) -> None:
        def again() -> None:
            self.take()
            self._arm_every(alarms)

        alarms.call_at(self._grid_at_or_after(alarms.now() + 1), again)

    def _grid_at_or_after(self, instant: int) -> int:
        return self._start + -(-(instant - self._start) // self._every) * self._every

    def _arm(self, alarms: Alarms) -> None:
        due = self._grid_at_or_after(alarms.now())
        if due <= self._last_sent:  # looked at already, in this very instant
            due += self._every
        if due == self._armed_for:
            return
        self._armed_for = due

        def look() -> None:
            self._count_quiet(due)
            self.take()
            if self._blind:  # nobody announces when it sees again
                alarms.call_at(alarms.now() + 1, lambda: self._arm(alarms))

        alarms.call_at(due, look)

    def _count_quiet(self, before: int) -> None:
        """Count the samples on the grid that a quiet channel answered unchanged, up to the last one before `before`."""
        last_quiet = self._grid_at_or_after(before) - self._every
        skipped = (last_quiet - self._last_sent) // self._every
        if self._last_sent < 0 or skipped <= 0 or self._blind:
            return
        took = self._last_received - self._last_sent
        self._keep_gap(last_quiet + took, self._every + took)
        self._samples += skipped
        self._last_sent, self._last_received = last_quiet, last_quiet + took


def _state(sample: SenseSample, live: bool) -> RelayState:
    if not (live if sample.line_side is None else sample.line_side):
        return RelayState.UNKNOWN
    return RelayState.CLOSED if sample.load_side else RelayState.OPEN
