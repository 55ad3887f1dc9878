"""What a power failure may cost, and how soon after it what had waited is done."""

from __future__ import annotations

from rig.clock import SECOND, Span
from rig.interval import Interval
from rig.scenario import Limit, Terms


def energy_kept(terms: Terms) -> Limit:
    """By how much the energy register may have moved across a failure with the load off (Wh): the promised loss, one count."""
    return Limit(
        Interval(-terms.promises.energy_loss, terms.promises.energy_quantum),
        "the energy register survives, but for what is promised to be lost",
        ("map: promises.power_fail.energy_loss_wh, energy_quantum_wh",),
    )


def served_at_start(terms: Terms) -> Limit:
    """From the return of the mains to a closing that fell due without them."""
    promises = terms.promises
    return Limit(
        Span(0, promises.power_up + promises.metering_window + promises.contact),
        "what fell due without mains is done once the meter has started",
        ("map: promises.power_up_s, metering_window_s, contact_s",),
    )


def longer_than_a_start(terms: Terms) -> int:
    """Long enough for a relay that moves at the start to have moved (ns)."""
    return terms.promises.power_up + terms.promises.metering_window + 5 * SECOND
