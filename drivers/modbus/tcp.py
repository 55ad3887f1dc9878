"""Modbus over TCP: one connection, kept open, one request at a time."""

from __future__ import annotations

import select
import socket
import struct
import sys
from collections.abc import Callable

from drivers.modbus.frames import BrokenMbap, cut_mbap, masked, mbap_mismatch, plain_answer, tcp_plan
from drivers.modbus.link import Link, Missed
from rig.clock import MICROSECOND, SECOND, Clock
from rig.contracts import FrameLog, Reply, Request
from rig.errors import LinkError
from rig.opener import silent

_MISSES_TO_REOPEN = 2
_REFUSED = "connection refused: nothing listens there; check address, port and power"


class TcpBus(Link):
    """`Bus` over a TCP connection, opened at the first request.

    After a time-out the connection is kept: the transaction id tells a late answer from the next one, and many meters
    take long to accept again. It is opened anew after two time-outs in a row, since a device that restarted without a
    word looks just like a slow one, and after part of a frame, since the next frame's beginning is then unknown.
    """

    def __init__(
        self, host: str, port: int, clock: Clock, where: str, log: FrameLog = silent, timeout_ns: int = SECOND
    ) -> None:
        super().__init__(where, f"modbus tcp {host}:{port}", clock, log)
        self.timeout_ns = timeout_ns
        self._peer = (host, port)
        self._socket: socket.socket | None = None
        self._something_waits: Callable[[], object] = bool
        self._buffer = b""
        self._transaction = 0
        self._misses = 0

    def reach(self) -> None:
        """See `Link`: a machine that refuses is alive, and nothing listens on it."""
        try:
            self._take(self._dial())
        except ConnectionRefusedError:
            raise LinkError(f"{self.where} ({self.address}): {_REFUSED}") from None
        except OSError:
            return

    def close(self) -> None:
        """See `Link`."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._buffer = b""
        self._misses = 0

    def attempt(self, request: Request, rejected: list[str]) -> Reply:
        """See `Link`."""
        connection = self._socket
        if connection is None or self._something_waits():
            connection = self._connected(request.unit)
        self._transaction = self._transaction + 1 & 0xFFFF
        transaction = self._transaction.to_bytes(2, "big")
        plan = tcp_plan(request.unit, request.pdu)
        frame = transaction + plan.asks
        try:
            sent = self.clock.now()
            self.log(sent, ">", masked(frame, 7, False) if request.secret else frame)
            connection.sendall(frame)
            if not self._buffer:
                self._buffer = came = _receive(connection)
                received = self.clock.now()
                pdu = plain_answer(transaction, plan, came)
                if pdu is not None:
                    self._buffer = b""
                    self._misses = 0
                    self.log(received, "<", masked(came, 7, True) if request.secret else came)
                    return Reply(pdu, sent, received)
            return self._wait(connection, request, sent, rejected)
        except (TimeoutError, BlockingIOError):
            raise self._missed(rejected) from None
        except BrokenMbap as broken:
            self.log(self.clock.now(), "!", self.guarded(self._buffer, 7))
            self.close()
            raise Missed(f"what came is no Modbus TCP ({broken}); connection dropped") from None
        except OSError as error:
            self.close()
            raise Missed(f"connection lost before an answer came ({error.strerror or error})") from None

    def _wait(self, connection: socket.socket, request: Request, sent: int, rejected: list[str]) -> Reply:
        """The answer among whatever comes until the deadline."""
        deadline = sent + self.timeout_ns
        received = self.clock.now()
        try:
            while True:
                while (frame := cut_mbap(self._buffer)) is not None:
                    whole, self._buffer = self._buffer[: frame.size], self._buffer[frame.size :]
                    why = mbap_mismatch(self._transaction, request.unit, request.pdu, frame)
                    if not why:
                        self._misses = 0
                        self.log(received, "<", masked(whole, 7, True) if request.secret else whole)
                        return Reply(frame.pdu, sent, received)
                    rejected.append(why)
                    self.log(received, "!", self.guarded(whole, 7))
                left = deadline - self.clock.now()
                if left <= 0:
                    raise TimeoutError
                _wait_at_most(connection, left)
                self._buffer += _receive(connection)
                received = self.clock.now()
        finally:
            _wait_at_most(connection, self.timeout_ns)

    def _missed(self, rejected: list[str]) -> Missed:
        self._misses += 1
        if self._buffer:
            rejected.append(f"{len(self._buffer)} bytes that are no whole frame")
            self.log(self.clock.now(), "!", self.guarded(self._buffer, 7))
        if self._buffer or self._misses >= _MISSES_TO_REOPEN:
            self.close()
        return Missed(f"no answer in {self.timeout_ns / SECOND:.3f} s")

    def _connected(self, unit: int) -> socket.socket:
        """The connection, opened where there is none or where the other end has closed it meanwhile."""
        if self._socket is not None and _ended(self._socket):
            self.close()
        return self._socket or self._take(self._open(unit))

    def _take(self, connection: socket.socket) -> socket.socket:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _wait_at_most(connection, self.timeout_ns)
        self._socket, self._something_waits = connection, _look_out(connection)
        return connection

    def _open(self, unit: int) -> socket.socket:
        try:
            return self._dial()
        except ConnectionRefusedError:
            why = _REFUSED
        except TimeoutError:
            why = f"no connection in {self.timeout_ns / SECOND:.3f} s; check cable, address and power"
        except OSError as error:
            why = f"no connection ({error.strerror or error}); check cable and address"
        raise LinkError(f"{self.place(unit)}: {why}")

    def _dial(self) -> socket.socket:
        return socket.create_connection(self._peer, self.timeout_ns / SECOND)


def _wait_at_most(connection: socket.socket, timeout_ns: int) -> None:
    """Let sending and receiving end in TimeoutError or BlockingIOError after `timeout_ns` (at least 1 µs).

    The system's own time-out where it can be had: Python's costs a system call more each time, which a poll loop feels.
    """
    if sys.platform == "win32":
        connection.settimeout(timeout_ns / SECOND)
        return
    connection.setblocking(True)
    micros = max(timeout_ns // MICROSECOND, 1)
    limit = struct.pack("ll", micros // 1_000_000, micros % 1_000_000)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _look_out(connection: socket.socket) -> Callable[[], object]:
    """A quick call that is true when bytes, or the end of the connection, wait to be read."""
    if sys.platform == "win32":
        return lambda: select.select((connection,), (), (), 0)[0]
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return lambda: poll.poll(0)


def _receive(connection: socket.socket) -> bytes:
    came = connection.recv(4096)
    if not came:
        raise ConnectionError("the other end closed it")
    return came


def _ended(connection: socket.socket) -> bool:
    """True when a connection where something waits has ended; bytes are left for the next look."""
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True
