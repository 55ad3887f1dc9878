"""What every Modbus bus must do, as functions of a bench: a bus, the device at unit 1 behind it, and what was logged.

A new link is finished when it passes `CASES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from drivers.modbus.codec import (
    bits_of,
    exception_of,
    read_request,
    registers_of,
    write_coil,
    write_coils,
    write_register,
    write_registers,
)
from drivers.modbus.unit import Answer
from rig.contracts import Bus, Reply, Request
from rig.errors import LinkError
from tests.drivers.modbus.devices import DISCRETES, INPUTS, Device


@dataclass
class BusBench:
    bus: Bus
    device: Device
    frames: list[tuple[int, str, bytes]]
    late_ns: int
    """A delay past the time-out, and on RTU within the turnaround after it."""

    def ask(self, pdu: bytes, unit: int = 1, retries: int = 0, secret: bool = False) -> Reply:
        return self.bus.exchange([Request(unit, pdu, retries, secret)])[0]


def reads_every_table(bench: BusBench) -> None:
    bench.device.space.tables["holding"][100:103] = [1, 2, 65535]
    bench.device.space.tables["coil"][3:6] = [1, 0, 1]
    assert registers_of(bench.ask(read_request(4, 0, 6)).pdu) == INPUTS
    assert registers_of(bench.ask(read_request(3, 100, 3)).pdu) == (1, 2, 65535)
    assert bits_of(bench.ask(read_request(2, 0, 10)).pdu, 10) == DISCRETES
    assert bits_of(bench.ask(read_request(1, 2, 5)).pdu, 5) == (0, 1, 0, 1, 0)


def reads_the_largest_request(bench: BusBench) -> None:
    bench.device.space.tables["holding"] = list(range(40000, 40200))
    assert registers_of(bench.ask(read_request(3, 75, 125)).pdu) == tuple(range(40075, 40200))


def writes_arrive_once(bench: BusBench) -> None:
    for pdu in (
        write_coil(7, True),
        write_register(9, 0xABCD),
        write_coils(20, [1, 0, 1, 1, 0, 0, 0, 0, 1]),
        write_registers(30, [1, 2, 3]),
    ):
        assert exception_of(bench.ask(pdu).pdu) is None
    tables = bench.device.space.tables
    assert tables["coil"][7] == 1
    assert tables["holding"][9] == 0xABCD
    assert tables["coil"][20:29] == [1, 0, 1, 1, 0, 0, 0, 0, 1]
    assert tables["holding"][30:33] == [1, 2, 3]
    assert len(bench.device.seen) == 4


def an_exception_is_a_reply_and_never_repeated(bench: BusBench) -> None:
    reply = bench.ask(read_request(4, 5, 2), retries=3)
    assert exception_of(reply.pdu) == 2
    assert reply.retries == 0
    assert len(bench.device.seen) == 1


def replies_come_in_order_with_honest_stamps(bench: BusBench) -> None:
    replies = bench.bus.exchange([Request(1, read_request(4, address, 1)) for address in range(6)])
    assert [registers_of(reply.pdu)[0] for reply in replies] == list(INPUTS)
    instants = [instant for reply in replies for instant in (reply.sent, reply.received)]
    assert instants == sorted(instants)
    assert all(reply.received > reply.sent for reply in replies)


def a_lost_answer_to_a_read_is_asked_again_and_counted(bench: BusBench) -> None:
    bench.device.lose(2)
    reply = bench.ask(read_request(4, 0, 2), retries=2)
    assert registers_of(reply.pdu) == INPUTS[:2]
    assert reply.retries == 2
    assert len(bench.device.seen) == 3


def a_write_is_never_asked_again(bench: BusBench) -> None:
    bench.device.lose(1)
    with pytest.raises(LinkError, match=r"unit 1\): write holding 0x0009\+1: no answer in 0\.\d\d\d s"):
        bench.ask(write_register(9, 1), retries=5)
    assert len(bench.device.seen) == 1
    assert registers_of(bench.ask(read_request(3, 9, 1)).pdu) == (1,)


def silence_is_one_clear_error_and_the_next_read_is_right(bench: BusBench) -> None:
    bench.device.lose(2)
    with pytest.raises(LinkError) as caught:
        bench.ask(read_request(4, 0, 2), retries=1)
    message = str(caught.value)
    assert message.startswith("P03 meter (modbus ")
    assert "unit 1): read input 0x0000+2: no answer in 0." in message
    assert "asked 2 times" in message
    assert registers_of(bench.ask(read_request(4, 1, 1)).pdu) == INPUTS[1:2]


def a_foreign_unit_is_silent(bench: BusBench) -> None:
    with pytest.raises(LinkError, match="unit 9"):
        bench.ask(read_request(4, 0, 2), unit=9)
    assert bench.device.seen == []
    assert registers_of(bench.ask(read_request(4, 0, 1)).pdu) == INPUTS[:1]


def broadcast_and_impossible_units_are_refused_before_sending(bench: BusBench) -> None:
    good = Request(1, read_request(4, 0, 1))
    for unit in (0, 248, 255, -1):
        with pytest.raises(ValueError, match=f"unit {unit} "):
            bench.bus.exchange([good, Request(unit, write_coil(0, True))])
    assert bench.device.seen == []


def a_request_that_is_none_is_refused_before_sending(bench: BusBench) -> None:
    for pdu in (b"", b"\x03", b"\x2b\x0e\x01\x00\x00", read_request(3, 0, 1) + b"\x00", write_registers(0, [1])[:-1]):
        with pytest.raises(ValueError):
            bench.ask(pdu)
    assert bench.device.seen == []


def a_late_answer_is_never_the_next(bench: BusBench) -> None:
    bench.device.next.append(lambda good: Answer(good, delay_ns=bench.late_ns))
    with pytest.raises(LinkError):
        bench.ask(read_request(4, 0, 1))
    reply = bench.ask(read_request(4, 1, 1), retries=1)
    assert registers_of(reply.pdu) == INPUTS[1:2]
    assert registers_of(bench.ask(read_request(4, 2, 1)).pdu) == INPUTS[2:3]


def a_spoilt_answer_is_thrown_away_and_named(bench: BusBench) -> None:
    bench.device.next.append(lambda good: Answer(good, corrupt=True))
    reply = bench.ask(read_request(4, 0, 1), retries=1)
    assert registers_of(reply.pdu) == INPUTS[:1]
    assert reply.retries == 1
    assert len(reply.rejected) == 1
    assert "CRC" in reply.rejected[0] or "transaction id" in reply.rejected[0]
    assert [direction for _, direction, _ in bench.frames] == [">", "!", ">", "<"]


def a_double_answer_is_taken_once(bench: BusBench) -> None:
    bench.device.next.append(lambda good: Answer(good, repeat=2))
    assert registers_of(bench.ask(read_request(4, 0, 1)).pdu) == INPUTS[:1]
    assert registers_of(bench.ask(read_request(4, 1, 1)).pdu) == INPUTS[1:2]
    assert registers_of(bench.ask(read_request(4, 2, 1)).pdu) == INPUTS[2:3]


def secrets_are_masked_in_the_log(bench: BusBench) -> None:
    canary = b"CANARY"
    words = [int.from_bytes(canary[place : place + 2], "big") for place in (0, 2, 4)]
    bench.device.next.extend([lambda good: good, lambda good: Answer(good, repeat=2), lambda good: good])
    bench.ask(write_registers(40, words), secret=True)
    bench.ask(write_register(43, words[0]), secret=True)
    bench.ask(read_request(3, 40, 3), secret=True)
    assert bench.device.space.tables["holding"][40:43] == words
    sent = [frame for _, direction, frame in bench.frames if direction == ">"]
    assert b"\x10\x00\x28\x00\x03\x06" + b"*" * 6 in sent[0]
    assert not any(piece in frame for _, _, frame in bench.frames for piece in (b"CA", b"NA", b"RY"))


def frames_are_logged_as_they_went(bench: BusBench) -> None:
    reply = bench.ask(read_request(4, 0, 2))
    (sent_at, out, request), (came_at, back, answered) = bench.frames
    assert (out, back) == (">", "<")
    assert b"\x01\x04\x00\x00\x00\x02" in request
    assert b"\x01\x04\x04\x09\x03\x00\x01" in answered
    assert (sent_at, came_at) == (reply.sent, reply.received)


def works_again_after_close(bench: BusBench) -> None:
    bench.ask(read_request(4, 0, 1))
    bench.bus.close()
    bench.bus.close()
    assert registers_of(bench.ask(read_request(4, 0, 1)).pdu) == INPUTS[:1]


ANSWERED: tuple[Callable[[BusBench], None], ...] = (
    reads_every_table,
    reads_the_largest_request,
    writes_arrive_once,
    an_exception_is_a_reply_and_never_repeated,
    replies_come_in_order_with_honest_stamps,
    broadcast_and_impossible_units_are_refused_before_sending,
    a_request_that_is_none_is_refused_before_sending,
    a_double_answer_is_taken_once,
    secrets_are_masked_in_the_log,
    frames_are_logged_as_they_went,
    works_again_after_close,
)
"""Cases in which every answer comes: the bus may be patient."""

MISSED: tuple[Callable[[BusBench], None], ...] = (
    a_lost_answer_to_a_read_is_asked_again_and_counted,
    a_write_is_never_asked_again,
    silence_is_one_clear_error_and_the_next_read_is_right,
    a_foreign_unit_is_silent,
    a_late_answer_is_never_the_next,
    a_spoilt_answer_is_thrown_away_and_named,
)
"""Cases that wait for an answer in vain: a short time-out makes them quick."""

CASES = ANSWERED + MISSED
