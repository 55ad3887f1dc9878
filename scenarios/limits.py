"""Limits of the shipped scenarios, derived from policy, promises and settings; no scenario holds a number of its own."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from rig.clock import DAY, SECOND, Span
from rig.interval import Interval
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


def remote_command(terms: Terms) -> Limit:
    """From a remote command taken to the contact."""
    return Limit(
        terms.promises.command_window,
        "the contact moves in time after a remote command",
        ("map: promises.command_s, contact_s",),
    )


def credited_in_time(terms: Terms) -> Limit:
    """From the commit of a recharge to the meter's own word that it is credited."""
    return Limit(Span(0, terms.promises.recharge_time), "a recharge is credited in time", ("map: promises.recharge_s",))


def reclosed_in_time(terms: Terms) -> Limit:
    """From the commit of a recharge to the closed contact."""
    return Limit(
        terms.promises.reclose_after_recharge,
        "the relay closes in time after a recharge brought credit",
        ("map: promises.recharge_s, reclose_after_recharge_s, contact_s",),
    )


def credit_at_cut(watts: int, credit_paise: int) -> Callable[[Terms], Limit]:
    """Credit left by the oracle when the contact opens (paise), after drawing `watts` (W) from `credit_paise`."""

    def limit(terms: Terms) -> Limit:
        price = terms.policy.paise_per_wh
        late = terms.promises.cut_allowance.hi + terms.resolution
        overrun = Fraction(watts * late, 3600 * SECOND) * price
        unsure = 2 * (terms.promises.energy_uncertainty + terms.load_accuracy) * (credit_paise + overrun)
        unsure += unsure * 2 * terms.promises.energy_uncertainty
        step = terms.promises.balance_step + 2 * terms.promises.quantum_cost(terms.policy)
        return Limit(
            Interval(-overrun - unsure - step, unsure + step),
            "opens when credit is gone, late by no more than tick, window, quantum and contact",
            ("policy: tariff.energy_charge", "map: promises.ledger_tick_s, metering_window_s, energy_quantum_wh"),
        )

    return limit


def leakage(_terms: Terms) -> Limit:
    """Current through an open relay (A)."""
    return Limit(Interval(Fraction(0), Fraction(1, 100)), "an open relay carries less than 10 mA", ("faults.md R9",))


def clock_error(terms: Terms) -> Limit:
    """How far a time stamp may lie from its moment on the meter's own clock (s): two readings cut to whole seconds, and drift."""
    slack = 2 + Fraction(terms.promises.clock_seconds_per_day, 1440)
    return Limit(
        Interval(-slack, slack),
        "right to the second, as far as two readings of whole seconds tell",
        ("map: promises.clock_s_per_day",),
    )


def clock_error_over(duration: int) -> Callable[[Terms], Limit]:
    """How far the clock may run off (s) in `duration` (ns): the promise for that long, and two readings of whole seconds."""

    def limit(terms: Terms) -> Limit:
        slack = 2 + terms.promises.clock_seconds_per_day * Fraction(duration, DAY)
        return Limit(
            Interval(-slack, slack),
            "keeps time, as far as two readings of whole seconds tell",
            ("map: promises.clock_s_per_day",),
        )

    return limit


def nothing_counted(terms: Terms) -> Limit:
    """Energy without load (Wh): at most one count."""
    return Limit(
        Interval(Fraction(0), terms.promises.energy_quantum),
        "counts at most one pulse without load",
        ("map: promises.energy_quantum_wh",),
    )
