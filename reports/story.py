"""What a scenario's records say about load, contact, claims and balance, laid out over bench time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rig.clock import FOREVER, SECOND
from rig.contracts import ControlState, DisconnectCause
from rig.evidence import Record
from rig.results import ScenarioResult
from rig.verdict import Word

SELDOM = SECOND
"""A claim that was polled no more often than this (ns) is drawn as one that was hardly watched."""

CLAIMS = ("output_state", "control_state", "disconnect_cause")


@dataclass(frozen=True, slots=True)
class Stage:
    """A state from `lo` to `hi` (ns). `polls` is how it is known: "" where it was watched closely."""

    lo: int
    hi: int
    words: str
    polls: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Where the oracle of the relay allows (`must`: demands) an edge to `state`."""

    lo: int
    hi: int
    state: str
    why: str
    must: bool


@dataclass(frozen=True, slots=True)
class Story:
    """Everything a timeline shows; instants in ns since the run began, money in paise."""

    start: int
    end: int
    load: tuple[tuple[int, int], ...]
    contact: tuple[Stage, ...]
    edges: tuple[Stage, ...]
    windows: tuple[Window, ...]
    claims: dict[str, tuple[Stage, ...]]
    balance: tuple[tuple[int, int], ...]

    @property
    def instants(self) -> Iterator[int]:
        """The moments that a reader looks for."""
        yield from (max(at, self.start) for at in (self.start, self.end, *self._moments()))

    def _moments(self) -> Iterator[int]:
        yield from (at for at, _ in self.load)
        for span in [(e.lo, e.hi) for e in self.edges] + [(w.lo, w.hi) for w in self.windows]:
            yield from span
        for stages in self.claims.values():
            yield from (s.lo for s in stages)


def story(result: ScenarioResult) -> Story:
    """Read a scenario's records."""
    start = int(result.declared["at"])
    end = max(start + result.bench_ns, start + 1)
    seen = list(_edges(result.of("edge"), end))
    edges = tuple(e for e in seen if e.hi > start)
    before = [e.words for e in seen if e.hi <= start][-1:] or [
        str((result.declared.get("starts") or {}).get("relay") or "")
    ]
    return Story(
        start,
        end,
        tuple(_load(result.of("command"), start)),
        tuple(_contact(edges, before[0], start, end)),
        edges,
        tuple(_windows(result, edges, start, end)),
        {item: stages for item in CLAIMS if (stages := tuple(_claims(result, item, start, end)))},
        tuple(_balance(result)),
    )


def _hi(span: Sequence[int | None], end: int) -> int:
    hi = span[1]
    return end if hi is None or hi >= FOREVER else min(int(hi), end)


def _edges(records: Sequence[Record], end: int) -> Iterator[Stage]:
    for record in records:
        lo = int(record["span"][0])
        yield Stage(lo, max(_hi(record["span"], end), lo), str(record["state"]))


def _load(commands: Sequence[Record], start: int) -> Iterator[tuple[int, int]]:
    """(instant, W) at each change of what the load was told to sink; a command is drawn where it was confirmed."""
    last = 0
    for record in commands:
        watts = record.get("watts")
        if watts is not None and int(watts) != last:
            last = int(watts)
            yield int(record["span"][1] or start), last


_BEFORE = {"open": "closed", "closed": "open"}


def _contact(edges: Sequence[Stage], starts: Any, start: int, end: int) -> Iterator[Stage]:
    state = str(starts) if starts else _BEFORE.get(edges[0].words, "unknown") if edges else "unknown"
    since = start
    for edge in edges:
        yield Stage(since, max(edge.lo, since), state)
        state, since = edge.words, edge.hi
    yield Stage(since, max(end, since), state)


def _windows(result: ScenarioResult, seen: Sequence[Stage], start: int, end: int) -> Iterator[Window]:
    """The oracle tells again when something changes; the last word before an edge is what that edge was held against.

    In a scenario that passed, a window without its edge is one whose cause ended first, and is left out.
    """
    told: dict[tuple[int, str, str], Window] = {}
    edges = 0
    for record in result.records:
        edges += record["kind"] == "edge"
        if record["kind"] == "expected" and record.get("window"):
            lo, hi = int(record["window"][0]), _hi(record["window"], end)
            if lo < end and hi > start:
                why, state = str(record["why"]), str(record["state"])
                told[edges, state, why] = Window(max(lo, start), hi, state, why, bool(record.get("must")))
    for w in told.values():
        if result.word is not Word.PASS or any(e.words == w.state and e.lo <= w.hi and w.lo <= e.hi for e in seen):
            yield w


def _claims(result: ScenarioResult, item: str, start: int, end: int) -> Iterator[Stage]:
    """What the meter said while it was asked: between two polls far apart it may have said anything."""
    for record in result.of("watch"):
        if record["what"] == item:
            gap = int(record["largest_gap"])
            seldom = f"{record['count']} polls, up to {gap / SECOND:.3g} s apart" if gap > SELDOM else ""
            lo, hi = max(int(record["first"]), start), min(int(record["last"]), end)
            yield Stage(lo, max(hi, lo), claim_words(item, record["seen"]), seldom)
    if not any(r["what"] == item for r in result.of("watch")):
        for record in result.of("claim"):
            if record["item"] == item:
                at = int(record["span"][0])
                yield Stage(at, max(int(record["span"][1] or at), at), claim_words(item, record["seen"]))


def claim_words(item: str, seen: Any) -> str:
    """What the meter says, in words."""
    if item == "output_state" and isinstance(seen, bool | int):
        return "closed" if seen else "open"
    if item == "control_state" and seen in (0, 1, 2):
        return ControlState(seen).name.lower().replace("_", " ")
    if item == "disconnect_cause" and isinstance(seen, int):
        flags = [flag.name or "" for flag in DisconnectCause if flag and flag in DisconnectCause(seen)]
        return ", ".join(flags).lower().replace("_", " ") or "none"
    return str(seen)


def _balance(result: ScenarioResult) -> Iterator[tuple[int, int]]:
    """(instant, paise) at each change of what the meter shows."""
    seen: list[tuple[int, int]] = []
    for record in result.records:
        if record["kind"] == "watch" and record["what"] == "balance" and isinstance(record["seen"], int):
            seen.append((int(record["first"]), record["seen"]))
        elif record["kind"] == "reading" and isinstance(record["values"].get("balance"), int):
            seen.append((int(record["span"][0]), record["values"]["balance"]))
        elif record["kind"] == "ledger" and isinstance(record.get("meter"), int):
            seen.append((int(record["at"]), record["meter"]))
    start = int(result.declared["at"])
    last: int | None = None
    for at, paise in sorted(seen):
        if paise != last:
            yield max(at, start), paise
        last = paise
