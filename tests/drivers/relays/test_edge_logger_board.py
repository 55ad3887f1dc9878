"""The board's own program, under MicroPython's Unix port, at the other end of a pty: the driver sees its edges in time."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from drivers.relays.edge_lines import parsed
from drivers.relays.opener import open_edge_logger
from rig.clock import MILLISECOND, SECOND, WallClock
from rig.contracts import RelayState
from rig.opener import Opening
from rig.sampler import Sampler

MICROPYTHON = shutil.which("micropython", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
PROGRAM = files("drivers.relays").joinpath("board/edge_logger_rp2040.py")

pytestmark = [
    pytest.mark.interop,
    pytest.mark.loopback,
    pytest.mark.skipif(MICROPYTHON is None, reason="micropython (Unix port) is not installed"),
]


class Board:
    """The program on a pty. `move` sets its inputs, as a contact would."""

    def __init__(self) -> None:
        import pty
        import tty

        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        command = [str(MICROPYTHON), str(PROGRAM)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def move(self, mask: int) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"S {mask:X}\n".encode())

    def say(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode())

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().rstrip("\n")

    def bridge(self) -> tuple[int, int, int]:
        """Descriptors to carry between: the pty's far end, standard input and standard output of the program."""
        assert self._process.stdin is not None and self._process.stdout is not None
        return self._ours, self._process.stdin.fileno(), self._process.stdout.fileno()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        for fd in (self._ours, self._theirs):
            os.close(fd)


@contextlib.contextmanager
def running() -> Iterator[Board]:
    board = Board()
    try:
        yield board
    finally:
        board.close()


def test_it_runs_says_hello_beats_and_answers_a_ping() -> None:
    with running() as board:
        hello = parsed(board.line())
        assert (hello.version, hello.hertz, hello.bits, hello.inputs) == (1, 1_000_000, 30, 2)  # type: ignore[union-attr]
        beats = [parsed(board.line()) for _ in range(3)]
        assert [beat.sequence for beat in beats] == [1, 2, 3]
        apart = [(b.ticks - a.ticks) % (1 << 30) for a, b in itertools.pairwise(beats)]  # type: ignore[union-attr]
        assert all(ticks >= 100_000 for ticks in apart)
        board.say("P 41\n")
        lines = [parsed(board.line()) for _ in range(3)]
        assert any(getattr(line, "nonce", None) == 41 for line in lines)


def test_more_edges_than_its_ring_holds_are_counted_as_lost() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import edge_logger_rp2040 as m\n"
        "said = []; now = [0]\n"
        "log = m.Logger(lambda: now[0] & 3, lambda: now[0], said.append)\n"
        "for n in range(300):\n    now[0] += 1; log.edge()\n"
        "log.status('B'); print(len(said)); print(said[0] + said[-1])\n"
    )
    done = subprocess.run(
        [str(MICROPYTHON), "-c", code, str(Path(str(PROGRAM)).parent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    count, first, last = done.stdout.split("\n")[:3]
    assert count == "256"
    assert parsed(first) == parsed("E 0 1 1*55")
    assert parsed(last).lost == 45  # type: ignore[union-attr]


def test_the_driver_sees_edges_of_the_program_in_their_spans() -> None:
    import threading

    clock = WallClock()
    with running() as board:
        far, told, said = board.bridge()
        ended = threading.Event()

        def carry(source: int, sink: int) -> None:
            with contextlib.suppress(OSError):
                while not ended.is_set() and (came := os.read(source, 256)):
                    os.write(sink, came)

        for ends in ((far, told), (said, far)):
            threading.Thread(target=carry, args=ends, daemon=True).start()
        board.move(3)
        sense = open_edge_logger({"type": "edge_logger", "port": board.path}, Opening("P01 sense", clock))
        try:
            sampler = Sampler(sense, clock, 20 * MILLISECOND, lambda: True)
            sampler.take()
            moved = []
            for mask in (2, 3, 2, 0):
                before = clock.now()
                board.move(mask)
                clock.sleep_until(clock.now() + 30 * MILLISECOND)
                moved.append((before, clock.now()))
                sampler.take()
        finally:
            ended.set()
            sense.close()
        edges = sampler.watch().edges
        assert sampler.blind() == ""
        assert [e.state for e in edges] == [
            RelayState.CLOSED, RelayState.OPEN, RelayState.CLOSED, RelayState.OPEN, RelayState.UNKNOWN,
        ]  # fmt: skip
        for edge, (before, after) in zip(edges[1:], moved, strict=True):
            assert before <= edge.at.hi and edge.at.lo <= after, (edge, before, after)
            assert edge.at.width < SECOND // 2
