"""What the oracle of the relay speaks of: edges that are due, and the reasons for which a relay opens and is held open."""

from __future__ import annotations

from dataclasses import dataclass

from rig.clock import Span
from rig.contracts import RelayState

COMMAND = "remote command"
CREDIT = "credit gone"
OVERLOAD = "overload"
OVER_CURRENT = "over-current"
DECIDED = "overload, decided before a change"
CUT_DECIDED = "credit gone, decided before postpaid"
LOCK_OUT = "lock-out"
TAMPER = "tampering"
LIMITERS = frozenset({OVERLOAD, OVER_CURRENT, DECIDED})
"""What opens the relay because of the load, and is tried again."""


@dataclass(frozen=True, slots=True)
class Due:
    """An edge that may come inside `window` (ns since the run began), and has to when `must`."""

    state: RelayState
    window: Span
    why: str
    must: bool
