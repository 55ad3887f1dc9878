"""When an overload may trip, try again, and be released."""

from __future__ import annotations

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
