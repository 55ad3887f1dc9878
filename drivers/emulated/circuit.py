"""The copper of one position: mains, the meter's contact, the load behind it, and what flows through the meter.

Everything is piecewise constant, so energy is an exact integer at any instant. Nothing here knows registers or commands.
"""

from __future__ import annotations

from collections.abc import Callable

from rig.clock import Alarms

LEAK_MILLIVOLTS = 20_000
"""What a leaking open contact leaves on the load side: the load pulls it down to about this voltage."""


class Circuit:
    """Source, contact and load of one position. Instants are `alarms.now()`, ns.

    `log` holds every change with its true instant: ("source", 0/1), ("demand", W), ("contact", 0/1), ("watts", W).
    """

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms
        self._listeners: list[Callable[[], None]] = []
        self._since = alarms.now()
        self._energy = 0
        self._stuck: bool | None = None
        self._leakage_ma = 0
        self.log: list[tuple[int, str, int]] = []
        self.source_on = False
        """True while the mains are there."""
        self.source_millivolts = 230_000
        """What the source is set to, on or off (mV)."""
        self.source_millihertz = 50_000
        """What the source is set to, on or off (mHz)."""
        self.demanded_watts = 0
        """What the load would sink with voltage on its terminals (W)."""
        self.contact_closed = True
        """The true position of the meter's contact, whatever anybody claims."""
        self.load_watts = 0
        """What the load really sinks (W)."""

    def set_source(self, on: bool, millivolts: int = 230_000, millihertz: int = 50_000) -> None:
        """Switch the mains, or change them (mV rms, mHz)."""
        if (on, millivolts, millihertz) == (self.source_on, self.source_millivolts, self.source_millihertz):
            return
        switched = on != self.source_on
        self.source_on, self.source_millivolts, self.source_millihertz = on, millivolts, millihertz
        if switched:
            self._note("source", int(on))
        self._settle()

    def demand_watts(self, watts: int) -> None:
        """What the load sinks from now on whenever it has voltage (W, 0 = input off)."""
        if watts == self.demanded_watts:
            return
        self.demanded_watts = watts
        self._note("demand", watts)
        self._settle()

    def set_contact(self, closed: bool) -> None:
        """Move the contact. A stuck one stays where it is."""
        if self._stuck is not None:
            closed = self._stuck
        if closed == self.contact_closed:
            return
        self.contact_closed = closed
        self._note("contact", int(closed))
        self._settle()

    def stick(self, closed: bool | None) -> None:
        """Fault: the contact is welded (True), stuck open (False), or moves again where it is told (None).

        A healthy contact that gets stuck keeps its position until it is next told to move.
        """
        self._stuck = closed

    @property
    def leakage_ma(self) -> int:
        """Fault: current past the open contact (mA)."""
        return self._leakage_ma

    @leakage_ma.setter
    def leakage_ma(self, milliamps: int) -> None:
        self._leakage_ma = milliamps
        self._settle()

    @property
    def line_millivolts(self) -> int:
        """Voltage at the meter's input terminals (mV)."""
        return self.source_millivolts if self.source_on else 0

    @property
    def load_side_millivolts(self) -> int:
        """Voltage at the meter's output terminals (mV)."""
        if self.contact_closed or not self.source_on:
            return self.line_millivolts
        return min(LEAK_MILLIVOLTS, self.source_millivolts) if self._leakage_ma else 0

    @property
    def load_milliamps(self) -> int:
        """Current through the load (mA, rounded to the nearest)."""
        if not self.load_watts:
            return 0
        if not self.contact_closed:
            return self._leakage_ma
        return (self.load_watts * 2_000_000 + self.source_millivolts) // (2 * self.source_millivolts)

    def energy_through(self, now: int) -> int:
        """What has flowed through the meter until `now` (W·ns, exact). `now` is not before the last change."""
        return self._energy + self.load_watts * (now - self._since)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of source, demand or contact, at its instant."""
        self._listeners.append(listener)

    def _note(self, what: str, to: int) -> None:
        self.log.append((self._alarms.now(), what, to))

    def _settle(self) -> None:
        now = self._alarms.now()
        watts = self._watts()
        if watts != self.load_watts:
            self._energy = self.energy_through(now)
            self._since = now
            self.load_watts = watts
            self._note("watts", watts)
        for listener in self._listeners:
            listener()

    def _watts(self) -> int:
        if not self.source_on or not self.demanded_watts or not self.source_millivolts:
            return 0
        if self.contact_closed:
            return self.demanded_watts
        leaked = self._leakage_ma * min(LEAK_MILLIVOLTS, self.source_millivolts) // 1_000_000
        return min(self.demanded_watts, leaked)
