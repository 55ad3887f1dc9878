"""How long a recharge may take, until it is credited and until the relay has closed; and which amounts are worth trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import Span
from rig.scenario import Limit, Terms

if TYPE_CHECKING:
    from rig.promises import Promises


def credited_in_time(terms: Terms) -> Limit:
    """From the commit of a recharge to the meter's own word that it is credited.

    A look that came just before says nothing until it is answered, and the next one comes a step later and is answered too.
    """
    seen = terms.looks_every + 2 * (terms.promises.table.turnaround_s or 0)
    return Limit(
        Span(0, terms.promises.recharge_time + seen),
        "a recharge is credited in time",
        ("map: promises.recharge_s, turnaround_s", "how often the result is looked at"),
    )


def reclosed_in_time(terms: Terms) -> Limit:
    """From the commit of a recharge to the closed contact."""
    return Limit(
        terms.promises.reclose_after_recharge,
        "the relay closes in time after a recharge brought credit",
        ("map: promises.recharge_s, reclose_after_recharge_s, contact_s",),
    )


WIDTHS = (8, 15, 16, 20, 23, 24, 31, 32)
"""Bits at which numbers are often cut or change their sign."""


def amounts_around_powers_of_two(promises: Promises) -> list[int]:
    """Every power of two (paise) that the meter takes, with its neighbours where numbers are often cut, and the ends."""
    least, most = promises.smallest_recharge, promises.largest_recharge
    amounts = {2**n for n in range(most.bit_length() + 1)} | {2**n + beside for n in WIDTHS for beside in (-1, 1)}
    return sorted({least, most} | {amount for amount in amounts if least <= amount <= most})


def awkward_balances() -> tuple[int, ...]:
    """Balances (paise) that a recharge takes over the edge of 16 and 24 bits, of 15 in rupees; others far above; the end."""
    return 2**16 - 53, 2**24 - 53, 2**24 + 1, 100 * 2**15 - 53, 100 * 2**17 + 1, 20_000_001, 2**31 - 2_000_001
