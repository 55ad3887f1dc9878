"""Before a meter is blamed, the bench is asked whether it agrees with itself: its load, its source and its relay sense.

The load is a second look at the contact: it measures voltage behind it. Where it and the relay sense contradict each
other, or the load does not do what it was told, the wiring is wrong or a device is, and nothing is said of the meter.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from rig.channel import sense_delay
from rig.clock import MILLISECOND, SECOND, Clock, Span
from rig.config import PositionTable
from rig.contracts import Devices, LoadMeasurement, RelayState
from rig.disagreement import CannotTell, Disagreement, Seen
from rig.errors import DeviceRefused, LinkError
from rig.seeing import FreshLoad, Seeing, WatchedSource

_SETTLES = 300 * MILLISECOND
"""ns after an edge in which load and channel may still say different things."""
_RAMPS = SECOND
"""ns that a load gets to draw what it was told."""
_SEES_AGAIN = 2 * SECOND
"""ns that a channel which does not answer gets to answer again."""
_TRIES = 5
_LONGEST_GAP = SECOND


class Witness:
    """One position's devices, cross-examined."""

    def __init__(self, devices: Devices, clock: Clock, table: PositionTable, volts: Decimal) -> None:
        seeing = Seeing(devices.sensing, clock)
        self._load = load = FreshLoad(devices.load, clock)
        self._source = WatchedSource(devices.source, seeing, load, volts, clock, sense_delay(table)[1])
        self.devices = replace(devices, sensing=seeing, load=load, source=self._source)
        """The devices as a session uses them: looked at while they are used."""
        self._clock = clock
        self._every = table.every_ms * MILLISECOND
        self._settles = _SETTLES + sense_delay(table)[1] + 3 * self._every
        self._says = Disagreement(volts, devices.load.rating_w)
        self._edges = 0
        self._first_edge = 0
        self._moved = self._began = clock.now()

    def begin(self) -> None:
        """A scenario begins, with the load off. LinkError when the bench contradicts itself already."""
        self._began = self._clock.now()
        self._first_edge = max(self._edges - 1, 0)
        self._load.readings.clear()
        self._agree(tripped=False)

    def glimpse(self) -> None:
        """Look at the load while an edge is waited for; it is held against the relay sense when somebody is to be blamed."""
        self._measured()

    def before_blame(self) -> None:
        """Something is about to be said against the meter.

        Raises:
            CannotTell: the machine slept, or the relay sense did not look for too long.
            LinkError: load, source and relay sense contradict each other.
        """
        since = Span(self._began, self._clock.now())
        if any(void.overlaps(since) for void in self.devices.voids()):
            raise CannotTell(
                "the machine was suspended during this scenario: its clock stood still, and no time in it means anything"
            )
        self._let_it_see()
        gap = self.devices.sensing.watch(1 << 30, self._began).largest_gap
        if gap > max(_LONGEST_GAP, 10 * self._every):
            raise CannotTell(
                f"the relay sense did not look for {gap / SECOND:.3f} s in this scenario, so nobody knows what the contact did; "
                "check its module, its bus, and what else keeps them busy"
            )
        self._agree()

    def still_draws(self) -> None:
        """The load is about to be told something else. LinkError when it tripped by itself meanwhile."""
        if words := self._says.tripped(self.devices.load.tripped()):
            raise LinkError(self._named(words))

    def drawn(self, asked: int) -> Decimal:
        """What the load draws (W) that was just told to draw `asked`, on a live line behind a closed contact.

        LinkError when it draws nothing though it has voltage: then it does not obey, or shows nothing.
        """
        measured = self._measured()
        if measured is None:
            return Decimal(asked)
        if self._says.draws_nothing(asked, measured):
            self._clock.sleep_until(self._clock.now() + _RAMPS, lambda: not self._still_nothing(asked))
            self._agree()
            measured = self._measured() or measured
        return measured.power_w

    def _still_nothing(self, asked: int) -> bool:
        measured = self._measured()
        return measured is not None and self._says.draws_nothing(asked, measured)

    def _agree(self, tripped: bool = True) -> None:
        """`tripped`: a load that has switched itself off counts, too; whoever draws next arms it again."""
        words = self._source.wrong(self._began) or self._contradiction(tripped) or self._contradicted_before()
        if words:
            raise LinkError(self._named(words))

    def _named(self, words: str) -> str:
        return f"{self.devices.position}: {words}; `rig known-relay` finds such faults before a meter is judged"

    def _contradiction(self, tripped: bool) -> str:
        """What does not fit, seen while nothing moved; empty where all fits, or where the contact does not hold still."""
        self._let_it_see()
        for _ in range(_TRIES):
            state = self._still()
            measured = self._measured()
            cause = self.devices.load.tripped() if tripped else ""
            source_on = self.devices.source.is_on()
            if self._still() is state and self._moved + self._settles <= self._clock.now():
                words = self._says.of(Seen(state, source_on, self._load.told, measured, cause))
                if not words or not self._moves_now():
                    return words
        return ""

    def _moves_now(self) -> bool:
        """True when the contact has moved since the last look of the relay sense, which the load saw first."""
        moved = self._moved
        self._clock.sleep_until(self._clock.now() + self._settles)
        self._still()
        return self._moved != moved

    def _contradicted_before(self) -> str:
        """What a reading of the load has said in this scenario that the relay sense did not see."""
        edges = self.devices.sensing.watch(self._first_edge).edges
        for reading in self._load.readings:
            near = Span(reading.sent, reading.received).widened(self._settles, self._settles)
            if any(edge.at.overlaps(near) for edge in edges):
                continue
            before = [edge.state for edge in edges if edge.at.hi < near.lo]
            if before and (words := self._says.of_contact(before[-1], reading.voltage_v)):
                return words
        return ""

    def _let_it_see(self) -> None:
        """Give a channel that does not answer now the time to answer again."""
        sensing = self.devices.sensing
        if sensing.blind():
            self._clock.sleep_until(self._clock.now() + _SEES_AGAIN, lambda: not sensing.blind())

    def _still(self) -> RelayState:
        """The contact, once it has not moved for long enough, or soon."""
        watch = self.devices.sensing.watch(self._edges)
        if watch.edges:
            self._edges += len(watch.edges)
            self._moved = max(self._moved, watch.edges[-1].at.hi)
        due = self._moved + self._settles
        if due <= self._clock.now():
            return watch.state
        self._clock.sleep_until(due)
        return self.devices.sensing.watch(1 << 30).state

    def _measured(self) -> LoadMeasurement | None:
        try:
            return self.devices.load.measure()
        except DeviceRefused:
            return None
