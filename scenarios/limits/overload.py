"""When an overload may trip, try again, and be released."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from rig.clock import FOREVER, HOUR, SECOND, Span
from rig.errors import ConfigError
from rig.interval import Interval
from rig.limiting import over_current_watts, step_window
from rig.scenario import Limit, Means, Terms

if TYPE_CHECKING:
    from rig.policy import Policy
    from rig.promises import Promises

SOURCES = (
    "setting load_limit, over_threshold_duration",
    "map: promises.overload, metering_window_s, contact_s",
    "protocols.md 5.3, 5.5",
)


A_CREDIT_S = 20
"""So long (s) a credit of a few paise lasts at most, at some kW and at any price."""


def trip_at(times: str, **settings: int) -> Callable[[Terms], Limit]:
    """From a step, from nothing to so many times ("1.2") the load above which it is too much, to the open contact; or to what
    load and meter may carry at most, where that is less.

    `settings` are those that the scenario writes itself.
    """

    def limit(terms: Terms) -> Limit:
        written = {item: terms.nearest(item, to) for item, to in settings.items()}
        own = replace(terms, settings={**terms.settings, **written})
        watts = min(math.ceil(_too_much_above(own) * Fraction(times)), own.most_watts)
        return _trip(own, watts, f"at {times} times what is too much")

    return limit


def trip_since_a_setting(times: str, **settings: int) -> Callable[[Terms], Limit]:
    """As `trip_at`, where a setting begins it: the meter takes it at some moment until it answers."""

    def limit(terms: Terms) -> Limit:
        found, answers = trip_at(times, **settings)(terms), terms.promises.table.turnaround_s or 0
        assert isinstance(found.window, Span), "a trip is a moment"
        window = found.window.widened(answers, answers)
        return replace(found, window=window, sources=(*found.sources, "map: promises.turnaround_s"))

    return limit


def trip_just_above(terms: Terms) -> Limit:
    """From a step, to the least that is surely too much, to the open contact."""
    return _trip(terms, _least_that_trips(terms), "at the least that is surely too much")


def _least_that_trips(terms: Terms) -> int:
    sure = (1 - terms.load_accuracy) / (1 + terms.promises.overload_tolerance)
    return int(_too_much_above(terms) / sure) + 1


def _trip(terms: Terms, watts: int, where: str) -> Limit:
    around = Interval(watts * (1 - terms.load_accuracy), watts * (1 + terms.load_accuracy))
    found = step_window(terms.promises, terms.settings["load_limit"], around, terms.settings)
    if found is None:
        raise ConfigError(f"{terms.promises.where}: promises.overload: no trip is promised {where}")
    return Limit(found[0], f"opens in the time of its family {where} ({watts} W)", SOURCES)


def _too_much_above(terms: Terms) -> Fraction:
    return terms.settings["load_limit"] * terms.promises.overload_begins_at


def reclose_interval(terms: Terms) -> Limit:
    """From an overload trip to the next attempt."""
    interval = terms.settings["reclose_interval"]
    return Limit(
        terms.promises.reclose_interval_window(interval),
        f"recloses {interval} s after an overload trip",
        ("setting reclose_interval", "map: promises.metering_window_s, contact_s, clock_s_per_day"),
    )


def lock_out(terms: Terms) -> Limit:
    """From the trip that locked out to its release."""
    duration = terms.settings["lock_out_duration"]
    return Limit(
        terms.promises.lock_out_window(duration),
        f"stays locked out for {duration} s, then recloses",
        ("setting lock_out_duration", "map: promises.metering_window_s, contact_s, clock_s_per_day"),
    )


def longer_than_a_trip(terms: Terms) -> int:
    """Long enough for a trip to have come at little more than is allowed, and for a mean to have forgotten (ns)."""
    overload = terms.promises.table.overload
    forgets = (overload.average_s or 0) if overload else 0
    watts = math.ceil(_too_much_above(terms) * Fraction("1.2"))
    within_reach = terms.most_watts > _least_that_trips(terms)  # else nothing that flows can trip
    window = _trip(
        terms, min(watts, terms.most_watts) if within_reach else watts, "at 1.2 times what is too much"
    ).window
    assert isinstance(window, Span), "a trip is a moment"
    return max(window.hi, 2 * forgets) + SECOND


def longer_than_a_lock_out(terms: Terms) -> int:
    """Long enough for a lock-out to have ended, and a cut to have come besides (ns)."""
    return terms.promises.lock_out_window(terms.settings["lock_out_duration"]).hi + 5 * SECOND


def after_a_quiet_time(terms: Terms) -> Limit:
    """From a trip after a long quiet time to the closed contact: an attempt, or the end of a lock-out where none is cleared."""
    return lock_out(terms) if terms.promises.attempts_cleared_after >= FOREVER else reclose_interval(terms)


def longer_than_an_interval(terms: Terms) -> int:
    """Long enough for both an interval and a lock-out to have ended (ns)."""
    ends = (
        terms.promises.reclose_interval_window(terms.settings["reclose_interval"]).hi,
        terms.promises.lock_out_window(terms.settings["lock_out_duration"]).hi,
    )
    return max(ends) + 2 * terms.resolution + SECOND


def no_overload_cut(policy: Policy) -> str:
    """Why a trip on too much load cannot be judged."""
    return "" if policy.overload_allowed else "supply is not cut for too much load"


def cuts_for_overload(policy: Policy) -> str:
    """Why it cannot be judged that too much load is left alone."""
    return "supply is cut for too much load" if policy.overload_allowed else ""


def waits_a_definite_time(promises: Promises) -> str:
    """Why a limiter that does not wait for the delay in its register cannot be judged by that delay."""
    overload = promises.table.overload
    if overload is None or overload.delay is not None:
        return ""
    return f"its limiter ({overload.family.replace('_', ' ')}) has no delay that is set"


def counts_no_time_without_a_pause(promises: Promises) -> str:
    """Why it cannot be judged that a pause begins the count anew."""
    overload = promises.table.overload
    if overload is None or overload.delay is not None:
        return ""
    if overload.family != "definite_time":
        return f"its limiter ({overload.family.replace('_', ' ')}) does not wait for one delay"
    if (overload.delay_s or 0) < 4 * (promises.table.metering_window_s or 0):
        return "its delay is shorter than four metering windows: no pause can be told from none"
    return ""


def trips_before_a_cut(watts: int, load_limit: int, delay_s: int) -> Callable[[Promises], str]:
    """Why an overload of so many W cannot be timed while credit ends: it trips before a cut has surely come.

    Credit of a few paise is taken by the first count of energy, however long that takes.
    """

    def beyond(promises: Promises) -> str:
        if promises.missing_for(()):
            return ""
        found = step_window(promises, load_limit, Interval.of(watts), {"over_threshold_duration": delay_s})
        a_count = math.ceil(promises.energy_quantum * HOUR / watts)
        if found is None or found[0].lo > promises.cut_allowance.hi + A_CREDIT_S * SECOND + a_count:
            return ""
        return f"its limiter may trip after {found[0].lo / SECOND:.3f} s, and credit that ends by then need not have cut yet"

    return beyond


def promises_no_over_current(promises: Promises) -> str:
    """Why over-current cannot be judged."""
    return "" if promises.table.over_current else "it names no current above which the relay opens"


def over_current_is_out_of_reach(means: Means) -> str:
    """Why the bench cannot draw what surely is an over-current."""
    around = over_current_watts(means.promises, means.load_accuracy, means.mains_volts)
    if around is None or around[1] <= means.most_watts:
        return ""
    return f"{around[1]} W surely are an over-current, and load and limits of the bench allow {means.most_watts} W"


def over_current_trip(terms: Terms) -> Limit:
    """From a step above the promised current to the open contact."""
    promised = terms.promises.table.over_current
    if promised is None:
        raise ConfigError(f"{terms.promises.where}: promises.over_current: is not there to be judged by")
    return Limit(
        terms.promises.trip_after(promised.delay_s),
        f"opens in time above {float(promised.amps):g} A, whatever the load limit is",
        ("map: promises.over_current, metering_window_s, contact_s",),
    )


def longer_than_an_over_current(terms: Terms) -> int:
    """Long enough for a trip by over-current to have come (ns)."""
    window = over_current_trip(terms).window
    assert isinstance(window, Span), "a trip is a moment"
    return window.hi + SECOND
