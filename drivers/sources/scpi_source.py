"""An AC source that speaks SCPI, driven by a dialect file."""

from __future__ import annotations

from decimal import Decimal

from drivers.scpi.dialect import SourceTable
from drivers.scpi.instrument import Instrument
from rig.clock import Span
from rig.errors import DeviceRefused


class ScpiSource:
    """A `Source`. Every setting is read back and compared, then the error queue is drained.

    Opening it changes nothing: an output that is on stays on. Safe to call from several threads, as `ScpiLoad`.
    """

    def __init__(
        self,
        instrument: Instrument,
        table: SourceTable,
        most_volts: int,
        hertz: tuple[Decimal, Decimal] = (Decimal(45), Decimal(65)),
    ) -> None:
        """`most_volts` (V rms) and `hertz` (lowest, highest, Hz) are refused beyond, never clipped."""
        self.most_volts = most_volts
        self.hertz = hertz
        self._instrument = instrument
        self.identification = instrument.identification
        """What it answers to *IDN?"""
        self._table = table

    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        """See `Source.on`. On an output that is on already, the span is that of the new settings."""
        if not 0 < volts <= self.most_volts:
            raise ValueError(f"{self._instrument.name}: {volts} V is not in 0..{self.most_volts} V; nothing was sent")
        if not self.hertz[0] <= hertz <= self.hertz[1]:
            raise ValueError(
                f"{self._instrument.name}: {hertz} Hz is not in {self.hertz[0]}..{self.hertz[1]} Hz; nothing was sent"
            )
        self._table.voltage.line(volts)  # both raise before anything is sent
        self._table.frequency.line(hertz)
        with self._instrument.lock:
            self._instrument.forget_errors()
            was_on = self.is_on()
            first = self._instrument.set_number(self._table.voltage, volts)
            last = self._instrument.set_number(self._table.frequency, hertz)
            taken = Span(first.lo, last.hi) if was_on else self._instrument.set_switch(self._table.output, on=True)
            self._instrument.refuse_errors(f"switching on {volts} V, {hertz} Hz")
            self._instrument.queue_suspect = False
            return taken

    def off(self) -> Span:
        """See `Source.off`. Tried again on a fresh connection when it was not confirmed.

        Raises:
            LinkError, DeviceRefused: twice not confirmed; the output may still be on.
        """
        return self._instrument.force_off(self._table.output)

    def is_on(self) -> bool:
        """See `Source.is_on`."""
        return self._instrument.switched(self._table.output)[0]

    def reset(self) -> Span:
        """Factory settings (output off), confirmed; waits as long as the dialect says."""
        with self._instrument.lock:
            span = self._instrument.reset()
            on, at = self._instrument.switched(self._table.output)
            if on:
                raise DeviceRefused(f"{self._instrument.name}: the output is on after a reset")
            return Span(span.lo, at.hi)

    def close(self) -> None:
        """Let go of the line; the source stays as it is."""
        self._instrument.close()
