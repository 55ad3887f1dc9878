"""An RTU bus against a device that misbehaves: the right value or one clear error, and the next read is right.

Every case runs in virtual time, to the nanosecond, and again on a pty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.modbus.codec import exception_of, read_request, registers_of, write_register
from drivers.modbus.pace import Pace
from drivers.modbus.rtu import RtuBus
from rig.clock import MILLISECOND, SECOND, Clock, VirtualClock, WallClock
from rig.contracts import Request
from rig.errors import LinkError
from tests.drivers.modbus.hostile import (
    ANSWERS,
    FIRST,
    LONG,
    NEXT,
    SHORT,
    STALE,
    WRONG_BYTE_COUNT,
    WRONG_FUNCTION,
    Case,
    Step,
    rtu_crc,
    rtu_frame,
    wrong_crc,
)
from tests.drivers.modbus.hostile import (
    good_rtu as good,
)
from tests.drivers.modbus.scripted_port import ScriptedPort, ScriptedPty

TIMEOUT_S = 0.1
TURNAROUND_S = 0.05
PACE = Pace(115200)
PATIENCE = 5
"""Repeats of a read on a machine that may be busy; a wrong value is never excused by it."""


def bus_on(path: str, clock: Clock, opens: object = None, **more: object) -> RtuBus:
    given = {"timeout_ns": int(TIMEOUT_S * SECOND), "turnaround_ns": int(TURNAROUND_S * SECOND), **more}
    if opens is not None:
        given["opens"] = opens
    return RtuBus(path, PACE, clock, "P03 meter", **given)  # type: ignore[arg-type]


def in_virtual_time(*script: Step) -> tuple[RtuBus, ScriptedPort]:
    clock = VirtualClock()
    port = ScriptedPort(clock, PACE, *script)
    return bus_on("/dev/ttyUSB0", clock, port.opens), port


@contextmanager
def on_a_pty(
    *script: Step, timeout_s: float = TIMEOUT_S, turnaround_s: float = TURNAROUND_S
) -> Iterator[tuple[RtuBus, ScriptedPty]]:
    far = ScriptedPty(PACE, *script)
    times = {"timeout_ns": int(timeout_s * SECOND), "turnaround_ns": int(turnaround_s * SECOND)}
    bus = bus_on(far.path, WallClock(), **times)
    try:
        yield bus, far
    finally:
        bus.close()
        far.close()


NO_ANSWER = "read input 0x0010+2: no answer in 0.100 s"
CASES = (
    Case("healthy", lambda _, p: [(0.002, good(p))]),
    Case("late, in the quiet time", lambda _, p: [(TIMEOUT_S + 0.03, good(p))], NO_ANSWER),
    Case("short of bytes", lambda _, p: [(0.002, good(p)[:-3])], NO_ANSWER, "6 stray bytes"),
    Case("one register for two", lambda _, p: [(0.002, rtu_frame(SHORT))], NO_ANSWER, "2 bytes of data"),
    Case("three registers for two", lambda _, p: [(0.002, rtu_frame(LONG))], NO_ANSWER, "6 bytes of data"),
    Case(
        "byte count that lies",
        lambda _, p: [(0.002, rtu_frame(WRONG_BYTE_COUNT))],
        NO_ANSWER,
        "frame of 9 bytes with a wrong length",
    ),
    Case("twice at once", lambda _, p: [(0.002, good(p) * 2)], None, "whole frame of 9 bytes behind the answer"),
    Case("twice, one after the other", lambda _, p: [(0.002, good(p)), (0.0025, good(p))]),
    Case("wrong CRC", lambda _, p: [(0.002, wrong_crc(good(p)))], NO_ANSWER, "frame of 9 bytes with a wrong CRC"),
    Case("wrong unit", lambda _, p: [(0.002, rtu_frame(STALE, 2))], NO_ANSWER, "unit 2 where 1 was asked"),
    Case("wrong function", lambda _, p: [(0.002, rtu_frame(WRONG_FUNCTION))], NO_ANSWER, "function 0x03 where 0x04"),
    Case("wrong ones first", lambda _, p: [(0.002, rtu_frame(STALE, 2)), (0.02, good(p))], None, "unit 2"),
    Case("wrong CRC first", lambda _, p: [(0.002, wrong_crc(rtu_frame(STALE)) + good(p))], None, "wrong CRC"),
    Case("byte by byte", lambda _, p: [(0.003 * (n + 1), good(p)[n : n + 1]) for n in range(9)]),
    Case("noise before", lambda _, p: [(0.002, b"\x00\xff\x55" + good(p))], None, "3 stray bytes"),
    Case("noise that begins like a frame", lambda _, p: [(0.002, b"\x01\x04" + good(p))], None, "2 stray bytes"),
    Case("noise before, in pieces", lambda _, p: [(0.002, b"\x01"), (0.012, good(p)[:4]), (0.022, good(p)[4:])]),
    Case("noise behind", lambda _, p: [(0.002, good(p) + b"\x00")], None, "1 stray byte behind the answer"),
    Case("exception", lambda _, p: [(0.002, rtu_frame(b"\x84\x02"))], code=2),
    Case("exception of another function", lambda _, p: [(0.002, rtu_frame(b"\x83\x02"))], NO_ANSWER, "function 0x83"),
    Case(
        "exception with a wrong CRC", lambda _, p: [(0.002, wrong_crc(rtu_frame(b"\x84\x02")))], NO_ANSWER, "wrong CRC"
    ),
    Case("nothing", lambda _, p: [], NO_ANSWER),
    Case("echo, then the answer", lambda _, p: [(0, rtu_frame(p)), (0.004, good(p))]),
    Case("echo alone", lambda _, p: [(0.0005, rtu_frame(p))], NO_ANSWER),
)
BY_NAME = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def read(bus: RtuBus, what: tuple[int, int], retries: int = 0) -> tuple[int, ...]:
    return registers_of(bus.exchange([Request(1, read_request(4, *what), retries)])[0].pdu)


def meets(case: Case, bus: RtuBus) -> None:
    if case.says is not None:
        with pytest.raises(LinkError) as caught:
            read(bus, FIRST)
        message = str(caught.value)
        assert message.startswith("P03 meter (modbus rtu /dev/")
        assert " 115200 8E1 unit 1): " in message
        assert case.says in message
        assert case.rejected in message
    else:
        reply = bus.exchange([Request(1, read_request(4, *FIRST))])[0]
        assert exception_of(reply.pdu) == case.code
        assert case.code or registers_of(reply.pdu) == ANSWERS[FIRST]
        assert case.rejected in " ".join(reply.rejected)
    assert read(bus, NEXT, PATIENCE) == ANSWERS[NEXT]
    assert read(bus, FIRST, PATIENCE) == ANSWERS[FIRST]


@BY_NAME
def test_right_value_or_one_clear_error(case: Case) -> None:
    bus, _ = in_virtual_time(case.step)
    meets(case, bus)


@pytest.mark.loopback
@BY_NAME
def test_right_value_or_one_clear_error_on_a_pty(case: Case) -> None:
    # A device that is late, but within its turnaround, must manage that on a busy machine too.
    turnaround_s = 0.5 if case.name.startswith("late") else 0.03
    with on_a_pty(case.step, timeout_s=TIMEOUT_S if case.says else 2, turnaround_s=turnaround_s) as (bus, _):
        meets(case, bus)


@pytest.mark.parametrize("case", [case for case in CASES if case.says], ids=lambda case: case.name)
def test_a_read_that_may_be_repeated_comes_right(case: Case) -> None:
    bus, port = in_virtual_time(case.step)
    reply = bus.exchange([Request(1, read_request(4, *FIRST), retries=1)])[0]
    assert registers_of(reply.pdu) == ANSWERS[FIRST]
    assert (reply.retries, len(port.asked)) == (1, 2)


@pytest.mark.parametrize("late_ms", range(108, 151, 1))
def test_whenever_a_late_answer_comes_within_the_turnaround_it_is_not_the_next(late_ms: int) -> None:
    bus, _ = in_virtual_time(lambda _, p: [(late_ms / 1000, rtu_frame(STALE))])
    with pytest.raises(LinkError):
        read(bus, FIRST)
    assert read(bus, NEXT) == ANSWERS[NEXT]


def test_the_line_rests_before_each_request_as_long_as_it_must() -> None:
    bus, port = in_virtual_time(lambda _, p: [(0.002, good(p))], lambda _, p: [])
    first = bus.exchange([Request(1, read_request(4, *FIRST))])[0]
    assert first.sent >= TURNAROUND_S * SECOND  # nobody knows what was on the line before
    with pytest.raises(LinkError):
        read(bus, FIRST)
    assert port.asked_at[1] == first.received + PACE.silence_ns
    gave_up = port.clock.now()
    read(bus, NEXT)
    assert port.asked_at[2] == gave_up + int(TURNAROUND_S * SECOND)


def test_a_pause_of_the_rig_counts_as_rest() -> None:
    bus, port = in_virtual_time(lambda _, p: [])
    with pytest.raises(LinkError):
        read(bus, FIRST)
    later = port.clock.now() + SECOND
    port.clock.sleep_until(later)
    read(bus, NEXT)
    assert port.asked_at[1] == later


def test_stamps_hold_the_whole_exchange() -> None:
    bus, port = in_virtual_time(lambda _, p: [(0.01 + n / 1000, good(p)[n : n + 1]) for n in range(9)])
    reply = bus.exchange([Request(1, read_request(4, *FIRST))])[0]
    assert reply.sent == port.asked_at[0]
    assert reply.received == port.asked_at[0] + PACE.bytes_ns(8) + 18 * MILLISECOND


def test_a_late_answer_that_comes_while_the_next_request_goes_out_is_thrown_away() -> None:
    bus, port = in_virtual_time(lambda _, p: [(0.002, good(p))])
    read(bus, FIRST)
    port.coming.append((port.clock.now() + PACE.silence_ns + PACE.bytes_ns(8) // 2, rtu_frame(STALE)))
    reply = bus.exchange([Request(1, read_request(4, *NEXT))])[0]
    assert registers_of(reply.pdu) == ANSWERS[NEXT]
    assert "before the request was out" in reply.rejected[0]


@pytest.mark.parametrize("oversleeps_ms", [1, 2, 3, 4, 20])
def test_a_busy_machine_that_looks_late_loses_no_answer(oversleeps_ms: int) -> None:
    """The answer of 9 bytes is whole 2 ms after the request's end, and found whenever the rig comes to look."""
    bus, port = in_virtual_time()
    port.oversleeps_ns = oversleeps_ms * MILLISECOND
    reply = bus.exchange([Request(1, read_request(4, *FIRST))])[0]
    assert registers_of(reply.pdu) == ANSWERS[FIRST]
    assert reply.rejected == ()


def test_an_echo_found_late_is_no_answer_either() -> None:
    bus, port = in_virtual_time(lambda _, p: [(0, rtu_frame(p)), (0.004, good(p))])
    port.oversleeps_ns = 20 * MILLISECOND
    assert read(bus, FIRST) == ANSWERS[FIRST]


def test_a_line_that_never_rests_is_named_and_nothing_is_asked() -> None:
    bus, port = in_virtual_time()
    port.coming = [(n * 50 * MILLISECOND, b"\x55") for n in range(200)]
    with pytest.raises(LinkError, match="the line does not go quiet, so nothing was asked"):
        read(bus, FIRST)
    assert port.asked == []


def test_an_echo_is_not_taken_for_the_answer_to_a_write() -> None:
    def echo_only(_: int, pdu: bytes) -> list[tuple[float, bytes]]:
        return [(0.001, rtu_frame(pdu))]

    bus, _ = in_virtual_time(lambda _, p: [(0.001, rtu_frame(p)), (0.004, good(p))], echo_only)
    assert read(bus, FIRST) == ANSWERS[FIRST]
    with pytest.raises(LinkError, match="write holding 0x0005"):
        bus.exchange([Request(1, write_register(5, 1))])


def test_a_port_that_fails_is_named_and_opened_again() -> None:
    bus, port = in_virtual_time()
    port.fails = True
    with pytest.raises(LinkError, match=r"the serial port failed \(device disconnected\); check the adapter"):
        read(bus, FIRST)
    assert read(bus, FIRST) == ANSWERS[FIRST]


def test_a_port_that_is_not_there_is_named_at_once() -> None:
    bus = bus_on("/dev/no-such-port", WallClock())
    with pytest.raises(LinkError, match=r"P03 meter \(modbus rtu /dev/no-such-port .*\): cannot open the port"):
        bus.open()


def test_the_hand_made_check_sum_knows_a_frame_from_a_manual() -> None:
    assert rtu_crc(bytes.fromhex("010300000002")) == bytes.fromhex("C40B")
