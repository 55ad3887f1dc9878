"""Relay sense by the load's own voltmeter, which sits on the load side of the contact."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from rig.contracts import Load, SenseSample


class LoadSideSense:
    """`RelaySense` from the voltage that a load measures at its terminals; `threshold_v` and above is a live load side.

    The line is not sensed. Only voltage counts: a load whose protection has tripped, or that draws nothing, still
    measures the voltage behind a closed contact.
    """

    def __init__(self, load: Load, threshold_v: Decimal | int) -> None:
        """Raises ValueError unless 0 < threshold_v."""
        if threshold_v <= 0:
            raise ValueError(f"a threshold of {threshold_v} V would call a dead line live")
        self._load = load
        self._threshold = Decimal(threshold_v)

    def sample(self) -> SenseSample:
        """See `rig.contracts.RelaySense`. What the load raises comes through."""
        seen = self._load.measure()
        return SenseSample(seen.sent, seen.received, abs(seen.voltage_v) >= self._threshold, None)

    def announces(self, listener: Callable[[], None]) -> bool:  # noqa: ARG002
        """Never: an instrument tells nothing by itself."""
        return False

    def close(self) -> None:
        """Nothing: the load belongs to whoever opened it."""
