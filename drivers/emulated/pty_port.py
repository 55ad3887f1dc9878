"""A pseudo terminal that looks like a serial port to whoever opens it. Not on Windows."""

from __future__ import annotations

import os
from dataclasses import dataclass

from rig.errors import ConfigError


@dataclass(frozen=True, slots=True)
class PtyPort:
    """`name` is what a client opens; the emulator reads and writes `master`. `slave` stays open, or a client's leaving
    would end the line."""

    name: str
    master: int
    slave: int

    def close(self) -> None:
        """Both ends go; a client that still has it open reads an error."""
        os.close(self.master)
        os.close(self.slave)


def open_pty() -> PtyPort:
    """A raw 8-bit line (no echo, no line editing). ConfigError where the system has no pseudo terminals."""
    try:
        import pty
        import tty
    except ImportError:
        raise ConfigError("serve: this system has no pseudo terminals; serve tcp instead of rtu or both") from None
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    return PtyPort(os.ttyname(slave), master, slave)
