"""An electronic load that speaks SCPI, driven by a dialect file."""

from __future__ import annotations

from decimal import Decimal

from drivers.scpi.dialect import LoadTable, Mode
from drivers.scpi.instrument import Instrument
from rig.clock import Span
from rig.contracts import LoadMeasurement
from rig.errors import DeviceRefused


class ScpiLoad:
    """A `Load` in constant power. Every setting is read back and compared, then the error queue is drained.

    Opening it changes nothing: a load that is on stays on until `off` or `draw_watts`. Safe to call from several threads;
    a block is never broken up, so an `off` comes after a `draw_watts` in progress and not into it.
    """

    def __init__(
        self, instrument: Instrument, table: LoadTable, rating_w: int, accuracy_percent: Decimal | None
    ) -> None:
        """`rating_w`: the most that may be drawn (W). `accuracy_percent`: of its power reading, None when nobody stated it."""
        self.rating_w = rating_w
        self.accuracy_percent = accuracy_percent
        self.tells = frozenset(table.protection.bits) | frozenset(table.protection.words.values())
        """Names of the protections that it can tell of."""
        self._instrument = instrument
        self.identification = instrument.identification
        """What it answers to *IDN?"""
        self._table = table

    def draw_watts(self, watts: int) -> Span:
        """See `Load.draw_watts`. A load that has no voltage is not refused: it waits for it, or wants to be armed again."""
        if not isinstance(watts, int) or not 0 <= watts <= self.rating_w:
            raise ValueError(
                f"{self._instrument.name}: {watts} W is not a whole number from 0 to the rating of {self.rating_w} W; nothing was sent"
            )
        if watts == 0:
            return self.off()
        with self._instrument.lock:
            self._instrument.forget_errors()
            self._rearm()
            if self._table.mode is not None:
                self._choose(self._table.mode)
            was_on, _ = self._instrument.switched(self._table.input)
            taken = self._instrument.set_number(self._table.level, watts)
            if not was_on:
                taken = self._switch_on()
            self._instrument.refuse_errors(f"drawing {watts} W")
            self._instrument.queue_suspect = False
            return taken

    def _switch_on(self) -> Span:
        begun = self._instrument.now()
        try:
            return self._instrument.set_switch(self._table.input, on=True)
        except DeviceRefused as refused:
            cause = self.tripped()
            if cause == "undervoltage":
                # On a dead line a load that latches drops out at once. Its level stands; whoever sees the voltage come back
                # arms it again, and until then `tripped` says why nothing is drawn.
                self._instrument.forget_errors()
                return Span(begun, self._instrument.now())
            if cause:
                raise DeviceRefused(f"{refused}; its protection tripped: {cause}", refused.code) from refused
            raise

    def _rearm(self) -> None:
        """Clear what tripped. Undervoltage of a load that recovers by itself needs no clearing, and may still be there."""
        if not self._latched(self.tripped()):
            return
        self._instrument.tell(self._table.protection.clear)
        if still := self._latched(self.tripped()):
            raise DeviceRefused(
                f"{self._instrument.name}: sent {self._table.protection.clear!r}: still tripped: {still}; "
                "check voltage and wiring at the load, then clear it there"
            )

    def _latched(self, tripped: str) -> str:
        return "" if tripped == "undervoltage" and not self._table.undervoltage_latches else tripped

    def _choose(self, mode: Mode) -> None:
        wanted = [word.upper() for word in mode.answers]
        if self._instrument.ask(mode.query).text.strip().upper() in wanted:
            return
        self._instrument.tell(mode.set)
        answer = self._instrument.ask(mode.query).text
        if answer.strip().upper() not in wanted:
            self._instrument.refuse_errors(mode.set)
            raise DeviceRefused(f"{self._instrument.name}: sent {mode.set!r}: {answer!r} was read back")

    def off(self) -> Span:
        """See `Load.off`. Tried again on a fresh connection when it was not confirmed; errors queued before are not raised.

        Raises:
            LinkError, DeviceRefused: twice not confirmed; the load may still be on.
        """
        return self._instrument.force_off(self._table.input)

    def measure(self) -> LoadMeasurement:
        """See `Load.measure`. With one line where the dialect has one, so that the span is one exchange wide.

        Raises:
            DeviceRefused: the load has no valid reading.
            LinkError: no answer, or none that makes sense.
        """
        queries = self._table.measure
        if queries.together is None:
            return self._measure_singly()
        answer = self._instrument.ask(queries.together)
        parts = answer.text.split(queries.separator)
        if len(parts) != 3:
            raise self._instrument.garbled(queries.together, answer.text, "voltage, current and power")
        volts, amps, watts = (self._instrument.number_in(part, queries.together) for part in parts)
        return LoadMeasurement(volts, amps, watts, answer.sent, answer.received)

    def _measure_singly(self) -> LoadMeasurement:
        queries = self._table.measure
        with self._instrument.lock:
            asked = (queries.voltage, queries.current, queries.power)
            answers = [self._instrument.ask(query) for query in asked]
            volts, amps, watts = (
                self._instrument.number_in(answer.text, query) for answer, query in zip(answers, asked, strict=True)
            )
            return LoadMeasurement(volts, amps, watts, answers[0].sent, answers[-1].received)

    def tripped(self) -> str:
        """See `Load.tripped`. Several are joined by ", "; a bit or word that the dialect does not name is given as it came."""
        protection = self._table.protection
        text = self._instrument.ask(protection.query).text.strip()
        if text.upper() in map(str.upper, protection.none):
            return ""
        if protection.words:
            named = {word.upper(): name for word, name in protection.words.items()}
            return named.get(text.strip('"').upper(), text)
        number = self._instrument.number_in(text, protection.query)
        if number < 0 or number != int(number):
            raise self._instrument.garbled(protection.query, text, "a number made of bits")
        names = {bit: name for name, bit in protection.bits.items()}
        return ", ".join(
            names.get(bit, f"bit {bit}") for bit in range(int(number).bit_length()) if int(number) >> bit & 1
        )

    def reset(self) -> Span:
        """Factory settings (input off, protections cleared), confirmed; waits as long as the dialect says."""
        with self._instrument.lock:
            span = self._instrument.reset()
            on, at = self._instrument.switched(self._table.input)
            if on:
                raise DeviceRefused(f"{self._instrument.name}: the input is on after a reset")
            return Span(span.lo, at.hi)

    def close(self) -> None:
        """Let go of the line; the load stays as it is."""
        self._instrument.close()
