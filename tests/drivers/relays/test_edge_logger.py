"""The edge logger: the list of every sense channel, spans that hold the truth, and nothing lost without a word."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.edge_logger import EmulatedEdgeLogger
from drivers.lines.ports import MemoryPort
from drivers.relays.alignment import Alignment
from drivers.relays.edge_lines import BadLine, EdgeLine, Hello, Status, checked, parsed
from drivers.relays.edge_logger import EdgeLoggerSense
from drivers.relays.opener import open_edge_logger
from rig.clock import MICROSECOND, MILLISECOND, SECOND, VirtualClock, WallClock
from rig.conformance.senses import CASES, SenseUnderTest
from rig.contracts import RelayState
from rig.errors import DeviceRefused
from rig.opener import Opening
from rig.sampler import Sampler
from tests.drivers.loads.test_resistor_bank import plugged_in
from tests.drivers.scpi.wires import StillAlarms


class Desk:
    """A board in memory, the circuit that it looks at, and the driver."""

    def __init__(self, ppm: int = 0, begun: int = 0, bits: int = 30, latency: int = 400 * MICROSECOND) -> None:
        self.clock = VirtualClock()
        self.circuit = Circuit(self.clock)
        self.circuit.set_source(True)
        self.board = EmulatedEdgeLogger(self.circuit, self.clock, ppm, begun, bits)
        self.unplugged = False
        self.latency = latency
        self.sense = EdgeLoggerSense(self._open, self.clock, 0, 1, "P01 relay sense")

    def _open(self) -> MemoryPort:
        if self.unplugged:
            raise OSError("no such port")
        self.port = MemoryPort(self.board, self.clock, self.latency)
        return self.port

    def unplug(self) -> None:
        self.unplugged = True
        self.port.close()


def set_sides(circuit: Circuit) -> Callable[[bool, bool], None]:
    def set_both(load: bool, line: bool) -> None:
        circuit.set_source(line)
        circuit.set_contact(load)

    return set_both


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_it_does_what_every_channel_must(case: Callable[[SenseUnderTest], None]) -> None:
    desk = Desk()
    case(
        SenseUnderTest(desk.sense, desk.clock, set_sides(desk.circuit), desk.unplug, senses_line=True, announces=False)
    )


@pytest.mark.loopback
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_on_a_serial_port_too(case: Callable[[SenseUnderTest], None]) -> None:
    clock = WallClock()
    circuit = Circuit(StillAlarms(clock))  # type: ignore[arg-type]
    with plugged_in(EmulatedEdgeLogger(circuit, clock)) as path:
        table = {"type": "edge_logger", "port": path, "timeout_s": "0.5"}
        sense = open_edge_logger(table, Opening("P01 relay sense", clock))
        try:
            case(SenseUnderTest(sense, clock, set_sides(circuit), sense_gone(sense), senses_line=True, announces=False))
        finally:
            sense.close()


def sense_gone(sense: EdgeLoggerSense) -> Callable[[], None]:
    def gone() -> None:
        sense._open_port = _no_port
        sense.close()

    return gone


def _no_port() -> MemoryPort:
    raise OSError("no such port")


@pytest.mark.parametrize(
    ("ppm", "begun", "bits"), [(0, 0, 30), (87, 0, 30), (-87, 5, 30), (40, (1 << 30) - 2_000_000, 30), (90, 900, 20)]
)
def test_every_edge_lies_in_its_span_whatever_the_boards_clock_does(ppm: int, begun: int, bits: int) -> None:
    desk, dice = Desk(ppm, begun, bits), random.Random(7)
    sampler = Sampler(desk.sense, desk.clock, 200 * MILLISECOND, lambda: True)
    sampler.take()
    for _ in range(60):
        desk.clock.sleep_until(desk.clock.now() + dice.randrange(1, 150) * MILLISECOND + dice.randrange(1_000_000))
        for _ in range(dice.randrange(3)):
            desk.circuit.set_contact(not desk.circuit.contact_closed)
            desk.clock.sleep_until(desk.clock.now() + dice.randrange(300, 30_000) * MICROSECOND)
        sampler.take()
    true = [at for at, what, _ in desk.circuit.log if what == "contact"]
    edges = sampler.watch().edges[1:]
    assert len(edges) == len(true) > 30
    for edge, at in zip(edges, true, strict=True):
        assert edge.at.lo <= at <= edge.at.hi
        assert edge.at.width < MILLISECOND, "the grid of 200 ms has nothing to do with it"
    assert [e.state for e in edges[:2]] == [RelayState.OPEN, RelayState.CLOSED]


def test_the_drift_since_the_last_ping_widens_the_span() -> None:
    aligned = Alignment(1_000_000, 30, 100)
    aligned.ping(aligned.unwrapped(1000), 0, MILLISECOND)
    assert aligned.at(aligned.unwrapped(1000)).width <= MILLISECOND + 4 * MICROSECOND
    after_100_s = aligned.at(100_001_000)
    assert 21 * MILLISECOND < after_100_s.width < 22 * MILLISECOND


def test_ticks_that_wrap_go_on() -> None:
    aligned = Alignment(1_000_000, 20, 100)
    assert [aligned.unwrapped(t) for t in (1_048_000, 1_048_575, 0, 500, 1_048_000, 3)] == [
        1_048_000, 1_048_575, 1_048_576, 1_049_076, 2_096_576, 2_097_155,
    ]  # fmt: skip


def test_a_clock_that_jumps_is_found() -> None:
    aligned = Alignment(1_000_000, 30, 100)
    aligned.ping(0, 0, MILLISECOND)
    aligned.ping(1_000_000, 2 * SECOND, 2 * SECOND + MILLISECOND)
    with pytest.raises(ValueError, match="contradict"):
        aligned.at(1_000_100)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda desk: desk.board.lose_lines(3), "3 lines are missing"),
        (lambda desk: setattr(desk.board, "lost", 5), "threw 5 edges away"),
        (lambda desk: desk.board.speak(b"E 4 12 1*00\n"), "no right check sum"),
        (lambda desk: desk.board.receive(b"H 0\n"), "begun anew"),
    ],
)
def test_whatever_is_lost_blinds_the_channel_once_and_says_so(wrong: Callable[[Desk], None], words: str) -> None:
    desk = Desk()
    sampler = Sampler(desk.sense, desk.clock, 20 * MILLISECOND, lambda: True)
    sampler.take()
    before = desk.clock.now()
    desk.circuit.set_contact(False)
    wrong(desk)
    sampler.take()
    assert words in sampler.blind()
    sampler.take()
    assert sampler.blind() == ""
    assert [e.state for e in sampler.watch().edges] == [RelayState.CLOSED, RelayState.OPEN]
    edge = sampler.watch().edges[1].at
    assert edge.lo < before < edge.hi, "from the last look that was good to the first that is again"


def test_a_glitch_is_one_edge_each_way() -> None:
    desk = Desk()
    desk.circuit.set_contact(False)
    desk.circuit.set_contact(True)
    assert [s.load_side for s in desk.sense.looks()] == [True, False, False, True, True]


def test_heartbeats_are_taken_in_passing() -> None:
    desk = Desk()
    for _ in range(5):
        desk.board.beat()
    assert len(desk.sense.looks()) == 1


def test_a_board_with_another_version_is_refused() -> None:
    desk = Desk()
    desk.board.version = 2
    with pytest.raises(DeviceRefused, match=r"speaks version 2 .* load the program of this release"):
        EdgeLoggerSense(desk._open, desk.clock, 0, 1, "P01 relay sense")
    with pytest.raises(DeviceRefused, match="with 2 inputs; wanted are version 1 and input 5"):
        EdgeLoggerSense(Desk()._open, desk.clock, 5, None, "P01 relay sense")


def test_lines_written_by_hand() -> None:
    assert checked("E 7 1000 2") == "E 7 1000 2*61"
    assert parsed("E 7 1000 2*61") == EdgeLine(7, 1000, 2)
    assert parsed(checked("H 0 8 1 1000000 30 2")) == Hello(0, 8, 1, 1_000_000, 30, 2)
    assert parsed(checked("B 9 55 3 0")) == Status(9, None, 55, 3, 0)
    assert parsed(checked("P 9 17 55 A 4")) == Status(9, 17, 55, 10, 4)
    for bad in ("", "E 7 1000 2", "E 7 1000 2*00", checked("E 7 1000"), checked("X 1 2 3"), checked("E 7 z 1")):
        with pytest.raises(BadLine):
            parsed(bad)


def test_a_table_is_checked_whole() -> None:
    table = {"type": "edge_logger", "line_side": 0, "drift_ppm": 0, "bits": 30}
    assert len(open_edge_logger.check(table, "P01.sense")) == 4
    assert open_edge_logger.check({"type": "edge_logger", "port": "COM7"}, "P01.sense") == []


def test_the_lines_in_the_page_are_lines() -> None:
    page = (Path(__file__).parents[3] / "docs" / "edge-logger.md").read_text(encoding="utf-8")
    lines = re.findall(r"^board  (.*)$", page, re.MULTILINE)
    assert [type(parsed(line)) for line in lines] == [Hello, EdgeLine, Status]
