"""Bench files of wired benches whose devices are an emulated bench on sockets, as `rig emulate` serves it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.runs.command import ROOT, surroundings
from tests.runs.wall_run import wait

LIMITS = (
    "limits = { volts = 276, amps = 25, watts = 5000, watt_hours = 20000, seconds = 36000, relay_operations = 500 }"
)


class Emulator:
    """`rig emulate ARGUMENTS… --ready-file …` in a process of its own; `ready` holds the addresses by position."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "ready.json"
        self._errors = (folder / "emulate.stderr").open("w+")
        self._out = (folder / "emulate.stdout").open("w+")
        command = [sys.executable, "-m", "rig.cli.main", "emulate", *map(str, arguments), "--ready-file", str(file)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=surroundings(), stdout=self._out, stderr=self._errors, start_new_session=True
        )
        self.folder = folder
        assert wait(lambda: file.exists() or self.process.poll() is not None, 30) and file.exists(), self.words()
        self.ready: dict[str, dict[str, Any]] = json.loads(file.read_text())

    def words(self) -> str:
        return (self.folder / "emulate.stderr").read_text() + (self.folder / "emulate.stdout").read_text()

    def end(self) -> int:
        """SIGTERM, and its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(10)
        self._errors.close()
        self._out.close()
        return code


def wired_bench(
    file: Path,
    ready: Mapping[str, Mapping[str, Any]],
    *,
    map_: str = "reference",
    secrets: str = "",
    shared: Sequence[str] = (),
    name: str = "desk",
) -> Path:
    """Write a bench file whose devices stand at the addresses in `ready`; `shared` positions have one source."""
    lines = ["format = 1", f'name = "{name}"', 'kind = "wired"', LIMITS]
    if shared:
        source = ready[shared[0]]["source"]
        lines += [f"shared_by = {json.dumps(list(shared))}"]
        lines += [f'source = {{ type = "scpi", resource = "{source}", dialect = "generic", most_volts = 276 }}']
    for position, at in ready.items():
        if position in ("lifeline", "truth"):
            continue
        lines += ["", "[[positions]]", f'name = "{position}"', "every_ms = 10", 'live = "line_side"']
        lines += [_meter(at, map_, secrets), _load(at), _sense(at)]
        if position not in shared:
            lines += [
                f'source = {{ type = "scpi", resource = "{at["source"]}", dialect = "generic", most_volts = 276 }}'
            ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    return f'host = "{host}", port = {port}'


def _meter(at: Mapping[str, Any], map_: str, secrets: str) -> str:
    bus = f'{{ type = "tcp", {_address(at["modbus"])}, timeout_s = "1.0" }}'
    more = f", secrets = {secrets}" if secrets else ""
    return f'meter = {{ map = "{map_}", unit = {at["unit"]}, bus = {bus}{more} }}'


def _load(at: Mapping[str, Any]) -> str:
    return (
        f'load = {{ type = "scpi", resource = "{at["load"]}", dialect = "generic", rating_w = 5000,'
        ' accuracy_percent = "0.05" }'
    )


def _sense(at: Mapping[str, Any]) -> str:
    return (
        f'sense = {{ type = "modbus_digital_input", bus = {{ type = "tcp", {_address(at["digital_inputs"])} }},'
        f" load_side = {at['load_side']}, line_side = {at['line_side']} }}"
    )
