"""The load that is drawn, and the mains that are switched and set."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from rig.clock import Span
from rig.contracts import RelayState, Wiring
from rig.hands.shared import Shared
from rig.interval import Interval
from rig.limiting import over_current_watts

BY_VOLTAGE = ("over voltage", "over voltage ended", "low voltage", "low voltage ended")
"""Events that a step of the line voltage may cause."""


class Mains(Shared):
    """Draws a load and switches the line, and tells the books."""

    usual_voltage = True
    """Whether the line has the voltage of the bench, when it is live."""

    def draw_watts(self, watts: int) -> Span:
        """Sink `watts` (W, real power) at the meter's output; returns when the load took the setting.

        LinkError when the load tripped by itself before, or has voltage now and draws nothing.
        """
        self._books.pull()
        if self.demanded and self._books.state is RelayState.CLOSED:
            self.witness.still_draws()
        self._journal.money_moves(f"about to draw {watts} W")
        at = self._devices.load.draw_watts(watts) if watts else self._devices.load.off()
        self._journal.command("load", f"draw {watts} W" if watts else "off", at, watts=watts)
        self.demanded = watts
        self._books.demand(at, self.measured_watts(watts))
        return at

    def load_off(self) -> Span:
        """Input of the load off."""
        return self.draw_watts(0)

    def measured_watts(self, asked: int) -> Interval:
        """What the load says that it sinks (W), with its stated accuracy; what was asked while nothing flows.

        What flows backwards is no consumption: nothing then.
        """
        if asked == 0:
            return Interval.of(0)
        measured = Fraction(asked)
        if self._books.state is RelayState.CLOSED:
            measured = Fraction(self.witness.drawn(asked)) or measured
        if self.wiring is Wiring.REVERSED:
            return Interval.of(0)
        return Interval(measured * (1 - self._load_accuracy), measured * (1 + self._load_accuracy))

    def power_off(self) -> Span:
        """Switch the mains of the bench off, load first."""
        self._books.pull()
        self.load_off()
        at = self._devices.source.off()
        self.power_cycles += 1
        self._journal.command("source", "off", at)
        self._books.power(False, at)
        return at

    def power_on(self) -> Span:
        """Switch the mains on and wait until the meter has had its time to start."""
        at = self.live_line()
        self.power_returns += 1
        self._books.power(True, at)
        self._clock.sleep_until(at.hi + self.promises.power_up)
        self._books.pull()
        self.look_at_the_log()
        return at

    def live_line(self) -> Span:
        """Source on at the bench's voltage and frequency."""
        at = self._devices.source.on(*self._mains)
        self.usual_voltage = True
        self._journal.command("source", f"on, {self._mains[0]} V {self._mains[1]} Hz", at)
        return at

    def line_voltage(self, volts: int) -> Span:
        """Let the live line have another voltage (V rms) until it is put back; the load goes on with as many watts.

        Raises:
            ValueError: bench or source do not allow it; nothing was sent.
        """
        self._books.pull()
        at = self._devices.source.on(Decimal(volts), self._mains[1])
        self.usual_voltage = False
        self._journal.command("source", f"{volts} V", at)
        self._voltage_has_changed()
        return at

    def usual_line_voltage(self) -> Span:
        """Put the voltage of the live line back to that of the bench."""
        at = self.live_line()
        self._voltage_has_changed()
        return at

    def _voltage_has_changed(self) -> None:
        for name in BY_VOLTAGE:
            self.causes_event(name, 0, 1)
        self.steady_since = self._books.trace.segments(0)[-1][0]  # registers are behind the step, and no look is due

    def _apparent_volts(self) -> Decimal:
        """W for each A that the load draws: the voltage of the mains, less by its power factor."""
        return self._mains[0] * abs(self.power_factor)

    def at_most(self, watts: int) -> int:
        """`watts` (W), or what load and meter may carry where that is less: the load's rating, surely no over-current."""
        most, carries = (
            self._devices.load.rating_w,
            over_current_watts(self.promises, self._load_accuracy, self._mains[0]),
        )
        if carries is not None:
            most = min(most, int(carries[0] * abs(self.power_factor)))
        return min(watts, most)
