"""When a load that climbs trips: by all that flowed, not by its last step alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from rig.clock import SECOND, Span
from rig.errors import ConfigError
from rig.interval import Interval
from rig.limiting import climb_window, long_for_a_mean, step_window
from rig.scenario import Limit, Terms
from scenarios.limits.overload import SOURCES

STEPS_WITHIN = SECOND // 2
"""The bench makes a step so much later (ns) at most than it was asked to."""


def trip_after_long_at(below: str, above: str) -> Callable[[Terms], Limit]:
    """From a step to so many times ("1.5") what is too much, after a long time at less ("0.9"), to the open contact."""

    def limit(terms: Terms) -> Limit:
        found = step_window(
            terms.promises, terms.settings["load_limit"], _around(terms, above), terms.settings, _around(terms, below)
        )
        if found is None:
            raise ConfigError(f"{terms.promises.where}: promises.overload: no trip is promised at {above} times")
        return Limit(found[0], f"opens in the time of its family at {above} times after {below} times", SOURCES)

    return limit


def trip_after_a_step(first: str, then: str) -> Callable[[Terms], Limit]:
    """From the first step above what is too much, a second one after seven tenths of its earliest trip, to the open contact."""

    def limit(terms: Terms) -> Limit:
        promises, at_limit = terms.promises, terms.settings["load_limit"]
        alone = step_window(promises, at_limit, _around(terms, first), terms.settings)
        if alone is None:
            raise ConfigError(f"{promises.where}: promises.overload: no trip is promised at {first} times")
        start, held = long_for_a_mean(promises), alone[0].lo * 7 // 10
        climb = (
            (Span.at(0), Interval.of(0)),
            (Span.at(start), _around(terms, first)),
            (Span(start + held, start + held + STEPS_WITHIN), _around(terms, then)),
        )
        found = climb_window(promises, at_limit, climb, terms.settings)
        assert found is not None, "it trips at the first step already"
        window = found[0].plus(-start)
        return Limit(window, f"opens by what flowed at {first} and at {then} times", SOURCES)

    return limit


def longer_than_a_mean(terms: Terms) -> int:
    """So long (ns) that nothing before counts any more, and a trip would have come if one were due."""
    window = trip_after_long_at("0.9", "1.5")(terms).window
    assert isinstance(window, Span), "a trip is a moment"
    return max(long_for_a_mean(terms.promises), window.hi) + SECOND


def _around(terms: Terms, times: str) -> Interval:
    """What the load draws when it is set to so many times what is too much, as far as load and meter may carry it (W)."""
    too_much = terms.settings["load_limit"] * terms.promises.overload_begins_at
    watts = min(math.ceil(too_much * Fraction(times)), terms.most_watts)
    return Interval(watts * (1 - terms.load_accuracy), watts * (1 + terms.load_accuracy))
