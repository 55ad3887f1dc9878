"""Faults of a relay sense: how its two inputs are wired, and when they are looked at. The meter is well.

What a rig says of such a meter must never be FAIL, and never PASS for what it did not see.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.emulated.circuit import Circuit
from drivers.emulated.faults.fault import Ending, Fault
from drivers.emulated.sides import Past, Sides, levels_of
from rig.clock import MILLISECOND, SECOND, Alarms

PICKS_UP_MA = 24_000
SCANS_EVERY = SECOND // 2
SILENT_FOR = 1500 * MILLISECOND
STANDS_STILL_AFTER = 2 * SECOND


class _LineSideTwice(Sides):
    def levels(self) -> tuple[int, int]:
        line = levels_of(self.circuit)[1]
        return line, line


class _LoadSideTwice(Sides):
    def levels(self) -> tuple[int, int]:
        load = levels_of(self.circuit)[0]
        return load, load


class _Crossed(Sides):
    def levels(self) -> tuple[int, int]:
        load, line = levels_of(self.circuit)
        return line, load


class _Inverted(Sides):
    def levels(self) -> tuple[int, int]:
        load, line = levels_of(self.circuit)
        return 1 - load, line


class _Dead(Sides):
    def levels(self) -> tuple[int, int]:
        return 0, levels_of(self.circuit)[1]


class _OfAnother(Sides):
    def __init__(self, circuits: Sequence[Circuit], number: int, alarms: Alarms) -> None:
        super().__init__(circuits, number, alarms)
        self._other = circuits[(number + 1) % len(circuits)] if len(circuits) > 1 else Circuit(alarms)
        self._other.on_change(self.changed)

    def levels(self) -> tuple[int, int]:
        return levels_of(self._other)


class _ByCurrent(Sides):
    """A current relay in the load's lead that picks up above what is ever drawn."""

    def levels(self) -> tuple[int, int]:
        return int(self.circuit.load_milliamps >= PICKS_UP_MA), levels_of(self.circuit)[1]


class _Scanned(Sides):
    """Shows what was so when the inputs were looked at last, every half second."""

    def __init__(self, circuits: Sequence[Circuit], number: int, alarms: Alarms) -> None:
        super().__init__(circuits, number, alarms)
        self._past = Past(lambda: levels_of(self.circuit), alarms.now())

    def levels(self) -> tuple[int, int]:
        return self._past.at(self.alarms.now() // SCANS_EVERY * SCANS_EVERY)

    def changed(self) -> None:
        now = self.alarms.now()
        self._past.note(now)
        self.alarms.call_at((now // SCANS_EVERY + 1) * SCANS_EVERY, self.announce)


class _AnswersBehind(Sides):
    """A gateway hands the answer to one request to the next: every answer is the one before."""

    def __init__(self, circuits: Sequence[Circuit], number: int, alarms: Alarms) -> None:
        super().__init__(circuits, number, alarms)
        self._before = levels_of(self.circuit)

    def levels(self) -> tuple[int, int]:
        shown, self._before = self._before, levels_of(self.circuit)
        if shown != self._before:
            self.alarms.call_at(self.alarms.now() + 1, self.announce)
        return shown


class _Stalls(Sides):
    """After each change the whole module is silent for a while."""

    _silent_until = 0

    def answers(self) -> bool:
        return self.alarms.now() >= self._silent_until

    def changed(self) -> None:
        self._silent_until = self.alarms.now() + SILENT_FOR
        super().changed()
        self.alarms.call_at(self._silent_until, self.announce)


class _StuckInputs(Sides):
    """Once the line has been live for a while, it answers the same for ever."""

    _stuck: tuple[int, int] | None = None
    _live = False

    def levels(self) -> tuple[int, int]:
        return levels_of(self.circuit) if self._stuck is None else self._stuck

    def changed(self) -> None:
        super().changed()
        if self.circuit.source_on and not self._live:
            self._live = True
            self.alarms.call_at(self.alarms.now() + STANDS_STILL_AFTER, self._sticks)

    def _sticks(self) -> None:
        self._stuck = levels_of(self.circuit)


FAULTS = (
    Fault(
        "B8",
        "load-side input wired to the line",
        "sense",
        "live behind an open contact, and the load has no voltage",
        parts=(_LineSideTwice,),
        ends_in=Ending("ERROR", {"REL-1": "the relay sense says closed", "OVL-1": "the relay sense says closed"}),
    ),
    Fault(
        "B9",
        "line-side input wired to the load side",
        "sense",
        "the line looks dead with the source on",
        parts=(_LoadSideTwice,),
        ends_in=Ending("ERROR", {"REL-1": "saw no voltage for a while", "OVL-1": "saw no voltage for a while"}),
    ),
    Fault(
        "B10",
        "both inputs crossed",
        "sense",
        "the line looks dead with the source on",
        parts=(_Crossed,),
        ends_in=Ending("ERROR", {"REL-1": "saw no voltage for a while", "OVL-1": "saw no voltage for a while"}),
    ),
    Fault(
        "B11",
        "load-side input inverted",
        "sense",
        "dead behind a closed contact, and the load has voltage",
        parts=(_Inverted,),
        ends_in=Ending("ERROR", {"REL-1": "the relay sense says open", "OVL-1": "the relay sense says open"}),
    ),
    Fault(
        "B12",
        "load-side input dead",
        "sense",
        "dead behind a closed contact, and the load has voltage",
        parts=(_Dead,),
        ends_in=Ending("ERROR", {"REL-1": "the relay sense says open", "OVL-1": "the relay sense says open"}),
    ),
    Fault(
        "B13",
        "inputs of another position",
        "sense",
        "they do not move with this source and this contact",
        parts=(_OfAnother,),
        ends_in=Ending(
            "ERROR", {"REL-1": "the line-side input sees no voltage", "OVL-1": "the line-side input sees no voltage"}
        ),
    ),
    Fault(
        "B14",
        "sensed by a current above every load",
        "sense",
        "dead behind a closed contact, and the load has voltage",
        parts=(_ByCurrent,),
        ends_in=Ending("ERROR", {"REL-1": "the relay sense says open", "OVL-1": "the relay sense says open"}),
    ),
    Fault(
        "B15",
        "inputs up to half a second old",
        "sense",
        "the load had voltage before the channel says so",
        parts=(_Scanned,),
        ends_in=Ending(
            "ERROR",
            {
                "REL-1": "before the relay sense may have seen them",
                "OVL-1": "before the relay sense may have seen them",
            },
        ),
    ),
    Fault(
        "B16",
        "answers of the module one behind",
        "sense",
        "the load had voltage before the channel says so",
        parts=(_AnswersBehind,),
        ends_in=Ending(
            "ERROR",
            {
                "REL-1": "before the relay sense may have seen them",
                "OVL-1": "before the relay sense may have seen them",
            },
        ),
    ),
    Fault(
        "B17",
        "module silent after every change",
        "sense",
        "edges are known to a second and a half only",
        parts=(_Stalls,),
        ends_in=Ending("INCONCLUSIVE", {"REL-1": "did not look"}),
    ),
    Fault(
        "B18",
        "inputs stand still",
        "sense",
        "they do not move with the contact, and the load's voltage does",
        parts=(_StuckInputs,),
        ends_in=Ending("ERROR", {"OVL-1": "the relay sense says closed", "EXH-1": "the relay sense says closed"}),
    ),
)
