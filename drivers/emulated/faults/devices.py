"""Faults of the bench's own devices: its load, its source, the machine that it runs on. The meter is well.

What a rig says of such a meter must never be FAIL, and never PASS for what it did not see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from drivers.emulated.faults.fault import Ending, Fault
from drivers.emulated.load import EmulatedLoad
from drivers.emulated.machine import Machine
from drivers.emulated.source import EmulatedSource
from rig.clock import SECOND, Alarm, Span

TRIPS_AFTER = 3 * SECOND
SHOWS_FROM = Decimal(15)
"""A: less than this the ammeter of B6 does not show."""
SLEEPS_EVERY, SLEEPS_FOR = 97 * SECOND, 10 * SECOND


class _Trips(EmulatedLoad):
    """Gets too hot, drops out and off the line, until somebody clears it."""

    _alarm: Alarm | None = None

    def _circuit_demand(self, watts: int) -> None:
        super()._circuit_demand(watts)
        if watts and self._alarm is None:
            alarms = self._circuit.alarms
            self._alarm = alarms.call_at(alarms.now() + TRIPS_AFTER, self._gets_hot)
        elif not watts and self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _gets_hot(self) -> None:
        self._alarm = None
        self._trip("overtemperature")

    def _true(self, name: str) -> Decimal:
        return Decimal(0) if "overtemperature" in self._latched else super()._true(name)


class _Ignores(EmulatedLoad):
    def _circuit_demand(self, watts: int) -> None:
        """Confirms everything and draws nothing."""


class _HoldsOn(EmulatedLoad):
    def _circuit_demand(self, watts: int) -> None:
        if watts:
            super()._circuit_demand(watts)


class _StandsStill(EmulatedLoad):
    """Takes one reading and shows it for ever."""

    _first: dict[str, Decimal] | None = None

    def _true(self, name: str) -> Decimal:
        first = self._first = {} if self._first is None else self._first
        return first.setdefault(name, super()._true(name))


class _OneBehind(EmulatedLoad):
    """Shows the reading before, as one that is asked with FETC while nothing triggers."""

    _kept: dict[str, Decimal] | None = None

    def _true(self, name: str) -> Decimal:
        kept = self._kept = {} if self._kept is None else self._kept
        now = super()._true(name)
        shown, kept[name] = kept.get(name, now), now
        return shown


class _Insensitive(EmulatedLoad):
    def _true(self, name: str) -> Decimal:
        seen = name == "VOLT" or Decimal(self._circuit.load_milliamps) / 1000 >= SHOWS_FROM
        return super()._true(name) if seen else Decimal(0)


class Elsewhere(EmulatedLoad):
    """Its terminals hang on the meter of another position, or on nothing where there is no other."""


class _StaysOn(EmulatedSource):
    def _feed(self) -> None:
        if self._output_on:
            super()._feed()


class _FeedsNothing(EmulatedSource):
    def _feed(self) -> None:
        """Says that its output is on, and its fuse is blown."""


class _Sleeps(Machine):
    """Suspended again and again: the devices go on, the rig's clock stands still, and the system has counted it."""

    def now(self) -> int:
        by_rig = self._clock.now()
        return by_rig + by_rig // SLEEPS_EVERY * SLEEPS_FOR

    def call_at(self, instant: int, call: Callable[[], None]) -> Alarm:
        slept, awake = divmod(instant, SLEEPS_EVERY + SLEEPS_FOR)
        return self._clock.call_at(slept * SLEEPS_EVERY + min(awake, SLEEPS_EVERY), call)

    def voids(self) -> Sequence[Span]:
        slept = self._clock.now() // SLEEPS_EVERY
        return tuple(Span.at(SLEEPS_EVERY * time) for time in range(1, slept + 1))


FAULTS = (
    Fault(
        "B1",
        "load trips by itself",
        "load",
        "the load says overtemperature, and no relay is blamed",
        parts=(_Trips,),
        ends_in=Ending("ERROR", {"PWR-1": "tripped its overtemperature", "EXH-1": "tripped its overtemperature"}),
    ),
    Fault(
        "B2",
        "load obeys in words alone",
        "load",
        "told to draw, it measures nothing behind a live contact",
        parts=(_Ignores,),
        ends_in=Ending("ERROR", {"OVL-1": "the load was told to draw", "MET-1": "the load was told to draw"}),
    ),
    Fault(
        "B3",
        "load does not let go",
        "load",
        "told to be off, it still draws",
        parts=(_HoldsOn,),
        ends_in=Ending("ERROR", {"PWR-1": "the load was told to be off"}),
    ),
    Fault(
        "B4",
        "load's readings stand still",
        "load",
        "what it measures does not follow what it is told",
        parts=(_StandsStill,),
        ends_in=Ending("ERROR", {"OVL-1": "the load was told to draw", "MET-1": "the load was told to draw"}),
    ),
    Fault(
        "B5",
        "load's readings are one behind",
        "load",
        "the first reading is thrown away, and nobody is blamed",
        parts=(_OneBehind,),
        ends_in=Ending("PASS", {"MET-2": "", "REL-1": ""}),
    ),
    Fault(
        "B6",
        "load's ammeter blind below 15 A",
        "load",
        "told to draw, it shows nothing",
        parts=(_Insensitive,),
        ends_in=Ending("ERROR", {"OVL-1": "the load was told to draw", "MET-1": "the load was told to draw"}),
    ),
    Fault(
        "B7",
        "load at another position",
        "load",
        "it has no voltage behind a closed contact",
        parts=(Elsewhere,),
        ends_in=Ending("ERROR", {"REL-1": "the relay sense says closed", "OVL-1": "the relay sense says closed"}),
    ),
    Fault(
        "B19",
        "source does not switch off",
        "source",
        "the line is live with the source off",
        parts=(_StaysOn,),
        ends_in=Ending("ERROR", {"PWR-1": "the source was switched off and confirmed it"}),
    ),
    Fault(
        "B20",
        "source switched on, and nothing comes",
        "source",
        "nobody answers on a dead line",
        parts=(_FeedsNothing,),
        ends_in=Ending("ERROR", {"REL-1": "no answer"}),
    ),
    Fault(
        "B21",
        "machine sleeps",
        "machine",
        "the scenario tells nothing",
        parts=(_Sleeps,),
        ends_in=Ending("INCONCLUSIVE", {"PWR-1": "the machine was suspended", "EXH-1": "the machine was suspended"}),
    ),
)
