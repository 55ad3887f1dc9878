"""What may be counted, and what not."""

from __future__ import annotations

from fractions import Fraction

from rig.interval import Interval
from rig.scenario import Limit, Terms


def nothing_counted(terms: Terms) -> Limit:
    """Energy without load (Wh): at most one count."""
    return Limit(
        Interval(Fraction(0), terms.promises.energy_quantum),
        "counts at most one pulse without load",
        ("map: promises.energy_quantum_wh",),
    )
