"""How soon the contact follows a command, and what it may carry when it is open."""

from __future__ import annotations

from fractions import Fraction

from rig.clock import SECOND
from rig.interval import Interval
from rig.scenario import Limit, Terms


def remote_command(terms: Terms) -> Limit:
    """From a remote command taken to the contact."""
    return Limit(
        terms.promises.command_window,
        "the contact moves in time after a remote command",
        ("map: promises.command_s, contact_s",),
    )


def leakage(_terms: Terms) -> Limit:
    """Current through an open relay (A)."""
    return Limit(Interval(Fraction(0), Fraction(1, 100)), "an open relay carries less than 10 mA", ("faults.md R9",))


def longer_than_a_command(terms: Terms) -> int:
    """Long enough for a remote command to have moved the contact (ns)."""
    return terms.promises.command_window.hi + 2 * terms.resolution + SECOND
