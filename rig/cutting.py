"""When supply may be cut once credit is gone: not before emergency credit is over, and never in protected time."""

from __future__ import annotations

from collections.abc import Iterator

from rig.clock import FOREVER, Span
from rig.meter_time import MeterTime, civil_ns, civil_time
from rig.policies.protected import ProtectedTime


def first_cut(found: Span, protected: ProtectedTime, time: MeterTime) -> Span:
    """When a cut that the meter decides on in `found` (ns) is made: at once, or when protected time ends.

    `found` may be censored; then so is the answer. Where the clock is not known, any later time may be right.
    """
    if protected.empty:
        return found
    if not time.known:
        return Span(found.lo, FOREVER)
    earliest = min(_cuts(found.lo, protected, time), key=lambda cut: cut.lo).lo
    latest = FOREVER if found.censored else max(cut.hi for cut in _cuts(found.hi, protected, time))
    return Span(earliest, max(latest, earliest))


def _cuts(instant: int, protected: ProtectedTime, time: MeterTime) -> Iterator[Span]:
    """The cuts of a decision at `instant`, for every reading of the clock that makes a difference.

    Between two edges of protected time a later clock means an earlier end; so its ends and the edges tell all.
    """
    lo, hi = time.shows(instant)
    edges = [civil_ns(edge) for edge in protected.begins_between(civil_time(lo), civil_time(hi))]
    for shown in (lo, hi, *edges):
        at = civil_time(shown)
        cut = protected.next_cut(at)
        if cut is None:
            yield Span(FOREVER, FOREVER)
        elif cut == at:
            yield Span.at(instant)
        else:
            waits = civil_ns(cut) - shown
            drift = time.runs_off(waits)
            yield Span(instant + max(waits - drift, 0), instant + waits + drift)


def surely_protected(during: Span, protected: ProtectedTime, time: MeterTime) -> bool:
    """True when the clock showed protected time all through `during` (ns), whichever of its readings is right."""
    if protected.empty or not time.known:
        return False
    lo, hi = civil_time(time.shows(during.lo)[0]), civil_time(time.shows(during.hi)[1])
    free = protected.next_cut(lo)
    return free is None or free > hi
