"""A TCP bus against a device that misbehaves: the right value or one clear error, and the next read is right."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.modbus.codec import exception_of, read_request, registers_of, write_registers
from drivers.modbus.tcp import TcpBus
from rig.clock import MILLISECOND, WallClock
from rig.contracts import Request
from rig.errors import LinkError
from tests.drivers.modbus.hostile import (
    ANSWERS,
    CLOSE,
    FIRST,
    LONG,
    NEXT,
    SHORT,
    STALE,
    WRONG_BYTE_COUNT,
    WRONG_FUNCTION,
    Case,
    Step,
    tcp_frame,
    words,
)
from tests.drivers.modbus.hostile_server import HostileServer

pytestmark = pytest.mark.loopback

TIMEOUT_S = 0.08
"""Where an answer must be missed. Where one must come, the bus waits long and the test does not."""


@contextmanager
def bench(*script: Step, timeout_s: float = TIMEOUT_S) -> Iterator[tuple[TcpBus, HostileServer]]:
    server = HostileServer(*script)
    bus = TcpBus("127.0.0.1", server.port, WallClock(), "P03 meter", timeout_ns=int(timeout_s * 1000) * MILLISECOND)
    try:
        yield bus, server
    finally:
        bus.close()
        server.close()


def good(transaction: int, pdu: bytes) -> bytes:
    return tcp_frame(transaction, words(pdu))


PATIENCE = 5
"""Repeats of a read on a machine that may be busy; a wrong value is never excused by it."""

NO_ANSWER = "read input 0x0010+2: no answer in 0.080 s"
CASES = (
    Case("healthy", lambda t, p: [(0, good(t, p))]),
    Case("late", lambda t, p: [(TIMEOUT_S + 0.05, good(t, p))], NO_ANSWER),
    Case(
        "short of bytes",
        lambda t, p: [(0, good(t, p)[:-3])],
        NO_ANSWER + "; thrown away: 10 bytes that are no whole frame",
    ),
    Case("one register for two", lambda t, p: [(0, tcp_frame(t, SHORT))], NO_ANSWER, "2 bytes of data"),
    Case("three registers for two", lambda t, p: [(0, tcp_frame(t, LONG))], NO_ANSWER, "6 bytes of data"),
    Case("byte count that lies", lambda t, p: [(0, tcp_frame(t, WRONG_BYTE_COUNT))], NO_ANSWER, "byte count 6"),
    Case("no registers", lambda t, p: [(0, tcp_frame(t, b"\x04\x00"))], NO_ANSWER, "0 bytes of data"),
    Case("twice", lambda t, p: [(0, good(t, p) * 2)]),
    Case("wrong unit", lambda t, p: [(0, tcp_frame(t, STALE, unit=2))], NO_ANSWER, "unit 2 where 1 was asked"),
    Case("wrong function", lambda t, p: [(0, tcp_frame(t, WRONG_FUNCTION))], NO_ANSWER, "function 0x03 where 0x04"),
    Case("wrong transaction", lambda t, p: [(0, tcp_frame(t + 1, STALE))], NO_ANSWER, "transaction id"),
    Case(
        "wrong ones first",
        lambda t, p: [(0, tcp_frame(t - 1 & 0xFFFF, STALE)), (0.02, good(t, p))],
        None,
        "transaction id",
    ),
    Case(
        "wrong and right in one segment",
        lambda t, p: [(0, tcp_frame(t, STALE, 9) + tcp_frame(t, WRONG_FUNCTION) + good(t, p))],
        None,
        "unit 9",
    ),
    Case("byte by byte", lambda t, p: [(n * 0.003, good(t, p)[n : n + 1]) for n in range(13)]),
    Case("noise before", lambda t, p: [(0, b"\xff\x00\x55\xaa" * 2 + good(t, p))], "no Modbus TCP (protocol id 0x55AA"),
    Case("length of 3000", lambda t, p: [(0, b"\0\x01\0\0\x0b\xb8\x01" + b"\0" * 20)], "no Modbus TCP (length 3000"),
    Case("exception", lambda t, p: [(0, tcp_frame(t, b"\x84\x02"))], code=2),
    Case("exception of another function", lambda t, p: [(0, tcp_frame(t, b"\x83\x02"))], NO_ANSWER, "function 0x83"),
    Case(
        "exception without code",
        lambda t, p: [(0, tcp_frame(t, b"\x84"))],
        NO_ANSWER,
        "exception answer without a code",
    ),
    Case("nothing", lambda t, p: [], NO_ANSWER),
    Case("closes", lambda t, p: [(0, CLOSE)], "connection lost before an answer came (the other end closed it)"),
    Case("closes in the middle", lambda t, p: [(0, good(t, p)[:9]), (0.01, CLOSE)], "the other end closed it"),
)


def read(bus: TcpBus, what: tuple[int, int], retries: int = 0) -> tuple[int, ...]:
    return registers_of(bus.exchange([Request(1, read_request(4, *what), retries)])[0].pdu)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_right_value_or_one_clear_error(case: Case) -> None:
    with bench(case.step, timeout_s=TIMEOUT_S if case.says else 2) as (bus, server):
        if case.says is not None:
            with pytest.raises(LinkError) as caught:
                read(bus, FIRST)
            message = str(caught.value)
            assert message.startswith(f"P03 meter (modbus tcp 127.0.0.1:{server.port} unit 1): read input 0x0010+2: ")
            assert case.says in message
            assert case.rejected in message
        else:
            reply = bus.exchange([Request(1, read_request(4, *FIRST))])[0]
            assert exception_of(reply.pdu) == case.code
            assert case.code or registers_of(reply.pdu) == ANSWERS[FIRST]
            assert case.rejected in " ".join(reply.rejected)
        assert read(bus, NEXT, PATIENCE) == ANSWERS[NEXT]
        assert read(bus, FIRST, PATIENCE) == ANSWERS[FIRST]


@pytest.mark.parametrize("case", [case for case in CASES if case.says], ids=lambda case: case.name)
def test_a_read_that_may_be_repeated_comes_right(case: Case) -> None:
    with bench(case.step) as (bus, server):
        reply = bus.exchange([Request(1, read_request(4, *FIRST), retries=PATIENCE)])[0]
        assert registers_of(reply.pdu) == ANSWERS[FIRST]
        assert reply.retries >= 1
        assert len(server.asked) == 1 + reply.retries


def test_a_write_lost_with_its_connection_is_not_repeated() -> None:
    with bench(lambda t, p: [(0, CLOSE)]) as (bus, server):
        with pytest.raises(LinkError, match=r"write holding 0x0005\+2: connection lost"):
            bus.exchange([Request(1, write_registers(5, [1, 2]), retries=3)])
        assert len(server.asked) == 1


def test_a_connection_closed_while_idle_costs_nothing() -> None:
    with bench(lambda t, p: [(0, good(t, p)), (0.01, CLOSE)], timeout_s=2) as (bus, server):
        assert read(bus, FIRST) == ANSWERS[FIRST]
        time.sleep(0.1)
        reply = bus.exchange([Request(1, write_registers(5, [1, 2]))])[0]
        assert (reply.retries, server.connections) == (0, 2)


def test_one_time_out_keeps_the_connection_and_two_in_a_row_open_it_anew() -> None:
    def silent(_transaction: int, _pdu: bytes) -> list[tuple[float, bytes]]:
        return []

    with bench(silent, lambda t, p: [(0, good(t, p))], silent, silent) as (bus, server):
        for misses, connections in ((1, 1), (2, 2)):
            for _ in range(misses):
                with pytest.raises(LinkError):
                    read(bus, FIRST)
            assert read(bus, NEXT, PATIENCE) == ANSWERS[NEXT]
            assert server.connections == connections


def test_part_of_a_frame_ends_its_connection_so_that_the_next_read_needs_no_repeat() -> None:
    with bench(lambda t, p: [(0, good(t, p)[:-3])], timeout_s=0.3) as (bus, server):
        with pytest.raises(LinkError):
            read(bus, FIRST)
        assert read(bus, NEXT) == ANSWERS[NEXT]
        assert server.connections == 2


def test_a_wrong_answer_does_not_put_off_the_deadline() -> None:
    with bench(lambda t, p: [(0.25, tcp_frame(t, WRONG_FUNCTION))], timeout_s=0.3) as (bus, _):
        began = time.perf_counter()
        with pytest.raises(LinkError):
            read(bus, FIRST)
        assert 0.3 <= time.perf_counter() - began < 0.5


def test_a_flood_of_wrong_answers_ends_at_the_deadline() -> None:
    flood = [(n * 0.01, tcp_frame(1, WRONG_FUNCTION)) for n in range(15)]
    with bench(lambda t, p: flood) as (bus, _):
        began = time.perf_counter()
        with pytest.raises(LinkError, match=r"thrown away: function 0x03 .* and \d+ more"):
            read(bus, FIRST)
        assert time.perf_counter() - began < TIMEOUT_S + 0.15
        assert read(bus, NEXT, retries=PATIENCE) == ANSWERS[NEXT]


def test_a_refused_connection_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    bus = TcpBus("127.0.0.1", port, WallClock(), "P03 meter")
    with pytest.raises(LinkError) as caught:
        read(bus, FIRST, retries=2)
    assert str(caught.value) == (
        f"P03 meter (modbus tcp 127.0.0.1:{port} unit 1): "
        "connection refused: nothing listens there; check address, port and power"
    )


def test_a_connection_that_is_never_accepted_times_out() -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    address = listener.getsockname()
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(address)
    bus = TcpBus("127.0.0.1", address[1], WallClock(), "P03 meter", timeout_ns=200 * MILLISECOND)
    with pytest.raises(LinkError, match=r"no connection in 0\.200 s; check cable, address and power"):
        read(bus, FIRST)
    for one in (listener, *fillers):
        one.close()
