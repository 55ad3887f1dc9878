"""What a bench kind hands up for one position."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rig.clock import Span
from rig.contracts.bus import Bus
from rig.contracts.instruments import Button, Load, Rewiring, Source, Tampering
from rig.contracts.sensing import Sensing


@dataclass(slots=True)
class Devices:
    """What a bench kind hands up for one position: the devices, already reached and proven to answer."""

    position: str
    bus: Bus
    unit: int
    load: Load
    source: Source
    sensing: Sensing
    make_safe: Callable[[], None]
    """Load off, then source off, each read back; raises Unsafe when that could not be confirmed."""
    close: Callable[[], None]
    still_here: Callable[[], None] = lambda: None
    """A heartbeat, for work that neither sleeps nor asks."""
    civil_zero: datetime | None = None
    """Civil time (naive, the bench's zone) at instant 0, where the bench decides it; None: the machine's clock does."""
    truth: Callable[[], Mapping[str, object]] | None = None
    """What the emulated bench knows of itself, for the tests of the rig; None on a real one."""
    button: Button | None = None
    """The meter's button, where somebody or something is there to press it."""
    rewiring: Rewiring | None = None
    """Who changes the load's wiring and power factor, where somebody or something does."""
    tampering: Tampering | None = None
    """Who tampers with the meter, where somebody does."""
    voids: Callable[[], Sequence[Span]] = lambda: ()
    """When the machine was suspended while the clock stood still: a span that overlaps one of these tells nothing."""
