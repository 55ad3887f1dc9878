"""How much credit may be left, or overdrawn, when the relay opens."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from rig.clock import HOUR, SECOND
from rig.interval import Interval
from rig.scenario import Limit, Terms


def credit_at_cut(watts: int, credit_paise: int) -> Callable[[Terms], Limit]:
    """Credit left by the oracle when the contact opens (paise), after drawing `watts` (W) from `credit_paise`.

    Meter and load may be wrong in opposite directions, and the oracle allows for both once more. A load that is known
    worse than the meter's class tells nothing: its width is the resolution.
    """

    def limit(terms: Terms) -> Limit:
        price = terms.policy.paise_per_wh
        late = terms.promises.cut_allowance.hi + terms.resolution
        overrun = Fraction(watts * late, HOUR) * price
        step = terms.promises.balance_step + 2 * terms.promises.quantum_cost(terms.policy)
        meter, load = terms.promises.energy_uncertainty, terms.load_accuracy
        used = credit_paise + overrun + step
        more = used * ((1 + load) ** 2 * (1 + meter) / (1 - meter) - 1)
        less = used * (1 - (1 - load) ** 2 * (1 - meter) / (1 + meter))
        less += used * (1 - terms.policy.prices.cheapest / price)  # which slab of the month it is, no register tells
        return Limit(
            Interval(-overrun - more - step, less + step),
            "opens when credit is gone, late by no more than tick, window, quantum and contact",
            ("policy: tariff.energy_charge", "map: promises.ledger_tick_s, metering_window_s, energy_quantum_wh"),
            resolution=2 * load * used,
        )

    return limit


def cut_once_gone(terms: Terms) -> Limit:
    """From a balance that was written at or below zero to the open contact."""
    return Limit(
        terms.promises.cut_allowance,
        "opens once there is no credit, late by no more than tick, window and contact",
        ("map: promises.ledger_tick_s, metering_window_s, contact_s",),
    )


def longer_than_a_cut(terms: Terms) -> int:
    """Long enough for a cut to have come (ns)."""
    return terms.promises.cut_allowance.hi + 2 * terms.resolution + SECOND


def longer_than_a_reclosing(terms: Terms) -> int:
    """Long enough for a recharge to have closed the relay (ns)."""
    return terms.promises.reclose_after_recharge.hi + 2 * terms.resolution + SECOND


def _ends_unsurely(terms: Terms) -> int:
    """How well it is known when credit ends, and what the meter's clock shows then (ns): seconds, drift, when it was lent."""
    lent = terms.policy.file.emergency_credit
    days = 4 if lent is None or lent.days is None else lent.days + 4
    drift = int(terms.promises.clock_seconds_per_day * days * SECOND) + 1
    return SECOND + 2 * drift + (terms.promises.cut_allowance.hi if lent is not None else 0)


def cut_when_credit_ends(terms: Terms) -> Limit:
    """From the end of all credit, or of protected time, to the open contact."""
    unsure = _ends_unsurely(terms)
    return Limit(
        terms.promises.cut_allowance.widened(unsure, unsure),
        "opens when neither credit nor the policy's calendar holds it closed any more",
        (
            "policy: no_cut, emergency_credit",
            "map: promises.ledger_tick_s, metering_window_s, contact_s, clock_s_per_day",
        ),
    )


def longer_than_credit_ends(terms: Terms) -> int:
    """Long enough for a cut to have come after all credit ended (ns)."""
    return longer_than_a_cut(terms) + _ends_unsurely(terms)
