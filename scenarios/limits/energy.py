"""What may be counted, and what not; and how long a load has to flow until its count tells something."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from rig.interval import Interval
from rig.scenario import Limit, Means, Terms

if TYPE_CHECKING:
    from rig.promises import Promises

ENOUGH_COUNTS = 400
"""With this many, one count at either end is half a percent."""
FEWEST_COUNTS = 60
"""With fewer, a gain that is a tenth too high is not told from the counts at the ends."""
MOST_WH = 6000
"""Wh that one load takes at most, so that the credit of a scenario lasts."""
LOADS = (317, 1013, 4999)
"""W, or the rating of the load: about 6, 20 and 100 % of a meter of 20 A, all above 0.1 Ib of 10 A (domain.md 2.2, GK)."""

A_LAMP = 41
"""W: 0.18 A, four times the starting current of a class 1 meter of 10 A."""


def nothing_counted(terms: Terms) -> Limit:
    """Energy without load (Wh): at most one count."""
    return Limit(
        Interval(Fraction(0), terms.promises.energy_quantum),
        "counts at most one pulse without load",
        ("map: promises.energy_quantum_wh",),
    )


def enough_energy(promises: Promises) -> Fraction:
    """How much (Wh) has to flow until the counts at its ends matter little: of a coarse count, as many as credit pays."""
    return min(ENOUGH_COUNTS * promises.energy_quantum, max(Fraction(MOST_WH), FEWEST_COUNTS * promises.energy_quantum))


def counts_too_coarsely(loads: int, counts: int = 0) -> Callable[[Means], str]:
    """Why so many loads, and `counts` besides, cannot be shown: the counts are too coarse for credit, or for the bench."""

    def unshown(means: Means) -> str:
        quantum = means.promises.energy_quantum
        if FEWEST_COUNTS * quantum > MOST_WH:
            return f"energy is counted in steps of {float(quantum):g} Wh: {FEWEST_COUNTS} of them cost more than the credit"
        wanted = loads * enough_energy(means.promises) + counts * quantum
        if wanted > means.watt_hours:
            return f"takes {float(wanted):g} Wh, and the bench allows {means.watt_hours} Wh in a run"
        return ""

    return unshown


def a_lamp_is_counted(terms: Terms) -> Limit:
    """What a small load that takes ten counts may be counted as (Wh): that it is counted at all, not how well."""
    return Limit(
        Interval(5 * terms.promises.energy_quantum, 15 * terms.promises.energy_quantum),
        "counts a load that is small, and above the starting current",
        ("starting current of class 1: 0.004 Ib [domain.md 2.2, GK]", "map: promises.energy_quantum_wh"),
    )


def current_of_the_load(watts: int) -> Callable[[Terms], Limit]:
    """What the neutral may carry (A) when the load takes `watts` (W), on mains of 195 to 265 V."""

    def limit(terms: Terms) -> Limit:
        unsure = terms.promises.display_uncertainty + terms.load_accuracy
        return Limit(
            Interval(Fraction(watts, 265) * (1 - unsure), Fraction(watts, 195) * (1 + unsure)),
            "the neutral carries all of the load's current",
            ("map: promises.display_percent, accuracy_percent",),
        )

    return limit


def energy_error(terms: Terms) -> Limit:
    """By how much the register may differ from what the load took (%): the meter's class, the load's accuracy, and the counts.

    What the load's accuracy leaves unsure is the resolution: a load that is known much worse than the meter tells nothing.
    """
    meter, load = terms.promises.energy_uncertainty, terms.load_accuracy
    counts = 2 * terms.promises.energy_quantum / enough_energy(terms.promises)
    slack = 100 * ((1 + meter) / (1 - load) - 1 + counts)
    return Limit(
        Interval(-slack, slack),
        f"counts what the load takes, to {float(100 * meter):g} % and two counts",
        ("map: promises.accuracy_percent, energy_quantum_wh", "bench: load.accuracy_percent"),
        resolution=100 * load,
    )
