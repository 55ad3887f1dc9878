"""Modbus over TCP: one connection, kept open, one request at a time."""

from __future__ import annotations

import select
import socket

from drivers.modbus.frames import BrokenMbap, cut_mbap, masked, mbap, mbap_mismatch
from drivers.modbus.link import Link, Missed
from rig.clock import SECOND, Clock
from rig.contracts import FrameLog, Reply, Request
from rig.errors import LinkError
from rig.opener import silent

_MISSES_TO_REOPEN = 2


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
        self._buffer = b""
        self._transaction = 0
        self._misses = 0

    def close(self) -> None:
        """See `Link`."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._buffer = b""
        self._misses = 0

    def attempt(self, request: Request, rejected: list[str]) -> Reply:
        """See `Link`."""
        connection = self._connected(request.unit)
        self._transaction = self._transaction + 1 & 0xFFFF
        frame = mbap(self._transaction, request.unit, request.pdu)
        try:
            sent = self.clock.now()
            self.log(sent, ">", masked(frame, 7, False) if request.secret else frame)
            connection.sendall(frame)
            reply = self._wait(connection, request, sent, rejected)
        except TimeoutError:
            raise self._missed(rejected) from None
        except BrokenMbap as broken:
            self.log(self.clock.now(), "!", self.guarded(self._buffer, 7))
            self.close()
            raise Missed(f"what came is no Modbus TCP ({broken}); connection dropped") from None
        except OSError as error:
            self.close()
            raise Missed(f"connection lost before an answer came ({error.strerror or error})") from None
        self._misses = 0
        return reply

    def _wait(self, connection: socket.socket, request: Request, sent: int, rejected: list[str]) -> Reply:
        deadline = sent + self.timeout_ns
        received = sent
        shortened = False
        try:
            while True:
                while (frame := cut_mbap(self._buffer)) is not None:
                    whole, self._buffer = self._buffer[: frame.size], self._buffer[frame.size :]
                    why = mbap_mismatch(self._transaction, request.unit, request.pdu, frame)
                    if not why:
                        self.log(received, "<", masked(whole, 7, True) if request.secret else whole)
                        return Reply(frame.pdu, sent, received)
                    rejected.append(why)
                    self.log(received, "!", self.guarded(whole, 7))
                if received is not sent:
                    left = deadline - self.clock.now()
                    if left <= 0:
                        raise TimeoutError
                    connection.settimeout(left / SECOND)
                    shortened = True
                came = connection.recv(4096)
                received = self.clock.now()
                if not came:
                    raise ConnectionError("the other end closed it")
                self._buffer += came
        finally:
            if shortened:
                connection.settimeout(self.timeout_ns / SECOND)

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
        if self._socket is None:
            self._socket = self._open(unit)
        return self._socket

    def _open(self, unit: int) -> socket.socket:
        try:
            connection = socket.create_connection(self._peer, self.timeout_ns / SECOND)
        except ConnectionRefusedError:
            why = "connection refused: nothing listens there; check address, port and power"
        except TimeoutError:
            why = f"no connection in {self.timeout_ns / SECOND:.3f} s; check cable, address and power"
        except OSError as error:
            why = f"no connection ({error.strerror or error}); check cable and address"
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        raise LinkError(f"{self.place(unit)}: {why}")


def _ended(connection: socket.socket) -> bool:
    """True when the other end has closed the connection; bytes that lie there are left for the next look."""
    readable, _, _ = select.select((connection,), (), (), 0)
    if not readable:
        return False
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True
