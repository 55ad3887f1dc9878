"""The device's end of the wire, read with raw sockets and file descriptors."""

from __future__ import annotations

import os
import select
import socket
import time

import pytest

from drivers.modbus.pace import Pace
from drivers.modbus.server import Answer
from tests.drivers.modbus.devices import Device, on_pty, on_tcp
from tests.drivers.modbus.hostile import rtu_frame, tcp_frame

pytestmark = pytest.mark.loopback

READ = bytes.fromhex("04 0000 0002")
ANSWER = bytes.fromhex("04 04 0903 0001")


def ask_tcp(port: int, sent: bytes, size: int, wait_s: float = 2.0) -> bytes:
    """Send, and take `size` bytes or what came until nothing more came for `wait_s`."""
    with socket.create_connection(("127.0.0.1", port), wait_s) as connection:
        connection.sendall(sent)
        return take(connection, size)


def take(connection: socket.socket, size: int) -> bytes:
    came = b""
    try:
        while len(came) < size and (piece := connection.recv(4096)):
            came += piece
    except TimeoutError:
        pass
    return came


def test_ten_pipelined_requests_get_ten_answers_in_order() -> None:
    with on_tcp({1: Device()}) as port:
        sent = b"".join(tcp_frame(n, bytes((4, 0, n % 6, 0, 1))) for n in range(10))
        words = (0x0903, 0x0001, 0xFFFF, 0x8000, 0x0000, 0x1234)
        expected = b"".join(tcp_frame(n, b"\x04\x02" + words[n % 6].to_bytes(2, "big")) for n in range(10))
        assert ask_tcp(port, sent, len(expected)) == expected


def test_a_slow_answer_holds_back_those_behind_it() -> None:
    device = Device()
    device.next.append(lambda good: Answer(good, delay_ns=100_000_000))
    with on_tcp({1: device}) as port:
        began = time.perf_counter()
        came = ask_tcp(port, tcp_frame(1, READ) + tcp_frame(2, READ), 26)
        assert came == tcp_frame(1, ANSWER) + tcp_frame(2, ANSWER)
        assert time.perf_counter() - began >= 0.1


def test_requests_in_pieces_and_a_piece_of_the_next() -> None:
    with on_tcp({1: Device()}) as port, socket.create_connection(("127.0.0.1", port), 2) as connection:
        stream = tcp_frame(1, READ) + tcp_frame(2, READ)
        for cut in (stream[:3], stream[3:15], stream[15:]):
            connection.sendall(cut)
            time.sleep(0.01)
        assert take(connection, 26) == tcp_frame(1, ANSWER) + tcp_frame(2, ANSWER)


@pytest.mark.parametrize(
    ("pdu", "expected"),
    [("2B0E0100", "AB01"), ("040000007E", "8403"), ("0400050002", "8402"), ("0600C80001", "8602")],
)
def test_exceptions(pdu: str, expected: str) -> None:
    with on_tcp({1: Device()}) as port:
        assert ask_tcp(port, tcp_frame(5, bytes.fromhex(pdu)), 9) == tcp_frame(5, bytes.fromhex(expected))


def test_foreign_units_and_broadcast_meet_silence_and_the_next_is_answered() -> None:
    device = Device()
    with on_tcp({0: device, 1: device}) as port:
        sent = tcp_frame(1, READ, unit=2) + tcp_frame(2, READ, unit=0) + tcp_frame(3, READ)
        assert ask_tcp(port, sent, 13) == tcp_frame(3, ANSWER)
    assert device.seen == [READ]


def test_a_broken_header_ends_the_connection_and_only_this_one() -> None:
    with on_tcp({1: Device()}) as port, socket.create_connection(("127.0.0.1", port), 2) as connection:
        assert ask_tcp(port, b"\x00\x01\x00\x07\x00\x06\x01" + READ, 1) == b""
        connection.sendall(tcp_frame(4, READ))
        assert take(connection, 13) == tcp_frame(4, ANSWER)


def test_lost_spoilt_and_doubled_answers() -> None:
    device = Device()
    device.next.extend(
        [
            lambda _: None,
            lambda good: Answer(good, corrupt=True),
            lambda good: Answer(good, repeat=2),
            lambda good: good,
        ]
    )
    with on_tcp({1: device}) as port:
        came = ask_tcp(port, b"".join(tcp_frame(n, READ) for n in range(4)), 4 * 13)
    assert came == tcp_frame(0x8001, ANSWER) + tcp_frame(2, ANSWER) * 2 + tcp_frame(3, ANSWER)


def from_pty(fd: int, size: int, wait_s: float = 1.0) -> bytes:
    came = b""
    while len(came) < size and select.select([fd], [], [], wait_s)[0]:
        came += os.read(fd, 512)
    return came


@pytest.fixture
def line() -> object:
    device = Device()
    with on_pty({0: device, 1: device}, baud=9600) as path:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        yield device, fd
        os.close(fd)


def test_rtu_half_a_frame_then_silence_then_a_good_one(line: tuple[Device, int]) -> None:
    _, fd = line
    os.write(fd, rtu_frame(READ)[:4])
    time.sleep(0.25)
    os.write(fd, rtu_frame(READ))
    assert from_pty(fd, 9) == rtu_frame(ANSWER)


def test_rtu_wrong_check_sum_broadcast_and_foreign_units_meet_silence(line: tuple[Device, int]) -> None:
    device, fd = line
    for frame in (rtu_frame(READ)[:-1] + b"\x00", rtu_frame(READ, 0), rtu_frame(READ, 2), b"\x55"):
        os.write(fd, frame)
        assert from_pty(fd, 1, 0.15) == b""
    os.write(fd, rtu_frame(bytes.fromhex("2B0E0100")))
    assert from_pty(fd, 5) == rtu_frame(b"\xab\x01")
    assert [pdu[0] for pdu in device.seen] == [0x2B]


@pytest.mark.parametrize("pace", [Pace(9600, "E", 1), Pace(115200, "N", 1)], ids=lambda pace: str(pace.baud))
def test_rtu_takes_the_time_that_its_bytes_need(pace: Pace) -> None:
    with on_pty({1: Device()}, pace.baud, pace.parity, pace.stop_bits) as path:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        began = time.perf_counter()
        os.write(fd, rtu_frame(READ))
        assert from_pty(fd, 9) == rtu_frame(ANSWER)
        assert (time.perf_counter() - began) * 1e9 >= pace.bytes_ns(8) + pace.silence_ns + pace.bytes_ns(9)
        os.close(fd)


def test_a_port_can_be_opened_and_left_by_one_client_after_the_other() -> None:
    with on_pty({1: Device()}) as path:
        for _ in range(3):
            fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
            os.write(fd, rtu_frame(READ))
            assert from_pty(fd, 9) == rtu_frame(ANSWER)
            os.close(fd)
