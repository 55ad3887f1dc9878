"""Whoever dies, hangs or is interrupted: load and source are off within 2 s by the bench's own truth, and no process is left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulated.process import EmulatedProcess
from drivers.emulated.truth_log import read_truth
from rig.clock import MILLISECOND, SECOND, raw_now
from rig.config import filled, parse_bench
from tests.rig.keeper.staging import FAKE, RULES, environment, gone, pause, wait

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not hasattr(os, "killpg"), reason="SIGSTOP and process groups are POSIX"),
]

INSTANTS = int(os.environ.get("RIG_KILL_INSTANTS", "1"))
WITHIN = 2 * SECOND


LIMITS = {"volts": 276, "amps": 20, "watts": 4000, "watt_hours": 5000, "seconds": 3600, "relay_operations": 100}


class Emulated:
    """An emulated bench in a process of its own, and its truth."""

    def __init__(self, folder: Path) -> None:
        self.truth = folder / "truth.jsonl"
        self.process = EmulatedProcess({}, truth=self.truth)
        table = {"format": 1, "name": "kill", "kind": "loopback", "limits": LIMITS, "positions": [{"name": "P01"}]}
        self.bench = filled(parse_bench(table, "kill"), self.process.ready)

    def last(self, what: str) -> tuple[int, int]:
        """The last (raw instant, to) of a quantity; (0, 0) before the first."""
        found = [(int(str(c["raw"])), int(str(c["to"]))) for c in read_truth(self.truth) if c["what"] == what]
        return found[-1] if found else (0, 0)

    def drawing(self) -> bool:
        return self.last("watts")[1] > 0

    def off(self) -> bool:
        return self.last("demand")[1] == 0 and self.last("source")[1] == 0


class Run:
    """Parent, keeper and position on an emulated bench, the load on."""

    def __init__(self, folder: Path, bench: Emulated) -> None:
        self.bench = bench
        out, pids = folder / "out", folder / "pids.json"
        told = {
            "bench": bench.bench.model_dump(mode="json"),
            "rules": {"P01": RULES.as_table()},
            "out": str(out),
            "pids": str(pids),
            "lifeline": bench.process.lifeline,
        }
        (folder / "told.json").write_text(json.dumps(told))
        self.errors = (folder / "stderr").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, str(FAKE / "parent_script.py"), str(folder / "told.json")],
            env=environment(),
            stderr=self.errors,
            start_new_session=True,
        )
        assert wait(bench.drawing, 30), (folder / "stderr").read_text()
        self.pids: dict[str, int] = json.loads(pids.read_text())

    def left(self) -> list[str]:
        self.process.poll()
        return [who for who, pid in self.pids.items() if not gone(pid)]

    def close(self) -> None:
        for pid in self.pids.values():
            if not gone(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(5)
        self.errors.close()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    one = Emulated(tmp_path_factory.mktemp("emulated"))
    yield one
    one.process.close()


@pytest.fixture
def run(tmp_path: Path, bench: Emulated) -> Iterator[Run]:
    one = Run(tmp_path, bench)
    yield one
    one.close()


def random_instant(*seed: object) -> int:
    return random.Random(repr(seed)).randrange(400) * MILLISECOND


def off_after(run: Run, since: int) -> int:
    """ns from `since` (raw) until load and source were off, by the bench."""
    wait(run.bench.off, 3)
    assert run.bench.off(), "still on"
    return max(run.bench.last("demand")[0], run.bench.last("source")[0]) - since


@pytest.mark.parametrize("instant", range(INSTANTS))
@pytest.mark.parametrize("who", ["position", "keeper", "parent"])
def test_killed(run: Run, who: str, instant: int) -> None:
    pause(random_instant("kill", who, instant))
    since = raw_now()
    os.kill(run.pids[who], signal.SIGKILL)

    took = off_after(run, since)

    print(f"off after {took // MILLISECOND} ms")
    assert took < WITHIN
    assert wait(lambda: not run.left(), 2), run.left()


@pytest.mark.parametrize("instant", range(INSTANTS))
@pytest.mark.parametrize("who", ["position", "keeper", "parent"])
def test_stopped_and_woken(run: Run, who: str, instant: int) -> None:
    pause(random_instant("stop", who, instant))
    since = raw_now()
    os.kill(run.pids[who], signal.SIGSTOP)

    took = off_after(run, since)

    print(f"off after {took // MILLISECOND} ms")
    assert took < WITHIN
    pause(300 * MILLISECOND)
    if not gone(run.pids[who]):
        os.kill(run.pids[who], signal.SIGCONT)
    assert wait(lambda: not run.left(), 2), run.left()


@pytest.mark.parametrize("instant", range(INSTANTS))
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_to_the_whole_foreground_group(run: Run, number: signal.Signals, instant: int) -> None:
    pause(random_instant("group", number, instant))
    since = raw_now()
    os.killpg(run.pids["parent"], number)

    took = off_after(run, since)

    print(f"off after {took // MILLISECOND} ms")
    assert took < WITHIN
    assert wait(lambda: not run.left(), 2), run.left()
