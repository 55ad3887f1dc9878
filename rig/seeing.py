"""A bench that is looked at while it is used: a sense channel that does not answer, a reading that is old, a channel that is late."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from decimal import Decimal

from rig.clock import MILLISECOND, SECOND, Clock, Span
from rig.contracts import Load, LoadMeasurement, RelayState, Sensing, Source, Watch
from rig.errors import DeviceRefused, LinkError

_PATIENCE = 2 * SECOND
_KEPT = 1000
_GOES_OFF = 300 * MILLISECOND
"""So long (ns) a line may stay live after its source has been switched off."""
LATE = (
    "the load measured the mains {:.3f} s before the relay sense may have seen them by its own account: the channel is slower "
    "than the bench file says, or its answers are old; look at its filter, its scan time and what stands between, and at "
    "sense.delay_s"
)
STAYS_ON = (
    "the source was switched off and confirmed it, and the line-side input saw voltage all the time; isolate the bench by "
    "hand, and look at the source's output and at where the line-side input is wired"
)
DARK = (
    "the line-side input saw no voltage for a while with the source on; look whether it is wired behind the meter, or to the "
    "other side of the contact"
)
_FRESH = 100 * MILLISECOND
"""So long (ns) nothing is taken to have changed since a reading, unless a command was given."""


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


class FreshLoad:
    """A load whose first reading after a while, or after a command, is thrown away: some answer with the one before."""

    def __init__(self, load: Load, clock: Clock) -> None:
        self.rating_w = load.rating_w
        self._load = load
        self._clock = clock
        self._fresh_until = 0
        self.told = 0
        """What it was told last (W)."""
        self.readings: deque[LoadMeasurement] = deque(maxlen=_KEPT)
        """Its last readings, oldest first, to be held against what the relay sense saw."""

    def changed(self) -> None:
        """Something has changed at its terminals."""
        self._fresh_until = 0

    def draw_watts(self, watts: int) -> Span:
        """See `Load`."""
        self.changed()
        self.told = watts
        return self._load.draw_watts(watts)

    def off(self) -> Span:
        """See `Load`."""
        self.changed()
        taken = self._load.off()
        self.told = 0
        return taken

    def measure(self) -> LoadMeasurement:
        """See `Load`."""
        if self._clock.now() > self._fresh_until:
            self._load.measure()
        measured = self._load.measure()
        self._fresh_until = measured.received + _FRESH
        self.readings.append(measured)
        return measured

    def tripped(self) -> str:
        """See `Load`."""
        return self._load.tripped()


class WatchedSource:
    """A source that is watched while it is switched: by the load, and by the relay sense.

    The voltage is there at the latest when the load measures it, and the line is dead only while the source is off.
    `delay` (ns) is how far the relay sense may lag behind.
    """

    def __init__(
        self, source: Source, sensing: Sensing, load: FreshLoad, volts: Decimal, clock: Clock, delay: int
    ) -> None:
        self._source = source
        self._sensing = sensing
        self._load = load
        self._live = volts / 2
        self._clock = clock
        self._settles = _GOES_OFF + delay
        self._since, self._looked = 0, 1
        self._there: int | None = None
        self._off: Span | None = None
        self._dark: list[Span] = []
        self._wrong = ""

    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        """See `Source`."""
        before = self._sensing.watch()
        self._load.changed()
        taken = self._source.on(volts, hertz)
        self._was_dark(before.state, taken)
        if before.state is RelayState.UNKNOWN and before.samples:
            self._since, self._there = len(before.edges), None
            with suppress(DeviceRefused):
                measured = self._load.measure()
                self._there = measured.received if measured.voltage_v > self._live else None
        return taken

    def _was_dark(self, state: RelayState, on: Span) -> None:
        if self._off is None:
            return
        off, self._off = self._off, None
        self._dark.append(Span(off.lo, on.hi))
        if state is not RelayState.UNKNOWN and on.lo - off.hi > self._settles:
            self._wrong = STAYS_ON

    def off(self) -> Span:
        """See `Source`."""
        self._load.changed()
        taken = self._source.off()
        self._off = self._off or taken
        return taken

    def is_on(self) -> bool:
        """See `Source`."""
        return self._source.is_on()

    def wrong(self, since: int) -> str:
        """What was seen that cannot be, in words: a channel that is late, a line that stays live, one that was dark since
        `since` (ns) with the source on; empty while there is nothing."""
        self._wrong = self._wrong or self._late()
        return self._wrong or self._went_dark(since)

    def _late(self) -> str:
        """Words when the relay sense said dead after the load had measured the voltage, its stated delay allowed for."""
        if self._there is None:
            return ""
        live = [e for e in self._sensing.watch(self._since).edges if e.state is not RelayState.UNKNOWN]
        there, self._there = self._there, None if live else self._there
        return LATE.format((live[0].at.lo - there) / SECOND) if live and live[0].at.lo > there else ""

    def _went_dark(self, since: int) -> str:
        known = [*self._dark, *([Span(self._off.lo, self._clock.now())] if self._off else [])]
        for edge in self._sensing.watch(self._looked).edges:
            self._looked += edge.at.hi < since
            if edge.state is RelayState.UNKNOWN and edge.at.lo >= since:
                near = edge.at.widened(self._settles, self._settles)
                if not any(near.overlaps(dark) for dark in known):
                    return DARK
        return ""
