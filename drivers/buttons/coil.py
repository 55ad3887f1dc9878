"""A meter's button worked by a digital output: a solenoid on it, or a transistor or relay contact across it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from drivers.modbus.codec import bits_of, exception_of, read_request, write_coil
from rig.clock import MILLISECOND, Clock, Span
from rig.contracts import Bus, Reply, Request
from rig.errors import DeviceRefused, LinkError

_LOOK_UP = 20 * MILLISECOND


class CoilButton:
    """`Presser` over output `coil` (address from 0) of unit `unit`: 1 holds the button down for `pulse_ns`.

    The button goes down at most `travel_ns` after the output has switched. Every press ends with the output off, read back,
    whatever happens in between. Opening it touches nothing.
    """

    def __init__(
        self, bus: Bus, unit: int, coil: int, pulse_ns: int, travel_ns: int, clock: Clock, where: str = "button"
    ) -> None:
        self.where = where
        self._bus = bus
        self._unit = unit
        self._coil = coil
        self._pulse = pulse_ns
        self._travel = travel_ns
        self._clock = clock
        self._turn = threading.Lock()
        self._releases = 0

    def press(self, meanwhile: Callable[[], None]) -> Span:
        """See `Presser.press`. One that is let go of before its time is a LinkError: who knows whether the meter took it."""
        with self._turn:
            # In the same turn as the switching: whoever releases afterwards switches off after this has switched on.
            meanwhile()
            if self.held():
                raise DeviceRefused(f"{self.where}: output {self._coil} is on already; who works it besides the rig?")
            releases = self._releases
            try:
                on = self._switch(True)
            except LinkError:
                self._off()
                raise
        try:
            self._hold(on, meanwhile, releases)
        finally:
            with self._turn:
                self._off()
        return Span(on.sent, on.received + self._travel)

    def _hold(self, on: Reply, meanwhile: Callable[[], None], releases: int) -> None:
        until = on.received + self._travel + self._pulse

        def let_go() -> bool:
            return self._releases != releases

        while not let_go() and (now := self._clock.now()) < until:
            self._clock.sleep_until(min(until, now + _LOOK_UP), let_go)
            meanwhile()
        if let_go():
            raise LinkError(f"{self.where}: let go of before the press was over; whether the meter took it is unknown")

    def hold(self, meanwhile: Callable[[], None]) -> Span:
        """Switch the output on and leave it on, for a relay whose coil it is; `let_go` or `release` ends it."""
        with self._turn:
            meanwhile()
            if self.held():
                raise DeviceRefused(f"{self.where}: output {self._coil} is on already; who works it besides the rig?")
            try:
                on = self._switch(True)
            except LinkError:
                self._off()
                raise
        return Span(on.sent, on.received + self._travel)

    def let_go(self) -> Span:
        """Switch the output off, confirmed: between two instants (ns)."""
        with self._turn:
            begun = self._clock.now()
            try:
                off = self._switch(False)
            except LinkError:
                self._off()
                return Span(begun, self._clock.now() + self._travel)
            if self.held():
                raise LinkError(
                    f"{self.where}: output {self._coil} was switched off and reads back on; check the module"
                )
        return Span(off.sent, off.received + self._travel)

    def release(self) -> None:
        """See `Presser.release`."""
        self._releases += 1
        with self._turn:
            self._off()

    def held(self) -> bool:
        """See `Presser.held`: what the module says of its output. Raises DeviceRefused, LinkError."""
        reply = self._ask(read_request(1, self._coil, 1), "read")
        return bool(bits_of(reply.pdu, 1)[0])

    def close(self) -> None:
        """Let go of the module's bus; the output stays as it is."""
        self._bus.close()

    def _off(self) -> None:
        try:
            self._switch(False)
        except LinkError:
            self._switch(False)  # an answer was lost; switching off once more harms nobody
        if self.held():
            raise LinkError(f"{self.where}: output {self._coil} was switched off and reads back on; check the module")

    def _switch(self, on: bool) -> Reply:
        return self._ask(write_coil(self._coil, on), f"switch {'on' if on else 'off'}")

    def _ask(self, pdu: bytes, what: str) -> Reply:
        reply = self._bus.exchange([Request(self._unit, pdu)])[0]
        if (code := exception_of(reply.pdu)) is not None:
            raise DeviceRefused(
                f"{self.where}: the module refused to {what} output {self._coil} (exception {code}); "
                "check unit and address of the coil",
                code,
            )
        return reply
