"""A whole `rig run` on an emulated bench in wall time, watched from outside: its processes, and what the bench really did."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from drivers.emulated.truth_log import read_truth
from rig.clock import MILLISECOND, SECOND, WallClock, raw_now
from tests.runs.command import ROOT, Ended, surroundings

MODULES = {"position": "rig.cli.position", "keeper": "rig.keeper.service", "bench": "drivers.emulated.served"}


def wait(until: Callable[[], bool], within_s: float) -> bool:
    return WallClock().sleep_until(int(within_s * SECOND), until)


class WallRun:
    """A run in its own process group. `pids` holds parent, position, keeper and emulated bench, once the load is on."""

    def __init__(self, folder: Path, *arguments: object, module: str = "rig.cli.main") -> None:
        self.out = folder / "out"
        self.truth = folder / "truth.jsonl"
        self._files = [(folder / name).open("w+") for name in ("stdout", "stderr")]
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            env={**surroundings(), "RIG_TRUTH": str(self.truth)},
            stdout=self._files[0],
            stderr=self._files[1],
            start_new_session=True,
        )
        self.pids: dict[str, int] = {}

    def until_drawing(self) -> None:
        """Wait until current flows, and note who is there."""
        assert wait(lambda: self.last("watts")[1] > 0 or self.process.poll() is not None, 30), self.words()
        assert self.process.poll() is None, self.words()
        self.pids["parent"] = self.process.pid
        for child in psutil.Process(self.process.pid).children(recursive=True):
            line = child.cmdline()
            self.pids |= {who: child.pid for who, module in MODULES.items() if module in line}

    def last(self, what: str) -> tuple[int, int]:
        """The last (raw instant, to) of a quantity by the bench's own truth; (0, 0) before the first."""
        if not self.truth.exists():
            return 0, 0
        found = [(int(str(c["raw"])), int(str(c["to"]))) for c in read_truth(self.truth) if c["what"] == what]
        return found[-1] if found else (0, 0)

    def off_after(self, since: int) -> int:
        """ns from `since` (raw) until load and source were off."""
        assert wait(lambda: self.last("demand")[1] == 0 and self.last("source")[1] == 0, 4), "still on"
        return max(self.last("demand")[0], self.last("source")[0]) - since

    def send(self, number: signal.Signals, who: str = "") -> int:
        """Send a signal to one process, or to the whole foreground group; returns the raw instant."""
        since = raw_now()
        if who:
            os.kill(self.pids[who], number)
        else:
            os.killpg(self.process.pid, number)
        return since

    def ended(self, within_s: float = 30) -> Ended:
        """Wait for the end of the command."""
        code = self.process.wait(within_s)
        return Ended(code, *self._texts())

    def left(self) -> list[str]:
        """Who of the run is still there."""
        return [who for who, pid in self.pids.items() if self._lives(pid)]

    def _lives(self, pid: int) -> bool:
        if pid == self.process.pid:
            return self.process.poll() is None
        try:
            return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def words(self) -> str:
        return "\n".join(self._texts())

    def _texts(self) -> list[str]:
        return [Path(file.name).read_text() for file in self._files]

    def close(self) -> None:
        """End what a failed test may have left."""
        for pid in self.pids.values():
            if self._lives(pid):
                os.kill(pid, signal.SIGKILL)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5)
        for file in self._files:
            file.close()


def milliseconds(ns: int) -> int:
    return ns // MILLISECOND
