"""How many overload trips and restorations the meter has to log, by the relay's oracle and the power that flowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rig.books import Books
from rig.checks.counts import OCCURRENCE, RESTORATION, Count
from rig.clock import SECOND, Span
from rig.contracts import RelayState
from rig.expectation import OVER_CURRENT, OVERLOAD
from rig.promises import Promises


@dataclass(frozen=True, slots=True)
class Calm:
    """What ends an overload: the load not above these limits (W) for so long (ns), from when the meter has started."""

    surely_below: Fraction
    maybe_below: Fraction
    surely_after: int
    maybe_after: int
    anew: Sequence[Span] = ()
    """When the meter may have begun to count anew, because of a setting."""
    wakes: int = 0
    """After a power failure it may begin to count so much later (ns)."""

    @classmethod
    def of(cls, promises: Promises, limits: Sequence[int], after_s: Sequence[int], anew: Sequence[Span] = ()) -> Calm:
        """From every load limit (W) and every under threshold duration (s) that was set at some time.

        Earliest: the duration less a window, since the first window may be mixed. Latest: two windows more.
        """
        tolerance, window = promises.overload_tolerance, promises.metering_window
        return cls(
            min(limits) * (1 - tolerance),
            max(limits) * (1 + tolerance),
            max(after_s) * SECOND + 3 * window,
            max(min(after_s) * SECOND - window, 0),
            anew,
            promises.power_up,
        )

    def unbroken(self, began: int, ended: int) -> Iterator[tuple[int, int]]:
        """The stretches of this time (ns) in which no setting made the meter count anew."""
        for at in self.anew:
            if began < at.hi and at.lo < ended:
                yield began, max(at.lo, began)
                began = at.hi
        if began < ended:
            yield began, ended


def overloads(books: Books, calm: Calm, before: bool, watched: Span, current_before: bool = False) -> dict[str, Count]:
    """Counts for the time that was `watched`, a calm that began before it included.

    `before`: an overload of an earlier scenario had not been restored at the start; `current_before`: an over-current.
    """
    assert books.expectation is not None, "the books were opened"
    trips = [_tripped(reasons) for reasons in books.expectation.openings]
    closed_at_start = books.edges[0].state is RelayState.OPEN if books.edges else books.expectation.closed
    begins = [Span(0, watched.lo)] if closed_at_start else []
    begins += [e.at for e in books.edges if e.state is RelayState.CLOSED]
    ends = [e.at for e in books.edges if e.state is RelayState.OPEN]
    if not books.edges or books.edges[-1].state is RelayState.CLOSED:
        ends.append(Span.at(watched.hi))
    least = most = 0
    pending = 2 if before else 0
    for place, (begin, end) in enumerate(zip(begins, ends, strict=False)):
        ended = _restored(books, calm, begin, end) if pending else 0
        if ended:
            most += 1
            least += pending == 2 and ended == 2
            pending = 0 if ended == 2 else 1
        if place < len(trips):
            pending = max(pending, trips[place])
    sure, possible = (sum(t >= at_least for t in map(_tripped, books.expectation.openings)) for at_least in (2, 1))
    return {
        OCCURRENCE: Count(sure, possible, "times an overload opened the relay"),
        RESTORATION: Count(least, most, "times an overload was over"),
        **_by_current(books.expectation.openings, current_before),
    }


def _by_current(openings: Sequence[frozenset[str]], before: bool) -> dict[str, Count]:
    """Over-current has its event at every trip; when it is told to be over is the meter's own matter."""
    possible = sum(OVER_CURRENT in reasons for reasons in openings)
    sure = sum(reasons == {OVER_CURRENT} for reasons in openings)
    return {
        "over current": Count(sure, possible, "times over-current opened the relay"),
        "over current ended": Count(0, possible + before, "times over-current opened the relay"),
    }


def _tripped(reasons: frozenset[str]) -> int:
    """0 no, 1 maybe, 2 surely."""
    return 0 if OVERLOAD not in reasons else 2 if len(reasons) == 1 else 1


def _restored(books: Books, calm: Calm, begin: Span, end: Span) -> int:
    """Whether the load was calm for long enough while the relay was closed: 0 no, 1 maybe, 2 surely."""
    segments = books.trace.segments(0)
    surely = _runs([(at, w.hi < calm.surely_below) for at, w in segments], begin.hi, end.lo, outer=False)
    lit = ((since if since == a else since + calm.wakes, until) for a, b in surely for since, until in books.lit(a, b))
    if any(b - a >= calm.surely_after for since, until in lit for a, b in calm.unbroken(since, until)):
        return 2
    maybe = _runs([(at, w.lo <= calm.maybe_below) for at, w in segments], begin.lo, end.hi, outer=True)
    return int(any(b - a >= calm.maybe_after for a, b in maybe))


def _runs(calm: Sequence[tuple[Span, bool]], begin: int, end: int, *, outer: bool) -> Iterator[tuple[int, int]]:
    """Stretches of [begin, end] without an interruption: the longest that they can be (`outer`), or the shortest."""
    since: int | None = None
    for at, is_calm in calm:
        if is_calm and since is None:
            since = at.lo if outer else at.hi
        elif not is_calm and since is not None:
            yield max(since, begin), min(at.hi if outer else at.lo, end)
            since = None
    if since is not None:
        yield max(since, begin), end
