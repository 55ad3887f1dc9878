"""Relay sense over a digital-input module and over a load's voltmeter, against the same list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal

import pytest

from drivers.modbus.memory import MemoryBus
from drivers.modbus.server import Answer
from drivers.modbus.tcp import TcpBus
from drivers.relays.digital_input import DigitalInputSense
from drivers.relays.load_side import LoadSideSense
from drivers.relays.opener import open_digital_input, open_load_side
from rig.clock import MILLISECOND, Clock, Span, VirtualClock, WallClock
from rig.conformance.senses import CASES, SenseUnderTest
from rig.contracts import LoadMeasurement
from rig.errors import ConfigError, DeviceRefused, LinkError
from rig.opener import Opening
from tests.drivers.modbus.devices import Device, on_tcp

LOAD_SIDE, LINE_SIDE = 5, 3


class Module(Device):
    """A digital-input module that tells listeners of its changes."""

    def __init__(self) -> None:
        super().__init__()
        self.dead = False
        self.listeners: list[Callable[[], None]] = []

    def __call__(self, pdu: bytes) -> bytes | Answer | None:
        return None if self.dead else super().__call__(pdu)

    def set_sides(self, load: bool, line: bool) -> None:
        self.space.tables["discrete"][LOAD_SIDE] = int(load)
        self.space.tables["discrete"][LINE_SIDE] = int(line)
        for listener in self.listeners:
            listener()

    def die(self) -> None:
        self.dead = True

    def announces(self, listener: Callable[[], None]) -> bool:
        self.listeners.append(listener)
        return True


class VoltmeterLoad:
    """As much of a load as a sense channel touches: 1 ms a measurement, on a virtual clock."""

    rating_w = 3680

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.volts = Decimal(0)
        self.dead = False

    def set_sides(self, load: bool, line: bool) -> None:
        self.volts = Decimal("229.8") if load and line else Decimal("4.2")

    def die(self) -> None:
        self.dead = True

    def measure(self) -> LoadMeasurement:
        if self.dead:
            raise LinkError("P03 load: no answer")
        sent = self.clock.now()
        self.clock.spend(MILLISECOND)
        return LoadMeasurement(self.volts, Decimal(0), Decimal(0), sent, sent + MILLISECOND)

    def draw_watts(self, watts: int) -> Span:
        raise AssertionError("a sense channel draws nothing")

    def off(self) -> Span:
        raise AssertionError("a sense channel switches nothing")

    def tripped(self) -> str:
        return ""


def module_in_memory(_: ExitStack) -> SenseUnderTest:
    module, clock = Module(), VirtualClock()
    sense = DigitalInputSense(MemoryBus({1: module}, clock), 1, LOAD_SIDE, LINE_SIDE, "P03 sense", module.announces)
    return SenseUnderTest(sense, clock, module.set_sides, module.die, senses_line=True, announces=True)


def module_on_tcp(stack: ExitStack) -> SenseUnderTest:
    module, clock = Module(), WallClock()
    bus = TcpBus(
        "127.0.0.1", stack.enter_context(on_tcp({1: module})), clock, "P03 sense", timeout_ns=200 * MILLISECOND
    )
    stack.callback(bus.close)
    sense = DigitalInputSense(bus, 1, LOAD_SIDE, LINE_SIDE)
    return SenseUnderTest(sense, clock, module.set_sides, module.die, senses_line=True, announces=False)


def module_without_line(_: ExitStack) -> SenseUnderTest:
    module, clock = Module(), VirtualClock()
    sense = DigitalInputSense(MemoryBus({1: module}, clock), 1, LOAD_SIDE)
    return SenseUnderTest(sense, clock, module.set_sides, module.die, senses_line=False, announces=False)


def voltmeter(_: ExitStack) -> SenseUnderTest:
    clock = VirtualClock()
    load = VoltmeterLoad(clock)
    return SenseUnderTest(LoadSideSense(load, 30), clock, load.set_sides, load.die, senses_line=False, announces=False)


@pytest.fixture(
    params=[
        module_in_memory,
        module_without_line,
        voltmeter,
        pytest.param(module_on_tcp, marks=pytest.mark.loopback),
    ],
    ids=lambda make: make.__name__,
)
def bench(request: pytest.FixtureRequest) -> Iterator[SenseUnderTest]:
    with ExitStack() as stack:
        yield request.param(stack)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_conformance(case: Callable[[SenseUnderTest], None], bench: SenseUnderTest) -> None:
    case(bench)


def test_one_request_of_function_2_a_sample() -> None:
    module = Module()
    sense = DigitalInputSense(MemoryBus({1: module}, VirtualClock()), 1, LOAD_SIDE, LINE_SIDE)
    sense.sample()
    assert module.seen == [bytes.fromhex("02 0003 0003")]


def test_a_module_that_refuses_is_named_with_its_code() -> None:
    sense = DigitalInputSense(MemoryBus({1: Module()}, VirtualClock()), 1, 9, 10, "P03 sense")
    with pytest.raises(
        DeviceRefused, match=r"P03 sense: the module refused to read its inputs \(exception 2\)"
    ) as caught:
        sense.sample()
    assert caught.value.code == 2


@pytest.mark.parametrize("line_side", [7, 2500])
def test_inputs_that_one_request_cannot_tell_apart(line_side: int) -> None:
    with pytest.raises(ValueError, match="input"):
        DigitalInputSense(MemoryBus({}, VirtualClock()), 1, 7, line_side)


@pytest.mark.parametrize(("volts", "live"), [("30", True), ("29.99", False), ("-230", True), ("0", False)])
def test_the_threshold_itself_is_live(volts: str, live: bool) -> None:
    load = VoltmeterLoad(VirtualClock())
    load.volts = Decimal(volts)
    assert LoadSideSense(load, 30).sample().load_side is live


def opening(clock: Clock, load: VoltmeterLoad | None = None) -> Opening:
    return Opening("P03 sense", clock, load=load)


@pytest.mark.loopback
def test_a_digital_input_from_its_table() -> None:
    module = Module()
    module.set_sides(True, True)
    with on_tcp({4: module}) as port:
        bus = {"type": "tcp", "host": "127.0.0.1", "port": port}
        table = {"type": "modbus_digital_input", "bus": bus, "unit": 4, "load_side": 5, "line_side": 3}
        sense = open_digital_input({**table, "delay_s": ["0", "0.005"]}, opening(WallClock()))
        assert sense.sample()[2:] == (True, True)
        sense.close()


def test_a_load_side_from_its_table() -> None:
    load = VoltmeterLoad(VirtualClock())
    load.volts = Decimal(230)
    sense = open_load_side({"type": "load", "threshold_v": 30}, opening(load.clock, load))
    assert sense.sample()[2:] == (True, None)
    with pytest.raises(ConfigError, match="needs a load"):
        open_load_side({"type": "load", "threshold_v": 30}, opening(load.clock))


def test_every_problem_of_a_table_with_its_key() -> None:
    table = {
        "type": "modbus_digital_input",
        "bus": {"type": "tcp", "host": "h", "port": 0},
        "unit": 300,
        "load_side": 2,
        "line_side": 2,
        "delay_s": ["0.1", "0"],
        "debounce": 1,
    }
    found = open_digital_input.check(table, "P03 sense")
    keys = sorted(line.split(": ")[1] for line in found)
    assert keys == ["bus.port", "debounce", "delay_s", "line_side", "unit"]
    assert open_load_side.check({"type": "load", "threshold_v": 0}, "P03 sense") != []
