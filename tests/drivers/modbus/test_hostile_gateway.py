"""RTU over TCP against a device, or a gateway, that misbehaves: the right value or one clear error, and the next is right."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.modbus.codec import exception_of, read_request, registers_of, write_registers
from drivers.modbus.pace import Pace
from drivers.modbus.rtu_over_tcp import GatewayBus
from rig.clock import SECOND, WallClock
from rig.contracts import Request
from rig.errors import LinkError
from tests.drivers.modbus.hostile import ANSWERS, CLOSE, FIRST, NEXT, STALE, Case, Step, good_rtu, rtu_frame
from tests.drivers.modbus.scripted_gateway import ScriptedGateway
from tests.drivers.modbus.test_hostile_rtu import CASES as RTU_CASES

pytestmark = pytest.mark.loopback

TIMEOUT_S = 0.1
PATIENCE = 5
"""Repeats of a read on a machine that may be busy; a wrong value is never excused by it."""

CASES = (
    *RTU_CASES,
    Case("at once", lambda _, p: [(0, good_rtu(p))]),
    Case("closes", lambda _, p: [(0, CLOSE)], "connection lost before an answer came (the other end closed it)"),
    Case("closes in the middle", lambda _, p: [(0, good_rtu(p)[:4]), (0.01, CLOSE)], "the other end closed it"),
    Case("gateway: target did not answer", lambda _, p: [(0.01, rtu_frame(b"\x84\x0b"))], code=11),
)


@contextmanager
def bench(
    *script: Step, timeout_s: float = TIMEOUT_S, turnaround_s: float = 0.03
) -> Iterator[tuple[GatewayBus, ScriptedGateway]]:
    far = ScriptedGateway(*script)
    times = int(timeout_s * SECOND), int(turnaround_s * SECOND)
    bus = GatewayBus("127.0.0.1", far.port, Pace(115200), WallClock(), "P03 meter", lambda *_: None, *times)
    try:
        yield bus, far
    finally:
        bus.close()
        far.close()


def read(bus: GatewayBus, what: tuple[int, int], retries: int = 0) -> tuple[int, ...]:
    return registers_of(bus.exchange([Request(1, read_request(4, *what), retries)])[0].pdu)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_right_value_or_one_clear_error(case: Case) -> None:
    turnaround_s = 0.5 if case.name.startswith("late") else 0.03
    with bench(case.step, timeout_s=TIMEOUT_S if case.says else 2, turnaround_s=turnaround_s) as (bus, far):
        if case.says is not None:
            with pytest.raises(LinkError) as caught:
                read(bus, FIRST)
            message = str(caught.value)
            assert message.startswith(f"P03 meter (modbus rtu over tcp 127.0.0.1:{far.port} unit 1): ")
            assert case.says in message
            assert case.rejected in message
        else:
            reply = bus.exchange([Request(1, read_request(4, *FIRST))])[0]
            assert exception_of(reply.pdu) == case.code
            assert case.code or registers_of(reply.pdu) == ANSWERS[FIRST]
            assert case.rejected in " ".join(reply.rejected)
        assert read(bus, NEXT, PATIENCE) == ANSWERS[NEXT]
        assert read(bus, FIRST, PATIENCE) == ANSWERS[FIRST]


@pytest.mark.parametrize("late_s", [0.115, 0.14, 0.17])
def test_a_late_answer_within_the_turnaround_is_never_the_next(late_s: float) -> None:
    with bench(lambda _, p: [(late_s, rtu_frame(STALE))], turnaround_s=0.4) as (bus, _):
        with pytest.raises(LinkError):
            read(bus, FIRST)
        assert read(bus, NEXT, PATIENCE) == ANSWERS[NEXT]


def test_a_write_is_sent_once() -> None:
    with bench(lambda _, p: []) as (bus, far):
        with pytest.raises(LinkError, match=r"write holding 0x0005\+1: no answer in 0\.100 s"):
            bus.exchange([Request(1, write_registers(5, [1]), 5)])
        assert len(far.asked) == 1


def test_a_gateway_that_closes_when_nothing_is_asked_costs_no_write() -> None:
    with bench(lambda _, p: [(0, good_rtu(p)), (0.01, CLOSE)], timeout_s=2) as (bus, far):
        assert read(bus, FIRST) == ANSWERS[FIRST]
        bus.clock.sleep_until(bus.clock.now() + SECOND // 20)
        bus.exchange([Request(1, write_registers(5, [1]))])
        assert (far.connections, len(far.asked)) == (2, 2)


def test_the_connection_is_kept_after_one_time_out_and_opened_anew_after_two() -> None:
    with bench(lambda _, p: [], lambda _, p: [], lambda _, p: []) as (bus, far):
        for connections in (1, 1, 2):
            with pytest.raises(LinkError):
                read(bus, FIRST)
            assert far.connections == connections
        assert read(bus, NEXT, PATIENCE) == ANSWERS[NEXT]


def test_a_gateway_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    bus = GatewayBus("127.0.0.1", port, Pace(9600), WallClock(), "P03 meter")
    with pytest.raises(LinkError, match=r"over tcp 127\.0\.0\.1:\d+ unit 1\): connection refused: .* of the gateway"):
        read(bus, FIRST)
