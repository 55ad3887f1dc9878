"""When an overload may trip, try again, and be released."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rig.clock import FOREVER, SECOND
from rig.policy import Policy
from rig.scenario import Limit, Terms


def trip_window(terms: Terms) -> Limit:
    """From the step above the limit to the open contact."""
    delay = terms.settings["over_threshold_duration"]
    return Limit(
        terms.promises.trip_window(delay),
        f"opens {delay} s after the load went above the limit, give or take metering windows, tick and contact",
        ("setting over_threshold_duration", "map: promises.metering_window_s, contact_s", "protocols.md 5.3"),
    )


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
    """Long enough for a trip to have come (ns)."""
    return terms.promises.trip_window(terms.settings["over_threshold_duration"]).hi + SECOND


def longer_than_a_lock_out(terms: Terms) -> int:
    """Long enough for a lock-out to have ended, and a cut to have come besides (ns)."""
    return terms.promises.lock_out_window(terms.settings["lock_out_duration"]).hi + 5 * SECOND


def trip_after(delay_s: int) -> Callable[[Terms], Limit]:
    """From the step above the limit to the open contact, with a delay (s) that the scenario sets itself."""

    def limit(terms: Terms) -> Limit:
        return trip_window(_with(terms, "over_threshold_duration", delay_s))

    return limit


def lock_out_of(duration_s: int) -> Callable[[Terms], Limit]:
    """From the trip that locked out to its release, with a duration (s) that the scenario sets itself."""

    def limit(terms: Terms) -> Limit:
        return lock_out(_with(terms, "lock_out_duration", duration_s))

    return limit


def after_a_quiet_time(terms: Terms) -> Limit:
    """From a trip after a long quiet time to the closed contact: an attempt, or the end of a lock-out where none is cleared."""
    return lock_out(terms) if terms.promises.attempts_cleared_after >= FOREVER else reclose_interval(terms)


def _with(terms: Terms, item: str, to: int) -> Terms:
    return replace(terms, settings={**terms.settings, item: to})


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
