"""What a scenario takes of bench and meter, counted from what a rehearsal wrote: time, energy, relay operations, and hands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from rig.clock import DAY, HOUR, SECOND

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Use:
    """Bench time (ns), how long the load was on (ns), energy at most (Wh, as the load was told, whether or not the contact was
    closed), relay operations; and `needs`: what beyond loads and recharges it takes, in words."""

    took: int
    loaded: int
    energy_wh: Fraction
    operations: int
    needs: tuple[str, ...]


def use_of(records: Sequence[Record], contact: str = "") -> Use:
    """What these records, in order, used up: a scenario's or a whole run's. `contact`: its state before them, where known."""
    if not records:
        return Use(0, 0, Fraction(0), 0, ())
    took = records[-1]["at"] - records[0]["at"]
    loaded, watt_ns = _load(records)
    return Use(took, loaded, Fraction(watt_ns, HOUR), _operations(records, contact), tuple(_needs(records, took)))


def added(uses: Sequence[Use]) -> Use:
    """Many scenarios together, one after the other."""
    return Use(
        sum(one.took for one in uses),
        sum(one.loaded for one in uses),
        sum((one.energy_wh for one in uses), Fraction(0)),
        sum(one.operations for one in uses),
        (),
    )


def _load(records: Sequence[Record]) -> tuple[int, int]:
    """How long the load was on (ns), and what it was told meanwhile (W ns): as the gate of a bench counts against its limits."""
    watts, since, loaded, watt_ns = 0, records[0]["at"], 0, 0
    for record in records:
        if record["kind"] == "command" and record["device"] == "load" and "watts" in record:
            loaded += (record["at"] - since) * bool(watts)
            watt_ns += (record["at"] - since) * watts
            watts, since = int(record["watts"]), record["at"]
    end = records[-1]["at"]
    return loaded + (end - since) * bool(watts), watt_ns + (end - since) * watts


def _operations(records: Sequence[Record], contact: str) -> int:
    """Openings and closings of the contact; what it did while the line was dead is not seen."""
    states = [contact, *(str(r["state"]) for r in records if r["kind"] == "edge")]
    known = [state for state in states if state in ("open", "closed")]
    return sum(now != before for before, now in pairwise(known))


def _needs(records: Sequence[Record], took: int) -> Iterator[str]:
    done = Counter(_kind(r) for r in records if r["kind"] == "command")
    if done["clock"]:
        yield "the meter's clock set"
    if done["account"]:
        yield "balance or arrears preset"
    if done["mains"]:
        yield f"mains off {_times(done['mains'])}"
    if done["button"]:
        yield f"the button pressed {_times(done['button'])}"
    if done["wiring"]:
        yield f"the load wired otherwise {_times(done['wiring'])}"
    if took >= DAY:
        yield f"{took / DAY:.1f} days on the bench"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _kind(command: Record) -> str:
    """What sort of hand a command takes beyond load and recharge; empty for what every scenario does."""
    device, did = str(command["device"]), str(command["did"])
    if did.startswith("set the clock"):
        return "clock"
    if did.startswith(("set balance", "set arrears")):
        return "account"
    if device == "source" and did == "off":
        return "mains"
    if did == "press the button":
        return "button"
    return "wiring" if device == "load" and did.startswith(("wire it", "power factor")) else ""


def in_time(ns: int) -> str:
    """A length of time for people: "12 s", "3 min 20 s", "2 h 5 min", "30 d 4 h"."""
    whole = max(round(ns / SECOND), 1 if ns else 0)
    for unit, name, part, parts in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= unit:
            rest = whole % unit // part
            return f"{whole // unit} {name} {rest} {parts}" if rest else f"{whole // unit} {name}"
    return f"{whole} s"
