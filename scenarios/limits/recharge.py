"""How long a recharge may take, until it is credited and until the relay has closed."""

from __future__ import annotations

from rig.clock import Span
from rig.scenario import Limit, Terms


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
