"""Which catalogued faults the channels of a bench do not tell from a healthy meter, and what it would take to tell them.

A fault is suspected where it asks more of a channel than that has (the reference list of faults says what some of them ask), or
where what would catch it cannot be told here. What is suspected is tried: switched on, on the twin of the bench. Only what
escapes there is listed. Two are listed untried: how fast a contact chatters, and how fine a real load shows its current, no twin
knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rig.clock import HOUR, MILLISECOND, SECOND
from rig.planning.catchers import Catalogued, catchers
from rig.planning.foretelling import Foretold
from rig.planning.rehearsal import Rehearsal, Rehearsed
from rig.promises import Promises
from rig.scenario import Scenario
from rig.setup import Setup

_STAMPS_EDGES = "edge_logger"
"""A sense channel that is told of each edge, however short, instead of looking now and then."""
_LATE = 60
"""C2 cuts so late (s)."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A fault by its id and title, and why the channels of this bench do not tell it. `escapes`: it was tried, and escaped."""

    fault: str
    title: str
    words: str
    escapes: bool

    def as_record(self) -> dict[str, Any]:
        """As the evidence holds it."""
        return {"fault": self.fault, "title": self.title, "words": self.words, "escapes": self.escapes}


@dataclass(frozen=True, slots=True)
class Channels:
    """What a bench sees with, and for which promises. `caught`: (scenario as rehearsed, judgement's limit) that catch a fault."""

    setup: Setup
    promises: Promises
    load_accuracy: Fraction
    caught: Sequence[tuple[Rehearsed, Mapping[str, Any]]]

    @property
    def every(self) -> int:
        """How often the contact is looked at (ns)."""
        return self.setup.table.every_ms * MILLISECOND


Trial = Callable[[Catalogued, Sequence[Scenario]], bool]
"""True when one of these scenarios catches this fault on the twin of the bench."""


def unresolved(
    setup: Setup, rehearsal: Rehearsal, found: Sequence[Foretold], faults: Sequence[Catalogued], trial: Trial
) -> list[Unresolved]:
    """Those of these faults that this bench does not tell, whoever looks for them."""
    accuracy = Fraction(str((setup.table.load or {}).get("accuracy_percent", "0.5"))) / 100
    hidden = {(one.scenario, one.judgement) for one in found if one.surely}
    missing = [one for one, word, _ in rehearsal.left_out if word == "not shown"]
    unresolved_: list[Unresolved] = []
    for fault in faults:
        caught = list(_catching(rehearsal, fault))
        channels = Channels(setup, rehearsal.promises, accuracy, caught)
        escapes = False
        if fault.id in _UNTRIED:
            words = _UNTRIED[fault.id](setup)
        elif caught:
            words = _asked_too_much(fault.id, channels) or _never_told(fault, caught, hidden)
            escapes = bool(words) and fault.anywhere and not trial(fault, [one.scenario for one, _ in caught])
            words = words if escapes else ""
        elif absent := catchers(fault, missing):
            words = f"what catches it is not shown on this bench: {', '.join(absent)}"
        else:
            words = ""
        if words:
            unresolved_.append(Unresolved(fault.id, fault.title, words, escapes))
    return unresolved_


def untried(setup: Setup, faults: Sequence[Catalogued]) -> list[Unresolved]:
    """Those of these faults that this bench does not tell, of the two that no twin knows."""
    found = [(fault, _UNTRIED[fault.id](setup)) for fault in faults if fault.id in _UNTRIED]
    return [Unresolved(fault.id, fault.title, words, False) for fault, words in found if words]


def unlooked_for(rehearsal: Rehearsal, faults: Sequence[Catalogued]) -> list[str]:
    """Ids of those of these faults that no scenario of this plan is there to catch, or none that this meter is judged by."""
    there = [one.scenario for one in rehearsal.ran]
    there += [one for one, word, _ in rehearsal.left_out if word == "not shown"]
    there += [one for one, _ in rehearsal.unknown]
    return [fault.id for fault in faults if not catchers(fault, there)]


def _catching(rehearsal: Rehearsal, fault: Catalogued) -> Iterator[tuple[Rehearsed, Mapping[str, Any]]]:
    """Who catches a fault, with the limit that it breaks; an empty one where it is a finding."""
    for one in rehearsal.ran:
        if name := fault.reason(one.scenario):
            yield one, next((j["limit"] for j in one.records[0]["judges"] if j["name"] == name), {})


def _never_told(
    fault: Catalogued, caught: Sequence[tuple[Rehearsed, Mapping[str, Any]]], hidden: set[tuple[str, str]]
) -> str:
    by = [(one.scenario.id, fault.reason(one.scenario)) for one, _ in caught]
    if not all(pair in hidden for pair in by):
        return ""
    return "what should catch it cannot be told: " + ", ".join(f"{id_} ({judgement})" for id_, judgement in by)


def _asked_too_much(fault: str, channels: Channels) -> str:
    asks = _ASKS.get(fault)
    return asks(channels) if asks else ""


def _chatter(setup: Setup) -> str:
    """R3: edges within 200 ms after an operation."""
    if (setup.table.sense or {}).get("type") == _STAMPS_EDGES or setup.table.every_ms <= 1:
        return ""
    return (
        f"chatter asks for a look every 1 ms (1 kS/s) or an edge logger; this channel looks every {setup.table.every_ms}"
        " ms, and what is over before the next look is not seen"
    )


def _leakage(setup: Setup) -> str:
    """R9: 200 mA past an open contact, told from 10 mA."""
    load = setup.table.load or {}
    if setup.bench.emulates:
        return ""
    if load.get("type") == "resistor_bank":
        return "leakage asks for a current channel that tells 10 mA; a resistor bank has no meter of its own"
    return (
        "leakage asks for a current channel with a low range that tells 10 mA: the bench file does not say what the smallest "
        "current is that its load tells, and steps above 2.5 mA leave it undecided"
    )


def _late_cut(channels: Channels) -> str:
    """C2: so late that the cut is known to less than half of it."""
    price = channels.setup.policy.paise_per_wh
    best: Fraction | None = None
    for one, limit in channels.caught:
        watts = max((int(r["watts"]) for r in one.records if r["kind"] == "command" and "watts" in r), default=0)
        if limit.get("kind") == "within" and watts:
            unsure = -Fraction(limit["window"][0]) / (Fraction(watts, HOUR) * price) / SECOND
            best = unsure if best is None else min(best, unsure)
    if best is None or best < Fraction(_LATE, 2):
        return ""
    return (
        f"a cut that comes {_LATE} s late asks for one that is known to {_LATE // 2} s; window, tick, counts and channel leave "
        f"{float(best):.1f} s"
    )


def _doubled_delay(channels: Channels) -> str:
    """O5: the trip comes after twice its delay."""
    overload = channels.promises.table.overload
    if overload is None or overload.family != "definite_time":
        return ""
    windows = [limit["window"] for _, limit in channels.caught if limit.get("kind") == "timed"]
    if not windows or any(2 * (lo + channels.promises.metering_window) > hi for lo, hi in windows):
        return ""
    lo, hi = windows[0]
    return f"a doubled delay falls into the window of {lo / SECOND:.3f} … {hi / SECOND:.3f} s that is allowed anyway"


def _threshold(channels: Channels) -> str:
    """O2: a threshold that lies 1 % low."""
    unsure = channels.load_accuracy + channels.promises.overload_tolerance
    if unsure < Fraction(1, 100):
        return ""
    return (
        f"a threshold 1 % low asks for load and limiter known to less than 1 % together; the load is known to "
        f"{_percent(channels.load_accuracy)}, the limiter promises {_percent(channels.promises.overload_tolerance)}"
    )


def _gain(percent: int) -> Callable[[Channels], str]:
    """M1, A14: so many percent of energy or money too many."""

    def asks(channels: Channels) -> str:
        unsure = channels.promises.energy_uncertainty + 2 * channels.load_accuracy
        if unsure < Fraction(percent, 100):
            return ""
        return (
            f"{percent} % too much asks for energy known better than that; the meter's class is "
            f"{_percent(channels.promises.energy_uncertainty)}, the load is known to {_percent(channels.load_accuracy)}"
        )

    return asks


def _percent(part: Fraction) -> str:
    return f"{float(100 * part):g} %"


_ASKS: Mapping[str, Callable[[Channels], str]] = {
    "C2": _late_cut,
    "O2": _threshold,
    "O5": _doubled_delay,
    "M1": _gain(10),
    "A14": _gain(2),
}
"""What a fault asks of the channels; the reference list of faults says it of each of these."""
_UNTRIED: Mapping[str, Callable[[Setup], str]] = {"R3": _chatter, "R9": _leakage}
