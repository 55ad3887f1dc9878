"""Are the moments that the evidence states true? Of every movement of the contact that an emulated bench knows, and that could
be seen, the instant lies in the span of one edge; and no edge is stated that there was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rig.evidence import Evidence

_STATES = {True: "closed", False: "open"}
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TrueEdges:
    """`seen` movements of the contact lay in just one span; `strays` are, in words, those that did not, and edges of nothing."""

    seen: int
    strays: tuple[str, ...]


def true_edges(changes: Iterable[tuple[int, str, int]], evidence: Evidence) -> TrueEdges:
    """Compare what really changed (instant ns, what, to) with the edges in the evidence.

    A movement while the line is dead cannot be seen, nor one so shortly before the line went dead that no sample came between:
    the evidence then says "unknown" over that moment.
    """
    stated = [(*edge["span"], str(edge["state"])) for edge in evidence.of("edge")]
    spans = {state: [(lo, hi) for lo, hi, of in stated if of == state] for state in (*_STATES.values(), _UNKNOWN)}
    moved = list(_movements(changes))
    seen, strays = 0, []
    for at, state in moved:
        holding = sum(lo <= at <= hi for lo, hi in spans[state])
        if holding == 1:
            seen += 1
        elif holding or not any(lo <= at <= hi for lo, hi in spans[_UNKNOWN]):
            strays.append(
                f"the contact went {state} at {at} ns, which lies in {holding} spans; {_nearest(at, spans[state])}"
            )
    strays += list(_of_nothing(stated, moved))
    return TrueEdges(seen, tuple(strays))


def _movements(changes: Iterable[tuple[int, str, int]]) -> Iterator[tuple[int, str]]:
    """Each movement of the contact while the line was live."""
    live = False
    for at, what, to in changes:
        if what == "source":
            live = bool(to)
        elif what == "contact" and live:
            yield at, _STATES[bool(to)]


def _of_nothing(stated: Sequence[tuple[int, int, str]], moved: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Edges between two known states that no movement explains."""
    before = _UNKNOWN
    for lo, hi, state in stated:
        if {before, state} == set(_STATES.values()) and not any(of == state and lo <= at <= hi for at, of in moved):
            yield f"the evidence says {state} between {lo} and {hi} ns, and the contact did not move then"
        before = state


def _nearest(at: int, spans: Sequence[tuple[int, int]]) -> str:
    if not spans:
        return "there is no such edge"
    lo, hi = min(spans, key=lambda span: min(abs(span[0] - at), abs(span[1] - at)))
    return f"the nearest is {lo} to {hi} ns"


def changes_of(truth: Mapping[str, Any]) -> Sequence[tuple[int, str, int]]:
    """What changed, of what an emulated bench knows of itself."""
    changes: Sequence[tuple[int, str, int]] = truth["changes"]
    return changes
