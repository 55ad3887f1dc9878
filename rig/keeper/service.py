"""The keeper's process: `python -m rig.keeper.service`, settings on standard input, its address on standard output.

Its main thread is the watchdog. Whatever ends this process, everything is made safe first.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from rig.clock import MILLISECOND, SECOND
from rig.errors import ConfigError, RigError
from rig.keeper.callers import Caller, ControlCaller, GuardCaller, PositionCaller, RefusedCaller, SafeCaller
from rig.keeper.channel import Channel, Door, greet
from rig.keeper.keeper import Keeper
from rig.keeper.settings import Settings

_TICK = 50 * MILLISECOND
_SLEPT_OVER = 300 * MILLISECOND
"""A watchdog that itself was late by this much first lets the others be heard."""

_FIRST_GUARD = 10 * SECOND

_LAST_TICKS = 30

ALL_OFF, ENDED_EARLY, NOT_CONFIRMED = 0, 1, 2
"""Exit codes: a normal end; ended before that, everything off; something could not be confirmed to be off."""


class Service:
    """Listens, watches, and ends. `run` returns the exit code."""

    def __init__(self, settings: Settings) -> None:
        self._keeper = Keeper(settings)
        self._clock = self._keeper.clock
        self._key = settings.key
        self._door = Door()
        self._callers: list[Caller] = []
        self._guard: GuardCaller | None = None
        self._opened = threading.Event()
        self._opening_failed: RigError | None = None
        self._stop = ""
        self._finished: tuple[str, ...] | None = None
        self._ticked = self._begun = self._clock.now()

    def run(self) -> int:
        """Say where to be reached, open the bench, and watch until something ends it."""
        threading.excepthook = self._fault
        for number in ("SIGTERM", "SIGHUP", "SIGBREAK"):
            if hasattr(signal, number):
                signal.signal(getattr(signal, number), lambda *_: self._end_because("it was told to end by a signal"))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._open, daemon=True).start()
        sys.stdout.write(json.dumps({"address": self._door.address}) + "\n")
        sys.stdout.flush()
        try:
            self._watch()
        finally:
            code = self._end()
        return code

    def _end_because(self, why: str) -> None:
        self._stop = self._stop or why

    def _fault(self, what: threading.ExceptHookArgs) -> None:
        trace: TracebackType | None = what.exc_traceback
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
        self._end_because(f"a fault in the keeper: {what.exc_type.__name__}: {what.exc_value} ({where})")

    def _open(self) -> None:
        try:
            self._keeper.open()
        except RigError as error:
            self._opening_failed = error
        finally:
            self._opened.set()

    # who calls

    def _accept(self) -> None:
        while True:
            try:
                channel = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._receive, args=(channel,), daemon=True).start()

    def _receive(self, channel: Channel) -> None:
        try:
            caller = self._caller(channel, greet(channel, self._key))
        except (OSError, EOFError, ValueError, KeyError):
            channel.close()
            return
        self._callers.append(caller)
        why = caller.serve()
        self._callers.remove(caller)
        self._parted(caller, why)

    def _caller(self, channel: Channel, hello: dict[str, str]) -> Caller:
        role, position = hello["role"], hello.get("position", "")
        if role == "guard":
            self._guard = GuardCaller(channel, self._keeper, self._awake)
            return self._guard
        if role == "safe":
            return SafeCaller(channel, self._keeper, position)
        if role == "position":
            if position not in self._keeper.stations:
                return self._refused(channel, f"{position}: the keeper has no such position, or is not ready yet")
            if any(isinstance(c, PositionCaller) and c.position == position for c in self._callers):
                return self._refused(channel, f"{position}: another process holds this position")
            return PositionCaller(channel, self._keeper, position)
        orders: dict[str, Callable[..., Any]] = {
            "ready": self._ready,
            "finish": self._finish,
            "out": self._keeper.leave,
        }
        return ControlCaller(channel, self._clock, orders)

    def _refused(self, channel: Channel, why: str) -> Caller:
        return RefusedCaller(channel, self._clock, ConfigError(why))

    def _parted(self, caller: Caller, why: str) -> None:
        if isinstance(caller, PositionCaller) and not caller.finished:
            self._keeper.lost(caller.position, why)

    def _ready(self) -> dict[str, int]:
        self._opened.wait()
        if self._opening_failed is not None:
            raise self._opening_failed
        return {name: station.load.rating_w for name, station in self._keeper.stations.items()}

    def _finish(self) -> list[str]:
        if self._finished is None:
            self._finished = self._keeper.finish()
        return list(self._finished)

    # the watchdog

    def _awake(self) -> bool:
        return self._clock.now() - self._ticked < SECOND // 2

    def _watch(self) -> None:
        while not self._stop:
            self._clock.sleep_until(self._clock.now() + _TICK)
            now = self._clock.now()
            late = now - self._ticked > _SLEPT_OVER
            self._ticked = now
            if self._finished is not None or self._parent_is_gone(now, late):
                return
            for caller in tuple(self._callers):
                self._look_after(caller, now, late)
            if self._opened.is_set():
                self._keeper.tick()

    def _parent_is_gone(self, now: int, late: bool) -> bool:
        if self._guard is None:
            if now - self._begun > _FIRST_GUARD:
                self._end_because("no parent came to watch over it")
        elif self._guard.gone:
            self._end_because(f"the parent is gone: {self._guard.gone}")
        elif self._guard.silent(now) and not late:
            self._end_because("the parent was silent for 1 s")
        return bool(self._stop)

    def _look_after(self, caller: Caller, now: int, late: bool) -> None:
        caller.pulse(now)
        if not isinstance(caller, PositionCaller) or caller.finished:
            return
        if not caller.gone and caller.silent(now) and not late:
            caller.gone = "silent for 1 s"
        if caller.gone:
            self._keeper.lost(caller.position, caller.gone)
            caller.channel.shut()

    def _end(self) -> int:
        if self._finished is None:
            why = self._stop or "a fault in the watchdog"
            wrong = self._keeper.emergency(why)
            code = ENDED_EARLY
            self._tell_the_parent(why)
        else:
            wrong, code = self._finished, ALL_OFF
            self._until_told()
            # Whoever asked for the end reads the outcome before the connection goes.
            self._clock.sleep_until(self._clock.now() + SECOND, lambda: not self._asking())
        self._door.close()
        self._keeper.close()
        return NOT_CONFIRMED if wrong else code

    def _tell_the_parent(self, why: str) -> None:
        """Why it ends: the parent hears it with the next beat, if it still beats."""
        self._keeper.diary.note("ended", "", why)
        self._until_told()

    def _until_told(self) -> None:
        """Until the parent has heard every note of the diary with its beats, if it still beats."""
        notes = len(self._keeper.diary.since(0))
        for _ in range(_LAST_TICKS):
            if self._guard is None or self._guard.gone or self._guard.told >= notes:
                return
            self._ticked = self._clock.now()
            self._clock.sleep_until(self._ticked + _TICK // 5)

    def _asking(self) -> bool:
        return any(isinstance(caller, ControlCaller) for caller in tuple(self._callers))


def main() -> None:
    """Serve until the end of the run, then leave without waiting for threads that hang in a device."""
    settings = Settings.from_text(sys.stdin.read())
    try:
        code = Service(settings).run()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
