"""How long a limiter that looks at the mean of its window still has the load of before in it."""

from __future__ import annotations

import math

from rig.energy import PowerTrace
from rig.promises import Promises


def forgotten_at(trace: PowerTrace, promises: Promises, limit: int, now: int) -> int:
    """From which instant (ns) on a limit of so many W, set then, finds no window whose mean lies above it, the load being off.

    A window ends at any moment: one that ends so long after the load does holds it for the rest of its length only.
    """
    window = promises.metering_window
    lately = trace.segments(now - window)
    watts = max(power.hi for _, power in lately)
    ended, left = lately[-1]
    least = limit * promises.overload_begins_at * (1 - promises.overload_tolerance)
    if left.hi > 0 or watts <= least:
        return now
    return max(now, ended.hi + math.ceil(window * (1 - least / watts)))
