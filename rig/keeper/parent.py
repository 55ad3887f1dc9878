"""The parent's side: starts the keeper, watches over it, and makes the bench safe itself when the keeper cannot."""

from __future__ import annotations

import atexit
import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from rig.clock import WallClock, raw_now
from rig.config import BenchFile
from rig.contracts import Devices
from rig.errors import ConfigError, LinkError
from rig.keeper.channel import connect, forget
from rig.keeper.diary import Note
from rig.keeper.gate import BusRules
from rig.keeper.guard import Guard
from rig.keeper.hardware import preload
from rig.keeper.remote import ENVIRONMENT, KeeperLink, RemotePosition, told
from rig.keeper.safe_state import unsafe
from rig.keeper.settings import Settings

_SPEAKS_WITHIN = 20
_ENDS_WITHIN = 5


class KeeperProcess:
    """Starts a keeper for `bench` (every device table complete) and waits until every device is open and off.

    `rules`: what may reach each meter, by position. `out`: folder of the wire logs. `zero`: the run's zero (`raw_now` now
    when left out). `lifeline`: of an emulated bench, which then lives as long as the keeper. `process`: one that
    `start_keeper` has begun. Use it as a context manager: it ends normally then, or says why not.

    Raises:
        ConfigError, LinkError, DeviceRefused: a device could not be opened; nothing was energised, and the keeper has ended.
        Unsafe: something is on and does not go off.
    """

    def __init__(
        self,
        bench: BenchFile,
        rules: Mapping[str, BusRules],
        *,
        out: Path | None = None,
        zero: int | None = None,
        lifeline: str = "",
        process: subprocess.Popen[str] | None = None,
    ) -> None:
        self.zero = raw_now() if zero is None else zero
        self._bench = bench
        self._key = secrets.token_bytes(32)
        self._clock = WallClock(self.zero)
        self._ended = False
        if out is not None:
            _make(out)
        settings = Settings(bench, rules, self.zero, self._key, out, lifeline)
        self._process = process or start_keeper()
        try:
            self.address = _told_address(self._process, settings)
            self._guard = Guard(self.address, self._key, self._process, bench, self._clock)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        atexit.register(self._guard.wait_for_rescue)
        try:
            preload(bench)
            self._ratings: dict[str, int] = self._order("ready")
        except BaseException:
            self._abandon()
            raise

    @property
    def pid(self) -> int:
        """The keeper's process id, for tests and messages."""
        return self._process.pid

    def notes(self, seen: int = 0) -> list[Note]:
        """What the keeper did by itself so far (lost, safe, unsafe, void...), from number `seen` on; heard within 0.2 s."""
        return self._guard.notes[seen:]

    def check(self) -> None:
        """Raise what ended the keeper before its time: LinkError when the bench was made safe, Unsafe when it was not."""
        if self._guard.failure is not None:
            raise self._guard.failure

    def reach(self, position: str) -> RemotePosition:
        """Connect to a position from this process (plain pytest: parent and position at once). Once a run and position."""
        return RemotePosition(self.address, self._key, self.zero, position, *self._known(position))

    def connect(self, position: str) -> Devices:
        """The devices of `reach`."""
        return self.reach(position).devices

    def environment(self, position: str) -> dict[str, str]:
        """What the process of a position needs in its environment; `rig.keeper.remote.reach` reads it there."""
        return {ENVIRONMENT: self.told(position)}

    def told(self, position: str) -> str:
        """What the process of a position needs to reach the keeper, a secret among it."""
        return told(self.address, self._key, self.zero, position, *self._known(position))

    def _known(self, position: str) -> tuple[int, int, bool, bool]:
        table = self._bench.position(position)
        return table.meter.unit, self._ratings[position], table.button is not None, table.tampering is not None

    def out(self, position: str, why: str) -> None:
        """A position will not come, or come back: nobody waits for it at a shared source. Raises Unsafe."""
        self._order("out", position, why)

    def finish(self) -> None:
        """The normal end: load off, source off, each read back; then the keeper ends, and this waits for it.

        Raises:
            Unsafe: something is not confirmed to be off.
            LinkError: the keeper was gone before; everything was made safe without it.
        """
        if self._ended:
            return
        self._ended = True
        wrong: list[str] = []
        self._guard.expect_end()
        try:
            wrong = self._order("finish")
        except LinkError:
            self._guard.rescue("it did not answer at the end")
        self._wait()
        self.check()
        if wrong:
            raise unsafe(wrong)

    def _wait(self) -> None:
        try:
            code = self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._guard.rescue(f"it did not end within {_ENDS_WITHIN} s")
        else:
            if code != 0:
                self._guard.rescue(f"it ended with {code}")
        self._guard.end()
        forget(self.address)
        atexit.unregister(self._guard.wait_for_rescue)

    def _abandon(self) -> None:
        """After a failed beginning: the keeper makes safe what it has, and ends."""
        self._ended = True
        self._guard.end()
        try:
            self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        forget(self.address)
        atexit.unregister(self._guard.wait_for_rescue)

    def _order(self, name: str, *arguments: object) -> Any:
        link = KeeperLink(connect(self.address, self._key, "control"), self._clock)
        try:
            return link.call(name, *arguments)
        finally:
            link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.finish()


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{out}: cannot be made a folder for the wire logs: {error.strerror}") from None


def start_keeper() -> subprocess.Popen[str]:
    """A keeper's process that gets ready, owns nothing yet, and ends by itself when nobody hands it a bench."""
    # The child finds the same code as its parent, wherever that was started, and nothing of the folder it stands in.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # A Ctrl-C goes to the whole foreground group, and the keeper must outlive it.
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "rig.keeper.service"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        encoding="utf-8",
        **apart,
    )


def _told_address(process: subprocess.Popen[str], settings: Settings) -> str:
    assert process.stdin is not None and process.stdout is not None
    lines: list[str] = []

    def talk() -> None:
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(settings.as_json())
            process.stdin.close()
        except OSError:
            return
        lines.append(process.stdout.readline())

    speaker = threading.Thread(target=talk, daemon=True)
    speaker.start()
    speaker.join(_SPEAKS_WITHIN)
    if not lines or not lines[0]:
        raise LinkError(f"keeper (process {process.pid}): did not say where it listens; see its words above")
    return str(json.loads(lines[0])["address"])
