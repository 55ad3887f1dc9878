"""The meter's button behind the keeper: pressed when a position asks and never else, counted, and let go of at every way out."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.emulated.process import EmulatedProcess
from drivers.emulated.truth_log import read_truth
from rig.clock import MILLISECOND, SECOND, Span, VirtualClock, raw_now
from rig.config import BenchFile, filled, parse_bench
from rig.contracts import Edge, RelayState
from rig.errors import DeviceRefused, LinkError, RigError
from rig.keeper import wire
from rig.keeper.gate import Gate
from rig.keeper.hardware import buses_of
from rig.keeper.kept import KeptLoad
from rig.keeper.safe_state import SafeState
from rig.keeper.shared_source import SharedSource
from rig.keeper.station import Station
from tests.rig.keeper.keeping import keeping, noted
from tests.rig.keeper.plain import LIMITS, RULES, PlainLoad, PlainSensing, PlainSource
from tests.rig.keeper.staging import wait

# in memory


class Finger:
    """A presser that remembers, and asks once whether the press is still wanted."""

    def __init__(self) -> None:
        self.presses = 0
        self.fails: RigError | None = None

    def press(self, meanwhile: Callable[[], None]) -> Span:
        meanwhile()
        self.presses += 1
        if self.fails is not None:
            raise self.fails
        return Span(SECOND, SECOND + MILLISECOND)

    def release(self) -> None:
        """Nothing is held."""

    def held(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


class Stage:
    def __init__(self) -> None:
        self.gate = Gate("P01", LIMITS, VirtualClock(), RULES, Decimal(230))
        self.sensing = PlainSensing()
        self.gate.sensing = self.sensing
        load = KeptLoad(PlainLoad(VirtualClock()), self.gate)
        self.station = Station("P01", self.gate, load, SharedSource(PlainSource(), ("P01",)))
        self.finger = Finger()
        self.notes: list[str] = []
        self.station.pressed_by(self.finger, self.notes.append)

    def press(self) -> object:
        return self.station.call("button.press", (), lambda: None)


def test_presses_are_counted_and_noted_with_the_device_s_own_span() -> None:
    stage = Stage()
    assert stage.press() == Span(SECOND, SECOND + MILLISECOND)
    stage.press()
    assert stage.notes == [
        "press 1 of the meter's button: it went down between 1.000 s and 1.001 s",
        "press 2 of the meter's button: it went down between 1.000 s and 1.001 s",
    ]


def test_a_position_that_is_out_presses_nothing() -> None:
    stage = Stage()
    stage.station.leave("it has finished")
    with pytest.raises(DeviceRefused, match="nothing may be switched on or written any more: it has finished"):
        stage.press()
    assert stage.finger.presses == 0


def test_the_gate_refuses_a_press_when_the_relay_has_moved_often_enough() -> None:
    stage = Stage()
    states = (RelayState.CLOSED, RelayState.OPEN) * 2
    stage.sensing.edges += [Edge(state, Span.at(0)) for state in states]
    with pytest.raises(ValueError, match=r"P01: refused to press the meter's button: the relay has operated 3 times"):
        stage.press()
    assert stage.finger.presses == 0


def test_a_press_that_nobody_confirms_is_a_reason_to_make_the_position_safe() -> None:
    stage = Stage()
    stage.finger.fails = LinkError("P01 button: no answer in 1.000 s")
    with pytest.raises(LinkError):
        stage.press()
    assert stage.station.unconfirmed.startswith("press 1 of the meter's button was not confirmed")
    assert stage.notes == []


def test_without_anybody_to_press_it_is_said() -> None:
    stage = Stage()
    bare = Station("P01", stage.gate, stage.station.load, stage.station.source)
    with pytest.raises(DeviceRefused, match="P01: the bench has nothing that presses the meter's button"):
        bare.call("button.press", (), lambda: None)


@pytest.mark.parametrize(
    ("act", "order"),
    [
        (lambda s: s.normal(), ["load", "button", "source"]),
        (lambda s: s.emergency(), ["load", "button", "source"]),
        (lambda s: s.loads_off(["P01"]), ["load", "button"]),
    ],
)
def test_the_button_is_let_go_of_with_the_load(act: Callable[[SafeState], tuple[str, ...]], order: list[str]) -> None:
    done: list[str] = []
    state = SafeState("P01", lambda: done.append("source"), {"P01": lambda: done.append("load")})
    state.lets_go("P01", lambda: done.append("button"))
    assert act(state) == ()
    assert sorted(done) == sorted(order)


def test_a_button_that_is_not_let_go_of_is_named() -> None:
    def stuck() -> None:
        raise LinkError("P01 button: output 16 was switched off and reads back on")

    state = SafeState("P01", lambda: None, {"P01": lambda: None})
    state.lets_go("P01", stuck)
    assert state.emergency() == ("P01 button: output 16 was switched off and reads back on",)


# on sockets


LOOPBACK = {
    "format": 1,
    "name": "press",
    "kind": "loopback",
    "limits": {"volts": 276, "amps": 20, "watts": 4000, "watt_hours": 5000, "seconds": 3600, "relay_operations": 100},
}


class Emulated:
    """An emulated bench in a process of its own, its truth, and a bench file that reaches it."""

    def __init__(self, folder: Path, pulse_s: str) -> None:
        self.truth = folder / "truth.jsonl"
        self.process = EmulatedProcess({"meters": 2}, truth=self.truth)
        positions = [{"name": "P01", "button": {"pulse_s": pulse_s}}, {"name": "P02"}]
        self.bench: BenchFile = filled(parse_bench(LOOPBACK | {"positions": positions}, "press"), self.process.ready)

    def turns(self) -> list[tuple[str, int, int]]:
        """Every turn of a button: position, raw instant, 1 down or 0 up."""
        found = [c for c in read_truth(self.truth) if c["what"] == "button"]
        return [(str(c["position"]), int(str(c["raw"])), int(str(c["to"]))) for c in found]

    def down(self) -> bool:
        turns = self.turns()
        return bool(turns) and turns[-1][2] == 1

    def up(self) -> bool:
        turns = self.turns()
        return bool(turns) and turns[-1][2] == 0


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Emulated]:
    one = Emulated(tmp_path, "0.1")
    yield one
    one.process.close()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Emulated]:
    """A button that would be held down for 5 s."""
    one = Emulated(tmp_path, "5")
    yield one
    one.process.close()


def pressing(press: Callable[[], object]) -> list[BaseException]:
    """Press in a thread; what it ended with."""
    ended: list[BaseException] = []

    def run() -> None:
        try:
            press()
        except (RigError, OSError) as error:
            ended.append(error)

    threading.Thread(target=run, daemon=True).start()
    return ended


@pytest.mark.loopback
def test_one_press_is_one_press_of_that_meter_and_nothing_else_presses(quick: Emulated, tmp_path: Path) -> None:
    line = next(bus for bus in buses_of(quick.bench) if bus.buttons)
    assert (line.positions, line.senses, line.buttons) == ((), ("P01", "P02"), ("P01", "P02"))
    with keeping(quick.bench, tmp_path / "out") as keeper:
        remote = keeper.reach("P01")
        assert quick.turns() == []
        assert remote.devices.button is not None
        before = remote.clock.now()
        at = remote.devices.button.press()
        assert before < at.lo < at.hi < remote.clock.now() - 90 * MILLISECOND
        remote.devices.close()
        keeper.finish()
        assert noted(keeper, "pressed").startswith("press 1 of the meter's button: it went down between ")
        assert not [note for note in keeper.notes() if note.what in ("lost", "unsafe", "emergency")]
    (one, down, on), (other, up, off) = quick.turns()
    assert (one, on, other, off) == ("P01", 1, "P01", 0)
    assert keeper.zero + at.lo <= down <= keeper.zero + at.hi
    assert 100 * MILLISECOND <= up - down < 300 * MILLISECOND
    assert " 05 03 e8 ff 00" in (tmp_path / "out" / "P01.button.frames").read_text()
    assert " 05 03 e8 ff 00" not in (tmp_path / "out" / "P01.sense.frames").read_text()


@pytest.mark.loopback
@pytest.mark.parametrize("way", ["keeper killed", "keeper stopped", "position gone", "made safe", "told to end"])
def test_at_every_way_out_in_the_middle_of_a_press_it_is_let_go_of(slow: Emulated, way: str) -> None:
    with keeping(slow.bench) as keeper:
        remote = keeper.reach("P01")
        assert remote.devices.button is not None
        ended = pressing(remote.devices.button.press)
        assert wait(slow.down, 5)
        since = raw_now()
        if way == "keeper killed":
            os.kill(keeper.pid, signal.SIGKILL)
        elif way == "keeper stopped":
            os.kill(keeper.pid, signal.SIGSTOP)
        elif way == "position gone":
            remote._link._channel.shut()
        elif way == "told to end":
            os.kill(keeper.pid, signal.SIGTERM)
        else:
            remote.make_safe()

        assert wait(slow.up, 3), way
        assert slow.turns()[-1][1] - since < 2 * SECOND
        assert wait(lambda: bool(ended), 3), "whoever pressed is told"
        assert [to for _, _, to in slow.turns()] == [1, 0]


@pytest.mark.loopback
def test_a_position_that_is_stopped_in_the_middle_of_a_press_is_made_safe(slow: Emulated) -> None:
    with keeping(slow.bench) as keeper:
        keeper.out("P02", "it never came")
        remote = keeper.reach("P01")
        remote.devices.source.on(Decimal(230), Decimal(50))
        remote.devices.load.draw_watts(517)
        # It has asked, and does not echo the pulses: it is as good as stopped.
        remote._link._channel.send(wire.CALL, 99, wire.pack_call("button.press"))
        assert wait(slow.down, 3)
        since = raw_now()

        assert wait(slow.up, 3)

        assert slow.turns()[-1][1] - since < 2 * SECOND
        assert noted(keeper, "lost") == "silent for 1 s while it waited"
        assert noted(keeper, "safe").startswith("everything off")
