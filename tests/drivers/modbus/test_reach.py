"""Whether anybody is there, before anything is asked: a refused connection is proof, silence is none."""

from __future__ import annotations

import socket

import pytest

from drivers.modbus.pace import Pace
from drivers.modbus.rtu_over_tcp import GatewayBus
from drivers.modbus.tcp import TcpBus
from rig.clock import MILLISECOND, WallClock
from rig.errors import LinkError

pytestmark = pytest.mark.loopback


@pytest.fixture
def closed() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_closed_port_is_named(closed: int) -> None:
    bus = TcpBus("127.0.0.1", closed, WallClock(0), "P01 meter")
    with pytest.raises(
        LinkError, match=rf"P01 meter \(modbus tcp 127.0.0.1:{closed}\): connection refused: nothing listens"
    ):
        bus.reach()


def test_a_gateway_that_is_not_there_is_named(closed: int) -> None:
    bus = GatewayBus("127.0.0.1", closed, Pace(9600, "N"), WallClock(0), "P01 meter")
    with pytest.raises(LinkError, match="check address, port and power of the gateway"):
        bus.reach()


def test_silence_is_no_proof() -> None:
    """A listener whose queue is full takes no more connections, as a meter without mains takes none."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen(0)
        address = one.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        TcpBus("127.0.0.1", address[1], WallClock(0), "P01 meter", timeout_ns=50 * MILLISECOND).reach()
        for each in waiting:
            each.close()


def test_who_is_there_keeps_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        bus = TcpBus("127.0.0.1", server.getsockname()[1], WallClock(0), "P01 meter")
        bus.reach()
        connection, _ = server.accept()
        with connection:
            connection.settimeout(0.05)
            with pytest.raises(TimeoutError):
                connection.recv(1)
        bus.close()
