"""The line in memory: what a wire costs is charged to the clock, and a timer stands still."""

import pytest

from drivers.scpi.memory_line import MemoryLine
from rig.clock import MICROSECOND, SECOND, VirtualClock
from rig.errors import LinkError


def answer(line: str) -> str | None:
    return "A,B,C,D" if line == "*IDN?" else "5" if line == "POW?" else None


def test_latency_is_charged_to_the_clock() -> None:
    clock = VirtualClock()
    line = MemoryLine(answer, clock)
    assert (line.identification, clock.now()) == ("A,B,C,D", 150 * MICROSECOND)
    assert line.ask("POW?") == "5"
    assert line.last == (150 * MICROSECOND, 300 * MICROSECOND)
    line.tell("POW 5")
    assert line.last == (300 * MICROSECOND, 450 * MICROSECOND)
    assert clock.now() == 450 * MICROSECOND


def test_inside_a_timer_the_clock_stands_and_the_stamps_say_what_a_wire_costs() -> None:
    clock = VirtualClock()
    line = MemoryLine(answer, clock, latency_ns=1000)
    seen: list[tuple[int, int]] = []

    def due() -> None:
        line.ask("POW?")
        seen.append(line.last)
        assert clock.now() == 5 * SECOND

    clock.call_at(5 * SECOND, due)
    clock.sleep_until(6 * SECOND)
    assert seen == [(5 * SECOND, 5 * SECOND + 1000)]


def test_silence_costs_the_time_out_and_is_a_link_error() -> None:
    clock = VirtualClock()
    line = MemoryLine(answer, clock, latency_ns=0, where="P02 load", timeout_ns=SECOND)
    with pytest.raises(LinkError, match=r"P02 load .*'VOLT\?'.*no answer in 1.000 s"):
        line.ask("VOLT?")
    assert clock.now() == SECOND
    assert line.ask("POW?") == "5"


def test_a_closed_line_says_so_and_everything_is_logged() -> None:
    frames: list[tuple[int, str, bytes]] = []
    line = MemoryLine(answer, VirtualClock(), latency_ns=10, log=lambda *frame: frames.append(frame))
    line.tell("POW 5")
    assert frames == [(0, ">", b"*IDN?\n"), (10, "<", b"A,B,C,D\n"), (10, ">", b"POW 5\n")]
    line.close()
    with pytest.raises(LinkError, match="closed"):
        line.tell("POW 6")
