"""A button worked by an output: held down as long as said, read back off, and let go of whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from drivers.buttons.coil import CoilButton
from drivers.buttons.opener import open_coil_button
from drivers.emulated.button import FIRST_COIL
from drivers.emulated.position import EmulatedInstallation
from drivers.emulated.settings import checked
from drivers.modbus.memory import MemoryBus
from rig.clock import MICROSECOND, MILLISECOND, SECOND, VirtualClock, WallClock
from rig.contracts import Reply, Request
from rig.errors import DeviceRefused, LinkError

ZERO = datetime(2026, 3, 3, 9, 41, 7)
PULSE, LATENCY = 200 * MILLISECOND, 200 * MICROSECOND


def wanted() -> None:
    """Nothing speaks against it."""


class Module:
    """The digital module of two emulated positions, and a button on the output of the second."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.made = EmulatedInstallation(checked({"meters": 2}), self.clock, ZERO)
        self.bus = MemoryBus({1: self.made.inputs_answer}, self.clock, LATENCY)
        self.button = CoilButton(self.bus, 1, FIRST_COIL + 1, PULSE, 5 * MILLISECOND, self.clock, "P02 button")

    def turns(self, position: int = 1) -> list[tuple[int, int]]:
        log = self.made.positions[position].circuit.log
        return [(instant // MILLISECOND, to) for instant, what, to in log if what == "button"]


def test_it_is_held_down_for_its_time_and_the_span_is_that_of_going_down() -> None:
    module = Module()
    assert not module.button.held()
    before = module.clock.now()

    at = module.button.press(wanted)

    assert before < at.lo < at.hi == at.lo + LATENCY + 5 * MILLISECOND
    (down, on), (up, off) = module.turns()
    assert (on, off) == (1, 0)
    assert PULSE // MILLISECOND <= up - down <= PULSE // MILLISECOND + 10
    assert module.turns(0) == []
    assert not module.button.held()


def test_the_emulated_meter_feels_it() -> None:
    module = Module()
    meter = module.made.positions[1].meter
    module.made.source_of(1).ask("VOLT 230;:FREQ 50;:OUTP ON")
    module.clock.sleep_until(10 * SECOND)
    meter.set("control_mode", 1)
    module.button.press(wanted)
    module.clock.sleep_until(12 * SECOND)
    assert not meter.truth()["contact"], "in this mode the button opens what is closed"


def test_what_ends_a_press_lets_go_of_the_button() -> None:
    module = Module()

    def until_half() -> None:
        if module.clock.now() > 100 * MILLISECOND:
            raise DeviceRefused("P02: made safe")

    with pytest.raises(DeviceRefused, match="made safe"):
        module.button.press(until_half)

    (down, _), (up, off) = module.turns()
    assert off == 0 and up - down < 150
    assert not module.button.held()


def test_what_is_not_wanted_any_more_is_never_pressed() -> None:
    module = Module()

    def refused() -> None:
        raise DeviceRefused("P02: nothing may be switched on or written any more")

    with pytest.raises(DeviceRefused):
        module.button.press(refused)
    assert module.turns() == []


class Spoilt:
    """A bus on which some requests meet an accident."""

    def __init__(self, bus: MemoryBus, accident: Callable[[bytes, int], bytes | None]) -> None:
        self._bus, self._accident = bus, accident
        self.asked: list[bytes] = []

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        (request,) = requests
        self.asked.append(request.pdu)
        answer = self._accident(request.pdu, len(self.asked))
        if answer == b"":
            raise LinkError("P02 button: no answer in 1.000 s")
        return [Reply(answer, 1, 2)] if answer is not None else self._bus.exchange(requests)

    def close(self) -> None:
        """Nothing is open."""


ON, OFF, READ = (bytes.fromhex(t) for t in ("0503E9FF00", "0503E90000", "0103E90001"))


def spoilt(accident: Callable[[bytes, int], bytes | None]) -> tuple[Module, Spoilt, CoilButton]:
    module = Module()
    bus = Spoilt(module.bus, accident)
    return module, bus, CoilButton(bus, 1, FIRST_COIL + 1, PULSE, 0, module.clock, "P02 button")


def test_the_bytes_are_those_of_functions_1_and_5() -> None:
    _, bus, button = spoilt(lambda pdu, n: None)
    button.press(wanted)
    assert bus.asked == [READ, ON, OFF, READ]


def test_an_answer_that_is_lost_still_ends_with_the_output_off() -> None:
    module, bus, button = spoilt(lambda pdu, n: b"" if pdu == ON else None)
    with pytest.raises(LinkError, match="no answer"):
        button.press(wanted)
    assert bus.asked == [READ, ON, OFF, READ]
    assert not module.button.held()


def test_switching_off_is_tried_twice() -> None:
    module, bus, button = spoilt(lambda pdu, n: b"" if (pdu, n) == (OFF, 3) else None)
    button.press(wanted)
    assert bus.asked == [READ, ON, OFF, OFF, READ]
    assert not module.button.held()


def test_an_output_that_stays_on_is_said() -> None:
    _, _, button = spoilt(lambda pdu, n: bytes.fromhex("010101") if pdu == READ and n > 1 else None)
    with pytest.raises(LinkError, match="P02 button: output 1001 was switched off and reads back on"):
        button.press(wanted)


def test_an_output_that_somebody_else_holds_is_not_pressed() -> None:
    _, bus, button = spoilt(lambda pdu, n: bytes.fromhex("010101") if pdu == READ else None)
    with pytest.raises(DeviceRefused, match="is on already; who works it besides the rig"):
        button.press(wanted)
    assert bus.asked == [READ]


def test_an_output_that_is_not_there_is_named() -> None:
    module = Module()
    button = CoilButton(module.bus, 1, 77, PULSE, 0, module.clock, "P02 button")
    with pytest.raises(DeviceRefused, match=r"refused to read output 77 \(exception 2\); check unit and address"):
        button.press(wanted)


@pytest.mark.loopback
def test_a_release_from_another_thread_ends_a_press_at_once() -> None:
    module, clock = Module(), WallClock()
    button = CoilButton(module.bus, 1, FIRST_COIL + 1, 5 * SECOND, 0, clock, "P02 button")
    ended: list[str] = []

    def press() -> None:
        try:
            button.press(wanted)
        except LinkError as error:
            ended.append(str(error))

    pressing = threading.Thread(target=press)
    pressing.start()
    assert clock.sleep_until(SECOND, lambda: bool(module.turns()))
    button.release()
    assert [to for _, to in module.turns()] == [1, 0]
    pressing.join(2)
    assert "let go of before the press was over" in ended[0]
    assert clock.now() < 2 * SECOND


@pytest.mark.parametrize(
    ("key", "given", "said"),
    [
        ("coil", -1, "coil: "),
        ("pulse_s", "0.01", "pulse_s: must be from 0.02 to 5 s"),
        ("pulse_s", "9", "pulse_s: must be from 0.02 to 5 s"),
        ("travel_s", "-1", "travel_s: must not be negative"),
        ("serial", "1", "serial: is not a known key"),
    ],
)
def test_a_wrong_table_is_named(key: str, given: object, said: str) -> None:
    table = {"type": "modbus_coil", "bus": {"type": "tcp", "host": "10.0.0.22", "port": 502}, "coil": 16}
    assert open_coil_button.check(table, "P01 button") == []
    (found,) = open_coil_button.check({**table, key: given}, "P01 button")
    assert found.startswith(f"P01 button: {said}")
