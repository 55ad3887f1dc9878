"""The copper of one position: mains, the meter's contact, the load behind it, and what flows through the meter.

Everything is piecewise constant, so energy is an exact integer at any instant. Nothing here knows registers or commands.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from rig.clock import Alarms

LEAK_MILLIVOLTS = 20_000
"""What a leaking open contact leaves on the load side: the load pulls it down to about this voltage."""


class Circuit:
    """Source, contact and load of one position. Instants are `alarms.now()`, ns.

    `log` holds every change with its true instant: ("source", 0/1), ("demand", W), ("contact", 0/1), ("watts", W),
    ("button", 0/1).
    What is unusual is the same as always until somebody sets it: power factor 1, current forwards, none beside the phase.
    """

    def __init__(self, alarms: Alarms) -> None:
        self.alarms = alarms
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
        self._power_factor = 1000
        self._backwards = False
        self._bypassed = 0
        self._signs: frozenset[str] = frozenset()
        self._missing: frozenset[int] = frozenset()
        self.phase_shares: tuple[int, ...] = (100,)
        """Part of the load (%) on each phase of the line."""
        self._bridged: frozenset[int] = frozenset()

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

    def hold_button(self, down: bool) -> None:
        """Somebody holds the meter's button down, or lets go of it. No copper moves by that; the log has it."""
        self._note("button", int(down))
        self._settle()

    def stick(self, closed: bool | None) -> None:
        """Fault: the contact is welded (True), stuck open (False), or moves again where it is told (None).

        A healthy contact that gets stuck keeps its position until it is next told to move.
        """
        self._stuck = closed

    def bridge(self, phases: frozenset[int]) -> None:
        """Fault: in these phases (from 1) the contact stays closed whatever the others do; those that the line has not do nothing."""
        self._bridged = phases
        self._settle()

    @property
    def leakage_ma(self) -> int:
        """Fault: current past the open contact (mA)."""
        return self._leakage_ma

    @leakage_ma.setter
    def leakage_ma(self, milliamps: int) -> None:
        self._leakage_ma = milliamps
        self._settle()

    @property
    def power_factor(self) -> int:
        """Power factor of the load (thousandths, 1 to 1000 inductive, -1 to -1000 capacitive)."""
        return self._power_factor

    @power_factor.setter
    def power_factor(self, thousandths: int) -> None:
        if not 1 <= abs(thousandths) <= 1000:
            raise ValueError(f"no power factor: {thousandths}/1000")
        if thousandths == self._power_factor:
            return
        self._power_factor = thousandths
        self._settle()

    @property
    def backwards(self) -> bool:
        """True while the current flows through the meter the other way: line and load swapped, or a load that feeds."""
        return self._backwards

    @backwards.setter
    def backwards(self, backwards: bool) -> None:
        self._backwards = backwards
        self._settle()

    @property
    def bypassed_percent(self) -> int:
        """So much of the load's current (%) returns past the meter's phase element; the neutral carries all of it."""
        return self._bypassed

    @bypassed_percent.setter
    def bypassed_percent(self, percent: int) -> None:
        if not 0 <= percent <= 100:
            raise ValueError(f"{percent} % of the current cannot go past the meter")
        self._bypassed = percent
        self._settle()

    @property
    def signs(self) -> frozenset[str]:
        """What somebody does to the meter now: "magnet", "neutral disturbance", "terminal cover", "cover"."""
        return self._signs

    @signs.setter
    def signs(self, signs: frozenset[str]) -> None:
        self._signs = signs
        self._settle()

    @property
    def missing_phases(self) -> frozenset[int]:
        """Phases (1 to 3) of a line of three that are dead; a load on one phase is on the first that is live."""
        return self._missing

    @missing_phases.setter
    def missing_phases(self, phases: frozenset[int]) -> None:
        if not phases < frozenset({1, 2, 3}):
            raise ValueError(f"{sorted(phases)} are no phases of which one is left")
        self._missing = phases
        self._settle()

    @property
    def plain(self) -> bool:
        """True while nothing unusual was set: power factor 1, forwards, nothing past the meter."""
        return self._power_factor == 1000 and not self._backwards and not self._bypassed

    @property
    def load_vars(self) -> int:
        """Reactive power of the load (var, rounded; inductive above zero)."""
        factor = abs(self._power_factor)
        across = math.isqrt(self.load_watts**2 * (1_000_000 - factor**2) // factor**2)
        return across if self._power_factor > 0 else -across

    @property
    def line_millivolts(self) -> int:
        """Voltage at the meter's input terminals (mV)."""
        return self.source_millivolts if self.source_on else 0

    @property
    def load_side_millivolts(self) -> int:
        """Voltage at the meter's output terminals (mV), on the phase that has most of it."""
        if self.contact_closed or not self.source_on or self._bridged_percent():
            return self.line_millivolts
        return min(LEAK_MILLIVOLTS, self.source_millivolts) if self._leakage_ma else 0

    @property
    def load_milliamps(self) -> int:
        """Current through the load (mA, rounded to the nearest)."""
        if not self.load_watts:
            return 0
        if not self.contact_closed and not self._bridged_percent():
            return self._leakage_ma
        factor = abs(self._power_factor)
        volt_amps = self.load_watts * 2_000_000 * 1000
        return (volt_amps + self.source_millivolts * factor) // (2 * self.source_millivolts * factor)

    def energy_through(self, now: int) -> int:
        """What has flowed through the meter until `now` (W·ns, exact). `now` is not before the last change."""
        return self._energy + self.load_watts * (now - self._since)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of source, demand or contact, at its instant."""
        self._listeners.append(listener)

    def _note(self, what: str, to: int) -> None:
        self.log.append((self.alarms.now(), what, to))

    def _settle(self) -> None:
        now = self.alarms.now()
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
        if bridged := self._bridged_percent():
            return self.demanded_watts * bridged // 100
        leaked = self._leakage_ma * min(LEAK_MILLIVOLTS, self.source_millivolts) // 1_000_000
        return min(self.demanded_watts, leaked)

    def _bridged_percent(self) -> int:
        """Part of the load (%) that an open contact leaves on the line."""
        if not self._bridged:
            return 0
        live = [number for number in self._bridged if number not in self._missing]
        return sum(
            share for number, share in enumerate(self.phase_shares, 1) if number in live and len(self.phase_shares) > 1
        )
