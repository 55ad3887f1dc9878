"""A gateway whose far end follows a script: RTU frames over TCP, misbehaving as told, healthy afterwards."""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from contextlib import suppress

from tests.drivers.modbus.hostile import CLOSE, Step
from tests.drivers.modbus.scripted_port import healthy


class ScriptedGateway:
    """Accepts one connection after the other. A request is what comes in one piece."""

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
        while frame := connection.recv(256):
            self.asked.append(frame)
            step = self.script.popleft() if self.script else healthy
            began = time.perf_counter()
            for after, sent in step(0, frame[1:-2]):
                time.sleep(max(0.0, began + after - time.perf_counter()))
                if sent == CLOSE:
                    return
                connection.sendall(sent)

    def close(self) -> None:
        """Stop, and wait until the far end has."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
