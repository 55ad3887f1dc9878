"""A TCP server that follows a script of misbehaviour."""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from contextlib import suppress

from tests.drivers.modbus.hostile import CLOSE, Step, tcp_frame, words


class HostileServer:
    """Accepts one connection after the other and follows its script; afterwards it is healthy."""

    def __init__(self, *script: Step) -> None:
        self.script = deque(script)
        self.asked: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, suppress(ConnectionError):
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while head := connection.recv(7, socket.MSG_WAITALL):
            pdu = connection.recv(int.from_bytes(head[4:6], "big") - 1, socket.MSG_WAITALL)
            self.asked.append(pdu)
            transaction = int.from_bytes(head[:2], "big")
            step = self.script.popleft() if self.script else lambda t, p: [(0, tcp_frame(t, words(p)))]
            began = time.perf_counter()
            for after, sent in step(transaction, pdu):
                time.sleep(max(0.0, began + after - time.perf_counter()))
                if sent == CLOSE:
                    return
                connection.sendall(sent)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
