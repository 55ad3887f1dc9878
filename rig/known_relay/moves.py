"""Many moves of the known relay, and when the channel saw each."""

from __future__ import annotations

from dataclasses import dataclass, field

from rig.clock import MILLISECOND, SECOND, Span
from rig.contracts import Edge, RelayState
from rig.known_relay.lags import Lag, covering, lag_of
from rig.known_relay.place import Place
from rig.known_relay.rows import Row, held, wrong

EDGES = "every move is seen once"
GAPS = "the channel looks all the time"
DELAY = "delay of the channel"
_STAYS = 700 * MILLISECOND
"""So long (ns) the contact stays where it is between two moves."""
_GRAIN = 0.6180339887
"""By this part of the grid each move is later in it than the one before, so that all its phases are met."""
_UNDECLARED = 10 * MILLISECOND
"""What a channel may lag (ns) whose bench file says nothing of it."""
_LONGEST_GAP = SECOND


@dataclass(slots=True)
class Moves:
    """Moves the contact `times` there and back, with the load off."""

    place: Place
    times: int
    moved: list[tuple[RelayState, Span]] = field(default_factory=list)
    seen: list[Edge] = field(default_factory=list)
    gap: int = 0

    def make(self) -> None:
        """Move it, and take in what the channel saw. The relay is at rest before and afterwards."""
        place, clock = self.place, self.place.clock
        assert place.coil is not None and place.relay is not None, "a link is not moved"
        place.coil.let_go()
        self._stay(0)
        began, first = clock.now(), self._edges()
        worked, rests = RelayState.CLOSED, RelayState.OPEN
        if place.relay.contact == "nc":
            worked, rests = rests, worked
        for time in range(self.times):
            self.moved.append((worked, place.coil.hold().plus(*place.relay.operates_s)))
            self._stay(2 * time + 1)
            self.moved.append((rests, place.coil.let_go().plus(*place.relay.releases_s)))
            self._stay(2 * time + 2)
        watch = place.devices.sensing.watch(first, began)
        self.seen, self.gap = list(watch.edges), watch.largest_gap

    def _edges(self) -> int:
        return len(self.place.devices.sensing.watch().edges)

    def _stay(self, time: int) -> None:
        every = self.place.table.every_ms * MILLISECOND
        phase = int(time * _GRAIN % 1 * every)
        self.place.clock.sleep_until(self.place.clock.now() + _STAYS + 3 * every + phase)

    def rows(self, declared: tuple[int, int] | None) -> list[Row]:
        """What the moves say; `declared` is the delay of the bench file (least, most; ns), None where it says nothing."""
        rows = [self._all_seen(), self._gaps()]
        if all(row.holds == "yes" for row in rows):
            rows.append(self._delay(declared))
        return rows

    def _all_seen(self) -> Row:
        due, came = [state for state, _ in self.moved], [edge.state for edge in self.seen]
        words = f"{len(due)} moves, {len(came)} edges"
        if due == came:
            return held(EDGES, words)
        where = "look whether the channel answers all the time and afresh, and whether the relay's contact bounces"
        return wrong(EDGES, words + ("" if len(due) != len(came) else ", in another order"), where)

    def _gaps(self) -> Row:
        words = f"longest without a look: {self.gap / SECOND:.3f} s"
        if self.gap > max(_LONGEST_GAP, 10 * self.place.table.every_ms * MILLISECOND):
            return wrong(GAPS, words, "look at the module, at its bus, and at what else keeps them busy")
        return held(GAPS, words)

    @property
    def lag(self) -> Lag:
        """How far the channel lags. ValueError where nothing was seen."""
        return covering([lag_of(at, edge.at) for (_, at), edge in zip(self.moved, self.seen, strict=True)])

    def _delay(self, declared: tuple[int, int] | None) -> Row:
        lag = self.lag
        words = f"{_s(lag.least)} … {_s(lag.most)} s by {lag.edges} edges (margin {_s(lag.margin)} s)"
        said = "nothing" if declared is None else f"{_s(declared[0])} … {_s(declared[1])} s"
        words += f"; the bench file says {said}"
        most, least = (_UNDECLARED, 0) if declared is None else (declared[1], declared[0])
        if lag.least > most or lag.most < least or lag.most - lag.margin > most + _UNDECLARED:
            where = (
                "the channel is slower than the bench file says, or its answers are old: look at its filter, its scan time and "
                "what stands between; if it has to be so, write it down as sense.delay_s"
            )
            return wrong(DELAY, words, where)
        return held(DELAY, words)


def _s(ns: int) -> str:
    return f"{ns / SECOND:.4f}"
