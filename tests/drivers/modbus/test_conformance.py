"""Memory, TCP, RTU and RTU over TCP pass the same list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drivers.modbus.memory import MemoryBus
from drivers.modbus.pace import Pace
from drivers.modbus.rtu import RtuBus
from drivers.modbus.rtu_over_tcp import GatewayBus
from drivers.modbus.tcp import TcpBus
from rig.clock import MILLISECOND, SECOND, VirtualClock, WallClock
from tests.drivers.modbus.conformance import ANSWERED, CASES, BusBench, a_late_answer_is_never_the_next
from tests.drivers.modbus.devices import Device, on_gateway, on_pty, on_tcp

WHERE = "P03 meter"
TIMEOUT = 120 * MILLISECOND
LATE = TIMEOUT + 40 * MILLISECOND


def timeout(case: Callable[[BusBench], None]) -> int:
    return 2 * SECOND if case in ANSWERED else TIMEOUT


def turnaround(case: Callable[[BusBench], None]) -> int:
    """Long where the emulated device must keep to it, however busy this machine is."""
    return 500 * MILLISECOND if case is a_late_answer_is_never_the_next else 30 * MILLISECOND


def name(case: Callable[[BusBench], None]) -> str:
    return case.__name__


@pytest.mark.parametrize("case", CASES, ids=name)
def test_memory(case: Callable[[BusBench], None]) -> None:
    device, frames = Device(), []
    bus = MemoryBus(
        {1: device}, VirtualClock(), where=WHERE, log=lambda *one: frames.append(one), timeout_ns=timeout(case)
    )
    case(BusBench(bus, device, frames, LATE))


@pytest.mark.loopback
@pytest.mark.parametrize("case", CASES, ids=name)
def test_tcp(case: Callable[[BusBench], None]) -> None:
    device, frames = Device(), []
    with on_tcp({1: device}) as port:
        bus = TcpBus("127.0.0.1", port, WallClock(), WHERE, lambda *one: frames.append(one), timeout(case))
        try:
            case(BusBench(bus, device, frames, LATE))
        finally:
            bus.close()


@pytest.mark.loopback
@pytest.mark.parametrize("case", CASES, ids=name)
def test_rtu(case: Callable[[BusBench], None]) -> None:
    device, frames = Device(), []
    with on_pty({1: device}) as path:
        pace = Pace(115200)
        bus = RtuBus(path, pace, WallClock(), WHERE, lambda *one: frames.append(one), timeout(case), turnaround(case))
        try:
            case(BusBench(bus, device, frames, LATE))
        finally:
            bus.close()


@pytest.mark.loopback
@pytest.mark.parametrize("case", CASES, ids=name)
def test_rtu_over_tcp(case: Callable[[BusBench], None]) -> None:
    device, frames = Device(), []

    def log(*one: object) -> None:
        frames.append(one)

    with on_gateway({1: device}) as port:
        bus = GatewayBus("127.0.0.1", port, Pace(115200), WallClock(), WHERE, log, timeout(case), turnaround(case))
        try:
            case(BusBench(bus, device, frames, LATE))
        finally:
            bus.close()
