"""An output that is kept on: the coil of a known relay that stands in the place of a meter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from rig.clock import Span


@runtime_checkable
class Held(Protocol):
    """What can be held down and let go of, both between two instants (ns)."""

    def hold(self) -> Span:
        """On, confirmed, until `let_go`. DeviceRefused, LinkError: it is not, or nobody says so."""

    def let_go(self) -> Span:
        """Off, confirmed. DeviceRefused, LinkError: it may still be on."""


@runtime_checkable
class Holds(Protocol):
    """As `Held`, of whoever presses: `meanwhile` is called right before anything is done, and may forbid it."""

    def hold(self, meanwhile: Callable[[], None]) -> Span:
        """See `Held.hold`."""

    def let_go(self) -> Span:
        """See `Held.let_go`."""
