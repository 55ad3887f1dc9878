"""How far a channel lags behind the contact, from many edges whose true moment is known between two instants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from rig.clock import Span

_MISSED = 0.001
"""The chance that is left for a lag outside of what is stated, were the phases of the edges drawn at random."""


class Lag(NamedTuple):
    """Least and most (ns). `margin` (ns) is how much of it makes up for what no edge has met."""

    least: int
    most: int
    margin: int
    edges: int


def lag_of(moved: Span, seen: Span) -> Span:
    """Between which two figures (ns) one edge lagged: `moved` is when the contact did, `seen` the samples around it."""
    return seen.since(moved)


def covering(lags: Sequence[Span]) -> Lag:
    """What holds every lag that was seen. ValueError: none was.

    Each edge bounds its lag between two figures that are about one grid apart; edges at other phases of the grid bound it
    elsewhere. A constant lag lies between the greatest lower and the least upper bound; where these cross, it varies. Both
    are kept, with a margin for what no edge has met, since an extreme is met only by chance.
    """
    if not lags:
        raise ValueError("no edge was seen")
    lower, upper = max(one.lo for one in lags), min(one.hi for one in lags)
    varies = max(lower - upper, 0)
    widest = max(one.width for one in lags)
    margin = math.ceil((widest + varies) * (1 - _MISSED ** (1 / len(lags))))
    least, most = min(lower, upper) - margin, max(lower, upper) + margin
    return Lag(max(least, 0), max(most, 0), margin, len(lags))
