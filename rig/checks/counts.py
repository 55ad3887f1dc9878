"""How many events of each name there have to be, derived from what the bench did and what its oracles know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rig.clock import Span
from rig.contracts import Edge, RelayState, Value

DISCONNECTED, CONNECTED = "load switch disconnected", "load switch connected"
OCCURRENCE, RESTORATION = "overload occurrence", "overload restoration"
OVERLOAD_EVENTS = (OCCURRENCE, RESTORATION)
CURRENT_EVENTS = ("over current", "over current ended")
POWER_FAIL, POWER_RESTORE = "power fail", "power restore"
RECHARGED = "recharge accepted"
ALARMS = {"alarm_1": "low credit alarm 1", "alarm_2": "low credit alarm 2"}
_BY_VALUE: Mapping[tuple[str, Value], str] = {
    ("overload_enabled", 1): "load limit function enabled",
    ("overload_enabled", 0): "load limit function disabled",
    ("payment_mode", "postpaid"): "changed to postpaid",
    ("payment_mode", "prepaid"): "changed to prepaid",
}


@dataclass(frozen=True, slots=True)
class Count:
    """At least so many, at most so many, and what they count."""

    least: int
    most: int
    why: str

    @property
    def in_words(self) -> str:
        """As a report says it."""
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"

    def promised(self, is_logged: bool) -> Count:
        """The same where the meter's log has such an event; else none has to be there."""
        return self if is_logged else Count(0, self.most, self.why)


@dataclass(frozen=True, slots=True)
class Written:
    """A setting that was written while the scenario ran, and when."""

    item: str
    to: Value
    at: Span


@dataclass(frozen=True, slots=True)
class Done:
    """What the bench did in a scenario. `unsure_recharges`: sent, and how they ended is not known."""

    recharges: int = 0
    unsure_recharges: int = 0
    power_fails: int = 0
    power_returns: int = 0
    settings: Sequence[Written] = ()
    edges: Sequence[Edge] = ()
    oracles: Mapping[str, Count] = field(default_factory=dict)
    """Counts that the oracles of relay and money give, by name of the event."""
    caused: Mapping[str, Count] = field(default_factory=dict)
    """What a step of the bench has caused beside all that."""


def set_events(settings: Sequence[Written], names: frozenset[str]) -> dict[str, Count]:
    """Counts of the events that only a write makes; each such name that the log has is there, with 0 where nothing was written."""
    counts = {
        name: Count(0, 0, "times it was set") for name in names if name.endswith(" set") or name in _BY_VALUE.values()
    }
    for written in settings:
        name = _BY_VALUE.get((written.item, written.to), f"{written.item.replace('_', ' ')} set")
        before = counts.get(name, Count(0, 0, f"times {written.item} was written"))
        counts[name] = Count(before.least + 1, before.most + 1, f"times {written.item} was written")
    return {name: count.promised(name in names) for name, count in counts.items()}


def due(done: Done, names: frozenset[str], full: bool = False) -> dict[str, Count]:
    """Counts by name of the event. `names`: the events that the meter's log has by its map.

    `full`: the log has stopped, as is promised of it, so that nothing need be in it any more.
    """
    sure = done.recharges
    counts = {
        RECHARGED: Count(sure, sure + done.unsure_recharges, "recharges credited"),
        POWER_FAIL: Count(done.power_fails, done.power_fails, "times the mains went off"),
        POWER_RESTORE: Count(done.power_returns, done.power_returns, "times the mains came back"),
        **done.oracles,
    }
    for name, state in ((DISCONNECTED, RelayState.OPEN), (CONNECTED, RelayState.CLOSED)):
        moved = sum(e.state is state for e in done.edges)
        counts[name] = Count(
            moved, moved, f"times the contact was seen to {'open' if state is RelayState.OPEN else 'close'}"
        )
    promised = {name: count.promised(name in names) for name, count in counts.items()}
    promised |= set_events(done.settings, names)
    for name, more in done.caused.items():
        known = promised.get(name, Count(0, 0, more.why))
        promised[name] = Count(known.least + more.least, known.most + more.most, known.why)
    return {name: count.promised(False) for name, count in promised.items()} if full else promised
