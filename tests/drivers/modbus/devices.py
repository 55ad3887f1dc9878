"""Devices for the tests of the links: a plain one that passes every conformance case, and how to serve it."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from drivers.modbus.codec import ILLEGAL_ADDRESS, ModbusRefusal, answer
from drivers.modbus.gateway import serve_gateway
from drivers.modbus.server import Answer, Unit, serve_pty, serve_tcp

INPUTS = (0x0903, 0x0001, 0xFFFF, 0x8000, 0x0000, 0x1234)
DISCRETES = (1, 0, 1, 1, 0, 0, 0, 1, 1, 0)


class Tables:
    """A register space of lists: 6 input words, 10 discrete inputs, 200 holding words, 200 coils, all from address 0."""

    def __init__(self) -> None:
        self.tables: dict[str, list[int]] = {
            "input": list(INPUTS),
            "discrete": list(DISCRETES),
            "holding": [0] * 200,
            "coil": [0] * 200,
        }

    def read(self, table: str, address: int, count: int) -> Sequence[int]:
        found = self.tables[table][address : address + count]
        if len(found) < count:
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        return found

    def write(self, table: str, address: int, words: Sequence[int]) -> None:
        self.read(table, address, len(words))
        self.tables[table][address : address + len(words)] = list(words)


class Device:
    """A unit on `Tables` that keeps what it was asked; `next` holds what becomes of the coming answers, one each."""

    def __init__(self) -> None:
        self.space = Tables()
        self.seen: list[bytes] = []
        self.next: deque[Callable[[bytes], bytes | Answer | None]] = deque()

    def __call__(self, pdu: bytes) -> bytes | Answer | None:
        self.seen.append(pdu)
        good = answer(self.space, pdu)
        return self.next.popleft()(good) if self.next else good

    def lose(self, answers: int) -> None:
        """The next answers get lost on their way."""
        self.next.extend([lambda _: None] * answers)


@contextmanager
def _loop() -> Iterator[Callable[[Any], Any]]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def calling(call: Callable[[], object]) -> object:
        return call()

    def run(coroutine: Any) -> Any:
        if callable(coroutine):
            coroutine = calling(coroutine)
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(10)

    try:
        yield run
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def on_tcp(units: Mapping[int, Unit]) -> Iterator[int]:
    """Serve on 127.0.0.1; yields the port."""
    with _loop() as run:
        server, port = run(serve_tcp(units))
        try:
            yield port
        finally:
            run(server.close)


@contextmanager
def on_pty(units: Mapping[int, Unit], baud: int = 115200, parity: str = "E", stop_bits: int = 1) -> Iterator[str]:
    """Serve as RTU on a pty; yields its path."""
    with _loop() as run:
        line, path = run(serve_pty(units, baud, parity, stop_bits))
        try:
            yield path
        finally:
            run(line.close)


@contextmanager
def on_gateway(units: Mapping[int, Unit], baud: int = 115200) -> Iterator[int]:
    """Serve as RTU behind a TCP port on 127.0.0.1; yields the port."""
    with _loop() as run:
        gateway, port = run(serve_gateway(units, baud=baud))
        try:
            yield port
        finally:
            run(gateway.close)
