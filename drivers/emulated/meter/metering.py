"""The metering part: energy as an exact integral, counted in quanta, and averages over windows on a grid of its own.

Between two changes of the circuit the power is constant (a *stretch*), so every figure is a closed form of the instant.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from drivers.emulated.circuit import Circuit
from drivers.emulated.meter.integral import Integral
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import Store
from rig.clock import FOREVER

Watts = int | Fraction
"""A power (W), or an energy made of it (W·ns): whole, unless the meter is set to measure beside the truth."""


class Metering:
    """Energy is in W·ns. What is below one quantum lives here, not in the store, and is lost with the power."""

    def __init__(self, circuit: Circuit, settings: MeterSettings, store: Store) -> None:
        self.circuit = circuit
        self.store = store
        self.window_ns = settings.window_ns
        self.quantum = settings.quantum
        self.imp_per_kwh = settings.imp_per_kwh
        self.grid_ns = settings.grid_ns
        self.gain = 1 + Fraction(settings.error_ppm, 1_000_000) if settings.error_ppm else 1
        self.running = False
        self.anchor = 0
        """Windows and ticks are counted from here: when the mains came back, or a little before."""
        self.watts: Watts = 0
        """What flows in the present stretch, as this meter sees it."""
        self._from = 0
        self._energy: Watts = 0
        self._mark = 0
        self._mark_energy: Watts = 0
        self._before: Watts = 0
        self._line = (0, 0)
        self._line_before = (0, 0)
        self._line_window = 0
        self.starting_ma = settings.starting_ma
        self.measures_neutral = settings.measures_neutral
        self.reverse_adds = settings.reverse_adds
        self.export, self.reactive = Integral(settings.window_ns), Integral(settings.window_ns)
        self.phase_ma, self.neutral_ma = Integral(settings.window_ns), Integral(settings.window_ns)

    # ------------------------------------------------------------ what flows, as this meter sees it

    def imported(self) -> int:
        """Power that is counted as import (W)."""
        circuit = self.circuit
        if circuit.plain and not self.starting_ma:
            return self.seen(circuit.load_watts)
        forwards = not circuit.backwards or self.reverse_adds
        return self.seen(self.measured(circuit.load_watts)) if forwards else self.seen(0)

    def exported(self) -> int:
        """Power that is counted as export (W)."""
        return self.measured(self.circuit.load_watts) if self.circuit.backwards and not self.reverse_adds else 0

    def measured(self, watts: int) -> int:
        """What the measuring elements find of what flows: the larger of phase and neutral, nothing below the start."""
        if self.element_ma() < self.starting_ma:
            return 0
        return watts if self.measures_neutral else watts * (100 - self.circuit.bypassed_percent) // 100

    def element_ma(self) -> int:
        """Current in the phase element, or the larger one where the neutral is measured too (mA)."""
        through = self.circuit.load_milliamps
        return through if self.measures_neutral else self.in_phase()

    def in_phase(self) -> int:
        """Current in the phase element (mA)."""
        return self.circuit.load_milliamps * (100 - self.circuit.bypassed_percent) // 100

    def _others(self) -> tuple[tuple[Integral, int], ...]:
        circuit = self.circuit
        return (
            (self.export, self.exported()),
            (self.reactive, self.measured(circuit.load_vars)),
            (self.phase_ma, self.in_phase()),
            (self.neutral_ma, circuit.load_milliamps),
        )

    def seen(self, watts: int) -> int:
        """The power that the measuring element makes of what really flows (W)."""
        return watts

    def start(self, now: int) -> None:
        """Begin to measure: the mains are back."""
        self.running = True
        self.anchor, self._from = now - self.grid_ns, now
        self._energy = self._mark = self._mark_energy = self._before = 0
        self.watts = self.gain * self.imported()
        for integral, rate in self._others():
            integral.start(now, rate, self.anchor)
        self._line = (self.circuit.line_millivolts, self.circuit.source_millihertz)
        self._line_before, self._line_window = self._line, 0

    def stop(self, now: int) -> None:
        """The mains went: whole quanta are kept."""
        self.store.quanta = self.kept(self.quanta_at(now))
        self.store.exported += self.export.at(now)
        self.store.reactive += self.reactive.at(now)
        self.running = False
        self.watts = 0

    def kept(self, quanta: int) -> int:
        """What of the register outlives a power failure."""
        return quanta

    def take(self, now: int) -> None:
        """A stretch ends and the next one begins: the circuit has changed."""
        if not self.running:
            return
        window = (now - self.anchor) // self.window_ns
        line = (self.circuit.line_millivolts, self.circuit.source_millihertz)
        if line != self._line:
            if window != self._line_window:
                self._line_before, self._line_window = self._line, window
            self._line = line
        for integral, rate in self._others():
            integral.take(now, rate)
        watts = self.gain * self.imported()
        if watts == self.watts:
            return
        if window != self._mark:
            self._before = self.window_energy(window - 1)
            self._mark_energy = self.energy_at(self.anchor + window * self.window_ns)
            self._mark = window
        self._energy, self._from, self.watts = self.energy_at(now), now, watts

    def energy_at(self, instant: int) -> Watts:
        """Since power-up, at an instant of the present stretch or ahead of it with the present power (W·ns)."""
        return self._energy + self.watts * (instant - self._from)

    def quanta_at(self, instant: int) -> int:
        """The energy register at an instant of the present stretch."""
        return self.store.quanta + (self.energy_at(instant) // self.quantum if self.running else 0)

    def when_quanta(self, count: int) -> int:
        """When the register will reach `count` with the present power; FOREVER when it will not."""
        missing = (count - self.store.quanta) * self.quantum - self._energy
        if missing <= 0:
            return self._from
        return self._from - -missing // self.watts if self.watts > 0 else FOREVER

    @property
    def changed_at(self) -> int:
        """When the present stretch began."""
        return self._from

    def window_at(self, now: int) -> int:
        """Number of the window in progress; those below it are complete."""
        return (now - self.anchor) // self.window_ns

    @property
    def mixed_window(self) -> int:
        """The window in which the present stretch began: the only one, of those to come, with more than one power."""
        return self._mark

    def window_energy(self, window: int) -> Watts:
        """Energy of a window from the last complete one on; of one not yet complete, with the present power."""
        if window < self._mark:
            return self._before
        if window == self._mark:
            return self.energy_at(self.anchor + (window + 1) * self.window_ns) - self._mark_energy
        return self.watts * self.window_ns

    def window_end(self, window: int) -> int:
        """When this window is complete."""
        return self.anchor + (window + 1) * self.window_ns

    def milliwatts(self, now: int) -> int:
        """Mean power of the last complete window (mW, rounded)."""
        window = self.window_at(now) - 1
        if window < 0:
            return 0
        return (self.window_energy(window) * 2000 + self.window_ns) // (2 * self.window_ns)

    def line(self, now: int) -> tuple[int, int]:
        """Voltage (mV) and frequency (mHz) at the end of the last complete window."""
        return self._line if self.window_at(now) > self._line_window else self._line_before

    def signed_milliwatts(self, now: int) -> int:
        """Mean power of the last complete window (mW), below zero for energy that flows back."""
        there = self.milliwatts(now)
        return there - self.export.mean(now) * 1000 if self.export.ever else there

    def milliamps(self, now: int) -> int:
        """Mean phase current of the last complete window (mA, rounded)."""
        if not self.circuit.plain:
            return self.phase_ma.mean(now)
        millivolts = self.line(now)[0]
        return (self.milliwatts(now) * 2000 + millivolts) // (2 * millivolts) if millivolts else 0

    def power_factor(self) -> Decimal:
        """Power factor at present, below zero when the load is capacitive; 1 without load."""
        return Decimal(self.circuit.power_factor).scaleb(-3) if self.circuit.load_watts else Decimal(1)

    def back_watt_hours(self, now: int) -> Decimal:
        """The export register (Wh), whole quanta."""
        counted = (self.store.exported + (self.export.at(now) if self.running else 0)) // self.quantum
        return Decimal(counted * 1000) / self.imp_per_kwh

    def watt_hours(self, now: int) -> Decimal:
        """The energy register (Wh): whole quanta."""
        return Decimal(self.quanta_at(now) * 1000) / self.imp_per_kwh
