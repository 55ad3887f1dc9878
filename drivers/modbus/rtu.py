"""Modbus RTU on a serial port. RTU has no transaction id, so silence has to tell one answer from the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.lines.serial import SerialPort
from drivers.modbus.answers import answer_shape, is_read
from drivers.modbus.frames import find_rtu_answer, masked, name_stray, rtu
from drivers.modbus.link import Link, Missed
from drivers.modbus.pace import Pace
from rig.clock import MILLISECOND, SECOND, Clock
from rig.contracts import FrameLog, Reply, Request
from rig.errors import LinkError
from rig.opener import silent

_MOST_WAITS_FOR_QUIET = 20


class ByteLine(Protocol):
    """What carries the bytes of a serial line, as `SerialPort` does. Every method raises OSError when it has gone."""

    def write(self, frame: bytes) -> None:
        """Send; the bytes may still be going out when this returns."""

    def arrived(self) -> bytes:
        """What has come so far, without waiting."""

    def wait(self) -> bytes:
        """The next bytes as soon as there are any; empty when none came within a few milliseconds."""

    def close(self) -> None:
        """Let go of it."""


class RtuBus(Link):
    """`Bus` on a serial line that this process owns.

    Before each request the line has been silent for t3.5. After a time-out, after bytes that nobody asked for, and at the
    start, it has been silent for `turnaround_ns`, the longest that the slowest device on it may take: so a late or double
    answer is gone before the next request leaves. Bytes that come while a request is still going out are thrown away;
    no device can have answered it yet. `timeout_ns` is what the device may take, on top of the time of the bytes.
    """

    sees_the_wire = True
    """Bytes come and go at the pace of the wire, so that too early ones can be told."""

    def __init__(
        self,
        path: str,
        pace: Pace,
        clock: Clock,
        where: str,
        log: FrameLog = silent,
        timeout_ns: int = SECOND,
        turnaround_ns: int = 200 * MILLISECOND,
        opens: Callable[[str, int, str, int], ByteLine] = SerialPort,
    ) -> None:
        super().__init__(where, f"modbus rtu {path} {pace.baud} 8{pace.parity}{pace.stop_bits}", clock, log)
        self.pace = pace
        self.timeout_ns = timeout_ns
        self.turnaround_ns = turnaround_ns
        self._path = path
        self._opens = opens
        self._port: ByteLine | None = None
        self._quiet_since = 0
        self._quiet_needed = 0
        self._echoes = False
        """The adapter hears what it sends: learned from a request that came back."""

    def open(self) -> None:
        """Open the port now, so that a wrong path is named at once. Raises LinkError."""
        self._opened(self.where + f" ({self.address})")

    def close(self) -> None:
        """See `Link`."""
        if self._port is not None:
            self._port.close()
        self._port = None

    def attempt(self, request: Request, rejected: list[str]) -> Reply:
        """See `Link`."""
        port = self._opened(self.place(request.unit))
        frame = rtu(request.unit, request.pdu)
        try:
            self._make_quiet(port, rejected)
            sent = self.clock.now()
            self.log(sent, ">", masked(frame, 1, False) if request.secret else frame)
            port.write(frame)
            came, echo = self._first_bytes(port, frame, sent, rejected)
            return self._wait(port, request, came, echo, sent, rejected)
        except OSError as error:
            self.close()
            raise Missed(self.failed(error)) from None

    def connected(self, place: str) -> ByteLine:
        """What carries the bytes, newly opened. Raises LinkError, which begins with `place`."""
        try:
            return self._opens(self._path, self.pace.baud, self.pace.parity, self.pace.stop_bits)
        except (OSError, ValueError) as error:
            raise LinkError(f"{place}: cannot open the port ({error}); check adapter and path") from None

    def failed(self, error: OSError) -> str:
        """In words: what carries the bytes has gone while a request was out."""
        return f"the serial port failed ({error}); check the adapter"

    def _opened(self, place: str) -> ByteLine:
        if self._port is None:
            self._port = self.connected(place)
            self._quiet_since, self._quiet_needed = self.clock.now(), self.turnaround_ns
        return self._port

    def _make_quiet(self, port: ByteLine, rejected: list[str]) -> None:
        """Wait until the line has been silent for as long as it must be before a request."""
        for _ in range(_MOST_WAITS_FOR_QUIET):
            stray = port.arrived()
            if stray:
                rejected.append(f"{name_stray(stray)} that came unasked")
                self._quiet_since, self._quiet_needed = self.clock.now(), self.turnaround_ns
                self.log(self._quiet_since, "!", self.guarded(stray, 1))
            elif self.clock.now() >= self._quiet_since + self._quiet_needed:
                return
            self.clock.sleep_until(self._quiet_since + self._quiet_needed)
        raise Missed("the line does not go quiet, so nothing was asked; check for a second master and for line bias")

    def _first_bytes(self, port: ByteLine, frame: bytes, sent: int, rejected: list[str]) -> tuple[bytes, bytes]:
        """What lies there when the request should be out, and the echo that may still come.

        More bytes than the wire can have brought since then began too early to be the answer, and are thrown away. They
        are counted, because this process may have woken late and find the answer here already.
        """
        if not self.sees_the_wire:
            return b"", frame
        self.clock.sleep_until(sent + self.pace.bytes_ns(len(frame)))
        came = port.arrived()
        since = self.clock.now() - sent - self.pace.bytes_ns(len(frame))
        if len(came) <= since // self.pace.bytes_ns(1):
            return came, frame
        self.log(self.clock.now(), "!", self.guarded(came, 1))
        if came == frame:
            self._echoes = True
            return b"", b""
        rejected.append(f"{name_stray(came)} before the request was out")
        return b"", frame

    def _wait(
        self, port: ByteLine, request: Request, came: bytes, echo: bytes, sent: int, rejected: list[str]
    ) -> Reply:
        """Take the answer, which may begin with `came`. `echo` is the request's frame while it may still come back."""
        size = len(request.pdu) + answer_shape(request.pdu)[1] + 6
        deadline = sent + self.timeout_ns + self.pace.bytes_ns(size)
        buffer = b""
        while True:
            came = came or port.wait()
            received = self.clock.now()
            buffer, came = buffer + came, b""
            if echo and buffer.startswith(echo) and (self._echoes or is_read(request.pdu)):
                self.log(received, "!", self.guarded(echo, 1))
                buffer, echo, self._echoes = buffer[len(echo) :], b"", True
            found = find_rtu_answer(request.unit, request.pdu, buffer)
            rejected.extend(found.rejected)
            if found.pdu is not None:
                self._take(request, found.pdu, buffer, found.used, received, rejected)
                return Reply(found.pdu, sent, received)
            if found.used:
                self.log(received, "!", self.guarded(buffer[: found.used], 1))
                buffer = buffer[found.used :]
            if received >= deadline:
                break
        self._quiet_since, self._quiet_needed = received, self.turnaround_ns
        if buffer:
            rejected.append(name_stray(buffer))
            self.log(received, "!", self.guarded(buffer, 1))
        raise Missed(f"no answer in {self.timeout_ns / SECOND:.3f} s")

    def _take(self, request: Request, pdu: bytes, buffer: bytes, used: int, received: int, rejected: list[str]) -> None:
        """Log the answer that ends at `used`, and what came before and behind it."""
        begin = used - len(pdu) - 3
        if begin:
            self.log(received, "!", self.guarded(buffer[:begin], 1))
        self.log(received, "<", masked(buffer[begin:used], 1, True) if request.secret else buffer[begin:used])
        self._quiet_since, self._quiet_needed = received, self.pace.silence_ns
        if len(buffer) > used:
            rejected.append(f"{name_stray(buffer[used:])} behind the answer")
            self.log(received, "!", self.guarded(buffer[used:], 1))
            self._quiet_needed = self.turnaround_ns
