"""Ctrl-C and SIGTERM: both unwind, so that load and source go off and the evidence is closed."""

from __future__ import annotations

import signal
from types import FrameType

from rig.clock import SECOND, raw_now

_IMPATIENT = 2 * SECOND


class Stopped(KeyboardInterrupt):
    """Asked to end by SIGTERM, a closed terminal, or Ctrl-Break. Unwinds like Ctrl-C."""


class _Handler:
    """The first signal unwinds. Others during that are ignored, except a Ctrl-C of somebody who has waited for 2 s."""

    def __init__(self) -> None:
        self._first: int | None = None

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        now = raw_now()
        if self._first is None:
            self._first = now
        elif number != signal.SIGINT or now - self._first < _IMPATIENT:
            return
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise Stopped(signal.Signals(number).name)


def unwind_on_signals() -> None:
    """From here on SIGTERM, SIGHUP and Ctrl-Break raise `Stopped`, and Ctrl-C KeyboardInterrupt. Main thread only."""
    handler = _Handler()
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), handler)
