"""An emulated bench in a process of its own, as a real bench would stand beside the computer."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from drivers.emulated.lifeline import hold
from drivers.emulated.settings import EmulatedBenchSettings, checked
from rig.clock import SECOND, WallClock
from rig.errors import ConfigError, LinkError

_USAGE = 2


class EmulatedProcess:
    """Starts the emulator, waits until it serves, and ends it. It also ends by itself when every holder of its lifeline is gone.

    `ready` holds the addresses by position name, `lifeline` is the address that others may `hold` too. `zero` is a reading
    of `rig.clock.raw_now` at which the bench's clock reads 0; `truth` is where it writes what really happened.

    Raises:
        ConfigError: the settings are wrong, a port is taken, or a file cannot be written; the emulator's own words.
        LinkError: it did not serve within `within_s`; its last words are in the message.
    """

    def __init__(
        self,
        settings: EmulatedBenchSettings | Mapping[str, object],
        *,
        zero: int | None = None,
        truth: Path | None = None,
        within_s: int = 15,
    ) -> None:
        self._held: socket.socket | None = None
        text = checked(settings).model_dump_json()
        with tempfile.TemporaryDirectory(prefix="emulated-bench-") as folder:
            file = Path(folder) / "ready.json"
            self._process = _start(file, text, zero, truth)
            try:
                ready = self._wait_for(file, within_s)
                self.lifeline = str(ready.pop("lifeline"))
                self._held = hold(self.lifeline)
            except BaseException:
                self.close()
                raise
        ready.pop("truth", None)
        self.ready: dict[str, dict[str, Any]] = ready

    @property
    def pid(self) -> int:
        """The process id, for tests and for messages."""
        return self._process.pid

    def running(self) -> bool:
        """True until it has ended."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it: asked to, and after 1 s killed. Harmless when it has ended already."""
        if self._held is not None:
            self._held.close()
            self._held = None
        self._end()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _end(self) -> None:
        if self.running():
            self._process.terminate()
            try:
                self._process.wait(1)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _wait_for(self, file: Path, within_s: int) -> dict[str, Any]:
        clock = WallClock()
        clock.sleep_until(within_s * SECOND, lambda: file.exists() or not self.running())
        if file.exists():
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return found
        how = f"is not ready after {within_s} s" if self.running() else "ended before it was ready"
        self._end()
        errors = self._process.stderr
        words = "" if errors is None else errors.read().decode("utf-8", "replace").strip()
        if self._process.returncode == _USAGE:
            raise ConfigError(words.splitlines() or ["emulated bench: its settings were refused without a word"])
        raise LinkError(
            f"emulated bench (process {self.pid}, exit code {self._process.returncode}) {how}; "
            f"its last words: {words or 'none'}"
        )


def _start(ready: Path, settings: str, zero: int | None, truth: Path | None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "drivers.emulated.served", "--settings", "-", "--lifeline"]
    command += ["--ready-file", str(ready)]
    if zero is not None:
        command += ["--zero", str(zero)]
    if truth is not None:
        command += ["--truth", str(truth.absolute())]
    # The child finds the same code as its parent, wherever that was started, and nothing of the folder it stands in.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # A Ctrl-C goes to the whole foreground group; a bench does not switch itself off because somebody pressed it.
    apart: dict[str, Any] = {"start_new_session": True}
    with contextlib.suppress(AttributeError):
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined,unused-ignore]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=pipe, stdout=nothing, stderr=pipe, env=environment, **apart)
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError), process.stdin as stdin:  # its own last words say why it has ended
            stdin.write(settings.encode("utf-8"))
    return process
