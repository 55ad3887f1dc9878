"""What the keeper's tests stand on: a fake bench, and what it says really happened."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from rig.clock import MILLISECOND, SECOND, WallClock
from rig.config import BenchFile, parse_bench
from rig.keeper.gate import BusRules
from tests.rig.keeper.fake.fake_bench import Server

FAKE = Path(__file__).parent / "fake"
LIMITS = {"volts": 250, "amps": 16, "watts": 3680, "watt_hours": 5000, "seconds": 3600, "relay_operations": 100}
RULES = BusRules(unit=1, writes=frozenset({("holding", 0x20)}), never_touch=frozenset({("holding", 0x1FF)}))


def environment() -> dict[str, str]:
    """Where a process of the tests finds the rig and the fake bench's devices."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(FAKE), *filter(None, sys.path)])}


class FakeBench:
    """A fake bench, and its truth."""

    def __init__(self, folder: Path) -> None:
        self.truth = folder / "truth.jsonl"
        self._server = Server(self.truth)
        self.port = int(self._server.server_address[1])

    def close(self) -> None:
        self._server.end()

    def order(self, device: str, verb: str, *arguments: object, position: str = "P01") -> object:
        """Tell the bench itself something: "hang" with a word for ever (empty: no longer), "slow" with ns."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as line:
            line.sendall(json.dumps([position, device, verb, *arguments]).encode() + b"\n")
            return json.loads(line.makefile().readline())

    def now(self, what: str, position: str = "P01") -> tuple[int, int]:
        """The last (raw instant, to) of a quantity; (0, 0) before the first."""
        lines = [json.loads(line) for line in self.truth.read_text().split("\n")[:-1]]
        found = [(line["raw"], line["to"]) for line in lines if (line["position"], line["what"]) == (position, what)]
        return found[-1] if found else (0, 0)

    def drawing(self, position: str = "P01") -> bool:
        return self.now("demand", position)[1] > 0 and self.now("source", position)[1] > 0

    def off(self, position: str = "P01") -> bool:
        return self.now("demand", position)[1] == 0 and self.now("source", position)[1] == 0

    def table(self, position: str = "P01", **more: Any) -> dict[str, Any]:
        return {"type": "fake", "port": self.port, "position": position, **more}

    def bench(
        self, names: tuple[str, ...] = ("P01",), shared: bool = False, limits: dict[str, int] | None = None
    ) -> BenchFile:
        """A wired bench file of these positions."""
        positions = []
        for name in names:
            device = self.table(name)
            own = {} if shared else {"source": device}
            positions.append({"name": name, "meter": {"bus": device}, "load": device, "sense": device, **own})
        table = {
            "format": 1,
            "name": "fake",
            "kind": "wired",
            "limits": {**LIMITS, **(limits or {})},
            "positions": positions,
        }
        if shared:
            table |= {"source": self.table(names[0]), "shared_by": list(names)}
        return parse_bench(table, "fake")


def wait(until: Callable[[], bool], within_s: float) -> bool:
    """True as soon as `until` is, False after `within_s`."""
    clock = WallClock()
    return clock.sleep_until(int(within_s * SECOND), until)


def pause(ns: int) -> None:
    clock = WallClock()
    clock.sleep_until(ns)


def gone(pid: int) -> bool:
    """True when there is no such process, or nothing of it but its exit code."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


TICK = 10 * MILLISECOND
