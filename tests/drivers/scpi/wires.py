"""Ends of the wire for SCPI tests: emulated instruments on real sockets, and scripted ones that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from drivers.scpi.line_server import serve_lines
from rig.clock import Clock


class StillAlarms:
    """Alarms for a circuit without a meter: it only asks for the time."""

    def __init__(self, clock: Clock) -> None:
        self.now = clock.now

    def call_at(self, instant: int, call: Callable[[], None]) -> object:
        raise AssertionError("nothing on this circuit asks to be woken")


@contextlib.contextmanager
def served(ask: Callable[[str], str | None]) -> Iterator[int]:
    """Serve `ask` by the product's line server in a thread; gives the port."""
    loop = asyncio.new_event_loop()
    server, port = loop.run_until_complete(serve_lines(ask))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(server.wait_closed(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


class ScriptedInstrument:
    """A TCP instrument that answers each line as `script` says: bytes to send, or None to hang up. One thread a client."""

    def __init__(self, script: Callable[[str, socket.socket], bytes | None]) -> None:
        self.heard: list[str] = []
        self.clients = 0
        self._script = script
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._open: list[socket.socket] = []
        self._threads[0].start()

    @property
    def resource(self) -> str:
        return f"TCPIP::127.0.0.1::{self.port}::SOCKET"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self.clients += 1
            self._open.append(client)
            thread = threading.Thread(target=self._talk, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _talk(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, client.makefile("rb") as lines:
            for raw in lines:
                line = raw.decode("latin-1").strip()
                self.heard.append(line)
                answer = self._script(line, client)
                if answer is None:
                    client.shutdown(socket.SHUT_RDWR)
                    return
                if answer:
                    client.sendall(answer)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for client in self._open:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()


@contextlib.contextmanager
def scripted(script: Callable[[str, socket.socket], bytes | None]) -> Iterator[ScriptedInstrument]:
    instrument = ScriptedInstrument(script)
    try:
        yield instrument
    finally:
        instrument.close()
