"""What stands in the place of a meter while a bench tests itself: a relay of known speed, or a shorting link."""

from __future__ import annotations

from drivers.emulated.circuit import Circuit
from rig.clock import MILLISECOND, Alarm, Alarms

OPERATES, RELEASES = 8 * MILLISECOND, 5 * MILLISECOND
DATA_SHEET = {"operates_s": ["0.007", "0.009"], "releases_s": ["0.004", "0.006"]}
"""What its maker promises, as a bench file would say it: least and most from coil to contact."""


class EmulatedKnownRelay:
    """Closes 8 ms after its coil is energised, opens 5 ms after it is not; open at rest."""

    def __init__(self, circuit: Circuit, alarms: Alarms) -> None:
        self._circuit = circuit
        self._alarms = alarms
        self._alarm: Alarm | None = None
        circuit.set_contact(False)

    def energise(self, on: bool) -> None:
        """The coil is switched; the contact follows."""
        if self._alarm is not None:
            self._alarm.cancel()
        due = self._alarms.now() + (OPERATES if on else RELEASES)
        self._alarm = self._alarms.call_at(due, lambda: self._circuit.set_contact(on))
