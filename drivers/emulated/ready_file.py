"""The file in which an emulator says where its devices are: whole or not there at all."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from rig.errors import ConfigError


def write_ready(file: Path, ready: Mapping[str, object]) -> None:
    """Write `ready` as JSON beside `file` and move it into place. Raises ConfigError when that cannot be done."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(json.dumps(ready, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise ConfigError(f"--ready-file {file}: cannot be written: {error.strerror}") from None


def check_writable(file: Path) -> None:
    """Find out before anything is served whether the ready file can be written, and remove an old one.

    A stale file would send somebody to ports that others own by now. Raises ConfigError.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.touch()
        beside.unlink()
        file.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"--ready-file {file}: cannot be written: {error.strerror}") from None
