"""A Modbus TCP client of a dozen lines that shares no code with the drivers: bytes in, bytes out."""

from __future__ import annotations

import socket
import struct


class RawClient:
    """One connection. `ask(pdu)` returns the PDU of the answer, checked against the MBAP header by hand."""

    def __init__(self, address: str, unit: int = 1, timeout: float = 2.0) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unit = unit
        self.transaction = 0

    def frame(self, pdu: bytes) -> bytes:
        """The next request as it goes over the wire."""
        self.transaction += 1
        return struct.pack(">HHHB", self.transaction, 0, len(pdu) + 1, self.unit) + pdu

    def receive(self) -> tuple[int, bytes]:
        """The next answer: transaction id and PDU."""
        transaction, protocol, length, unit = struct.unpack(">HHHB", self._exactly(7))
        assert (protocol, unit) == (0, self.unit)
        return transaction, self._exactly(length - 1)

    def ask(self, pdu: bytes) -> bytes:
        """One request, one answer."""
        self.socket.sendall(self.frame(pdu))
        transaction, answer = self.receive()
        assert transaction == self.transaction
        return answer

    def words(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """Registers of function 3 or 4."""
        answer = self.ask(struct.pack(">BHH", function, address, count))
        assert answer[:2] == bytes([function, 2 * count]), answer.hex()
        return struct.unpack(f">{count}H", answer[2:])

    def bits(self, address: int, count: int) -> tuple[int, ...]:
        """Discrete inputs."""
        answer = self.ask(struct.pack(">BHH", 2, address, count))
        assert answer[0] == 2, answer.hex()
        return tuple(answer[2 + n // 8] >> n % 8 & 1 for n in range(count))

    def close(self) -> None:
        self.socket.close()

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self.socket.recv(count - len(found))
            if not more:
                raise ConnectionError("the server closed the connection")
            found += more
        return found


class RawLine:
    """A SCPI client on a bare socket."""

    def __init__(self, resource: str) -> None:
        _, host, port, kind = resource.split("::")
        assert kind == "SOCKET"
        self.socket = socket.create_connection((host, int(port)), 2)
        self.file = self.socket.makefile("rw", newline="\n")

    def tell(self, line: str) -> None:
        self.file.write(line + "\n")
        self.file.flush()

    def ask(self, line: str) -> str:
        self.tell(line)
        return self.file.readline().strip()

    def close(self) -> None:
        self.file.close()
        self.socket.close()
