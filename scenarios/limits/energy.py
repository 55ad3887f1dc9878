"""What may be counted, and what not; and how long a load has to flow until its count tells something."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from rig.interval import Interval
from rig.promises import Promises
from rig.scenario import Limit, Terms

ENOUGH_COUNTS = 400
"""With this many, one count at either end is half a percent."""
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
    """How much (Wh) has to flow until the counts at its ends do not matter."""
    return ENOUGH_COUNTS * promises.energy_quantum


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
    counts = Fraction(2, ENOUGH_COUNTS)
    slack = 100 * ((1 + meter) / (1 - load) - 1 + counts)
    return Limit(
        Interval(-slack, slack),
        f"counts what the load takes, to {float(100 * meter):g} % and two counts",
        ("map: promises.accuracy_percent, energy_quantum_wh", "bench: load.accuracy_percent"),
        resolution=100 * load,
    )
