"""The processes of a run in wall time, and their order: emulated bench (if any), keeper, positions; ended the other way round."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import Any

from rig.catalogue import thing
from rig.clock import Clock, raw_now
from rig.config import filled
from rig.contracts import Devices
from rig.errors import RigError
from rig.evidence import FORMAT, SUFFIX, Writer
from rig.keeper.parent import KeeperProcess, start_keeper
from rig.keeper.remote import ENVIRONMENT, reach
from rig.setup import Setup
from rig.workplace import bus_rules, emulated_settings, read_map

TRUTH = "RIG_TRUTH"
"""Where an emulated bench in wall time writes what really happened, for the tests of the rig; not set otherwise."""


def position_link() -> tuple[Clock, Devices] | None:
    """Clock and devices through the keeper that somebody else started; None when nobody did."""
    if ENVIRONMENT not in os.environ:
        return None
    position = reach()
    return position.clock, position.devices


class Wall:
    """Starts what a run in wall time needs, for every position of the bench. Use `finish` on every way out."""

    def __init__(self, setup: Setup) -> None:
        self._stack = ExitStack()
        self._setup = setup
        self._keeper: KeeperProcess | None = None
        self._errors: list[tuple[str, str]] = []

    def open(self) -> KeeperProcess:
        """Emulator and keeper, ready. Raises what they raise; nothing is left behind then."""
        zero = raw_now()
        waiting = start_keeper()
        try:
            return self._open(waiting, zero)
        except BaseException:
            waiting.kill()
            waiting.wait()
            self._stack.close()
            raise

    def _open(self, waiting: Popen[str], zero: int) -> KeeperProcess:
        setup = self._setup
        bench, lifeline = setup.bench, ""
        if bench.kind == "loopback":
            truth = os.environ.get(TRUTH)
            process: Any = thing("kinds", "served")(
                emulated_settings(setup), zero=zero, truth=Path(truth) if truth else None
            )
            self._stack.callback(process.close)
            bench, lifeline = filled(bench, process.ready), process.lifeline
        map_of = {p.name: setup.map_name if p.name == setup.position else p.meter.map for p in bench.positions}
        rules = {p.name: bus_rules(read_map(map_of[p.name]), p.meter.unit) for p in bench.positions}
        keeper = KeeperProcess(bench, rules, out=setup.out, zero=zero, lifeline=lifeline, process=waiting)
        self._keeper = keeper
        return keeper

    def start(self, position: str) -> tuple[Clock, Devices]:
        """Everything, and the position reached from this process."""
        keeper = self.open()
        reached = keeper.reach(position)
        return reached.clock, reached.devices

    def broke(self, words: str) -> None:
        """Something of the bench's processes broke; the bench's own evidence will say so."""
        self._errors.append(("RigError", words))

    def finish(self) -> None:
        """End the keeper normally, then the emulator. Raises Unsafe when something is not confirmed to be off."""
        try:
            if self._keeper is not None:
                self._keeper.finish()
        except RigError as error:
            self._errors.append((type(error).__name__, str(error)))
            raise
        finally:
            self._stack.close()
            self._write_evidence()

    def _write_evidence(self) -> None:
        """What the keeper did by itself, and how it ended, as the bench's own evidence file. Written once."""
        keeper, self._keeper = self._keeper, None
        path = self._setup.out / f"bench{SUFFIX}"
        if keeper is None or path.exists():
            return
        writer = Writer(path)
        bench = self._setup.bench
        writer.record("header", 0, format=FORMAT, position="", emulated=bench.emulates, bench_kind=bench.kind)
        notes = keeper.notes()
        for note in notes:
            where = note.position or "the whole bench"
            writer.record("note", note.at, words=f"{where}: {note.what}: {note.words}")
        last = max((note.at for note in notes), default=0)
        for name, words in self._errors:
            writer.record("error", last, error=name, words=words)
        writer.close(last, "error" if self._errors else "complete")
