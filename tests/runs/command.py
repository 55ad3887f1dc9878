"""The rig as a user meets it: its command line in this process where it is quick, in one of its own where it must be."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from rig.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"

    def table(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.out)
        return found


def rig(*arguments: object) -> Ended:
    """`rig ARGUMENTS…` in this process."""
    return _here(main, "rig", *arguments)


def native(*arguments: object) -> Ended:
    """`pytest ARGUMENTS…` in this process, without plugins that have nothing to do with it."""
    unwanted = [f"-pno:{name}" for name in ("cacheprovider", "xdist", "hypothesispytest", "faulthandler")]
    return _here(lambda: sys.exit(pytest.main([*unwanted, *map(str, arguments)])), "pytest", *arguments)


def _here(command: Callable[[], object], *arguments: object) -> Ended:
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with _undisturbed(arguments), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            command()
        except SystemExit as end:
            code = int(end.code or 0)
    ended = Ended(code, out.getvalue(), err.getvalue())
    assert "Traceback (most recent call last)" not in ended.said, ended.said
    return ended


@contextlib.contextmanager
def _undisturbed(arguments: Sequence[object]) -> Iterator[None]:
    """What a run leaves in its process (environment, signals, modules of scenarios) ends with it."""
    modules = set(sys.modules)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    with mock.patch.dict(os.environ), mock.patch.object(sys, "argv", [*map(str, arguments)]):
        for name in [name for name in os.environ if name.startswith("PYTEST_")]:
            del os.environ[name]
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            for name in set(sys.modules) - modules:
                if name.rpartition(".")[2].startswith("test_"):
                    del sys.modules[name]


def apart(*command: object, cwd: Path | None = None, within: int = 120, rig_: bool = True, **environment: str) -> Ended:
    """`rig ARGUMENTS…` (or, without `rig_`, `python -m ARGUMENTS…`) in a process of its own."""
    module = ["rig.cli.main"] if rig_ else []
    done = subprocess.run(
        [sys.executable, "-m", *module, *map(str, command)],
        cwd=cwd or ROOT,
        env={**surroundings(), **environment},
        capture_output=True,
        text=True,
        timeout=within,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def surroundings() -> dict[str, str]:
    """The environment of a user: no pytest around, and this checkout wherever they stand."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_") and key != "COLUMNS"}
    return {**kept, "PYTHONPATH": str(ROOT)}


def results(out: Path) -> dict[str, Any]:
    """The results.json of a run folder."""
    found: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return found


def evidence(out: Path, position: str = "P01") -> bytes:
    """The evidence of a position, every byte."""
    return (out / f"{position}.rig.jsonl").read_bytes()
