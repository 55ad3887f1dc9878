"""Resistors behind relays: the list of every load, the lines of the module, and what it refuses to make."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.resistor_bank import EmulatedResistorBank
from drivers.lines.ports import ByteDevice, MemoryPort
from drivers.lines.pty_device import PtyDevice
from drivers.loads.bank_opener import BankSettings, open_resistor_bank
from drivers.loads.numato import NumatoModule
from drivers.loads.resistor_bank import ResistorBank
from rig.clock import Clock, VirtualClock, WallClock
from rig.conformance.loads import CASES, LoadUnderTest
from rig.errors import DeviceRefused, LinkError
from rig.opener import Opening
from tests.drivers.scpi.wires import StillAlarms

STEPS = {0: 500, 1: 1000, 3: 2000}
LEVELS = (500, 1500, 2500)


@contextlib.contextmanager
def plugged_in(device: ByteDevice) -> Iterator[str]:
    """The device on a pty, served by a thread; gives the path."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def plug() -> PtyDevice:
        return PtyDevice(device)

    served = asyncio.run_coroutine_threadsafe(plug(), loop).result(5)
    try:
        yield served.path
    finally:
        loop.call_soon_threadsafe(served.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def under(load: ResistorBank, clock: Clock, circuit: Circuit) -> LoadUnderTest:
    def set_volts(volts: int) -> None:
        circuit.set_source(volts > 0, (volts or 230) * 1000)

    return LoadUnderTest(load, clock, set_volts, lambda: circuit.load_watts, LEVELS)


def in_memory() -> tuple[ResistorBank, EmulatedResistorBank, Circuit, VirtualClock]:
    clock = VirtualClock()
    circuit = Circuit(clock)
    device = EmulatedResistorBank(circuit, STEPS)
    module = NumatoModule(lambda: MemoryPort(device, clock), clock, "P01 load (numato in memory)")
    return ResistorBank(module, clock, STEPS, Decimal(230), 0), device, circuit, clock


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_it_does_what_every_load_must(case: Callable[[LoadUnderTest], None]) -> None:
    load, _, circuit, clock = in_memory()
    case(under(load, clock, circuit))


@pytest.mark.loopback
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_on_a_serial_port_too(case: Callable[[LoadUnderTest], None]) -> None:
    clock = WallClock()
    circuit = Circuit(StillAlarms(clock))  # type: ignore[arg-type]
    with plugged_in(EmulatedResistorBank(circuit, STEPS)) as path:
        steps = [{"relay": relay, "watts": watts} for relay, watts in STEPS.items()]
        table = {"type": "resistor_bank", "port": path, "steps": steps, "voltage_input": 0}
        load = open_resistor_bank(table, Opening("P01 load", clock))
        try:
            case(under(load, clock, circuit))
        finally:
            load.close()


@pytest.mark.parametrize("watts", [1, 499, 2317, 3501, -1])
def test_what_no_sum_makes_is_refused_with_its_neighbours(watts: int) -> None:
    load, device, _, _ = in_memory()
    load.draw_watts(1500)
    with pytest.raises(ValueError, match=r"do not make .* W; next to it are \d+ W and \d+ W; nothing was sent"):
        load.draw_watts(watts)
    assert device.on == {0, 1}


def test_it_knows_every_power_that_it_can_make() -> None:
    load, *_ = in_memory()
    assert load.levels_w == (0, 500, 1000, 1500, 2000, 2500, 3000, 3500)
    steps = [{"relay": relay, "watts": watts} for relay, watts in STEPS.items()]
    table = {"type": "resistor_bank", "port": "/dev/ttyACM0", "steps": steps}
    assert BankSettings.model_validate(table).levels_w == load.levels_w


def test_stepping_down_never_draws_more_on_the_way() -> None:
    load, _, circuit, _ = in_memory()
    circuit.set_source(True)
    load.draw_watts(2000)
    load.draw_watts(1500)
    drawn = [to for _, what, to in circuit.log if what == "watts"]
    assert drawn == [2000, 0, 500, 1500]


def test_the_lines_of_the_module() -> None:
    """Words from the maker's documentation; echo and prompt from memory."""
    said: list[bytes] = []
    device = EmulatedResistorBank(Circuit(VirtualClock()), STEPS)
    device.speak = said.append
    for sent, answer in [
        (b"relay read 3\r", b"relay read 3\n\roff\n\r>"),
        (b"relay on 3\r", b"relay on 3\n\r>"),
        (b"relay read 3\r", b"relay read 3\n\ron\n\r>"),
        (b"gpio read 0\r", b"gpio read 0\n\r0\n\r>"),
    ]:
        said.clear()
        device.receive(sent)
        assert b"".join(said) == answer


def test_without_a_voltage_input_it_measures_nothing() -> None:
    clock = VirtualClock()
    device = EmulatedResistorBank(Circuit(clock), STEPS)
    bank = ResistorBank(NumatoModule(lambda: MemoryPort(device, clock), clock, "bank"), clock, STEPS, Decimal(230))
    with pytest.raises(DeviceRefused, match="measures nothing"):
        bank.measure()
    assert bank.tripped() == ""


class Deaf:
    """A module that says nothing from its third command on."""

    def __init__(self, device: EmulatedResistorBank) -> None:
        self.speak: Callable[[bytes], None] = lambda _: None
        self._device = device
        self._commands = 0

    def receive(self, came: bytes) -> None:
        self._commands += 1
        self._device.speak = self.speak if self._commands < 3 else lambda _: None
        self._device.receive(came)


def test_silence_is_a_link_error_that_says_what_was_sent() -> None:
    clock = VirtualClock()
    device = Deaf(EmulatedResistorBank(Circuit(clock), STEPS))
    module = NumatoModule(lambda: MemoryPort(device, clock), clock, "P01 load")
    module.relay(0)
    with pytest.raises(LinkError, match=r"P01 load: sent 'relay read 1': no prompt in 1\.000 s.*check port"):
        module.relay(1)


def test_every_problem_of_a_table_is_named() -> None:
    steps = [{"relay": 0, "watts": 500}, {"relay": 0, "watts": 0}]
    found = open_resistor_bank.check({"type": "resistor_bank", "steps": steps, "colour": 1}, "P01.load")
    assert len(found) == 3
    double = [{"relay": 0, "watts": 500}, {"relay": 0, "watts": 50}]
    found = open_resistor_bank.check({"type": "resistor_bank", "port": "COM3", "steps": double}, "P01.load")
    assert found == ["P01.load: steps: relay 0 stands twice"]
