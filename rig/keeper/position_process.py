"""The processes of the positions, as the parent sees them: started, waited for, ended, and killed when they hang."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import IO, Any

from rig.clock import MILLISECOND, SECOND, WallClock
from rig.errors import RigError
from rig.keeper.parent import KeeperProcess

_LOOK_UP = 50 * MILLISECOND
_UNWINDS_WITHIN = 5
_TERMINATES_WITHIN = 2

HANGS_AFTER = 2 * SECOND
"""ns after which a position that was lost, and is therefore safe, is killed when it has not ended by itself."""


class PositionProcess:
    """One position's process, in the foreground group of its parent, so that a Ctrl-C reaches it too.

    Address and key of the keeper are handed over in the environment, never on the command line. A process that is started
    while there is no keeper yet gets them by `begin`, on its standard input (`rig.keeper.remote.wait_to_begin`).
    """

    def __init__(
        self,
        position: str,
        command: Sequence[str],
        keeper: KeeperProcess | None = None,
        *,
        environment: Mapping[str, str] = os.environ,
        output: int | IO[Any] | None = None,
        errors: int | IO[Any] | None = None,
    ) -> None:
        self.position = position
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE if keeper is None else subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env={**environment, **(keeper.environment(position) if keeper else {})},
        )

    def begin(self, keeper: KeeperProcess) -> None:
        """Tell a process that waits where its keeper is. One that has ended meanwhile is left to `supervise`."""
        assert self._process.stdin is not None, "it was started with its keeper"
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(keeper.told(self.position).encode("utf-8"))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.poll()

    def end(self) -> int:
        """Let it unwind for 5 s, then ask it to end, then kill it. Returns its exit code."""
        for wait, then in ((_UNWINDS_WITHIN, self._process.terminate), (_TERMINATES_WITHIN, self._process.kill)):
            try:
                return self._process.wait(wait)
            except subprocess.TimeoutExpired:
                then()
        return self._process.wait()

    def ask_to_end(self) -> None:
        """SIGTERM; it unwinds."""
        self._process.terminate()

    def kill(self) -> None:
        """At once, stopped or not."""
        self._process.kill()


def supervise(
    keeper: KeeperProcess, positions: Collection[PositionProcess], look: Callable[[], None] = lambda: None
) -> dict[str, int]:
    """Wait for every position, and return their exit codes. `look` is called 20 times a second, for whoever shows progress.

    A position that hangs is killed once the keeper has made it safe. Whatever ends the wait early, a Ctrl-C or `Stopped`
    too, every position is asked to end before this returns or raises.

    Raises:
        LinkError, Unsafe: the keeper is gone; the bench was, or was not, made safe.
    """
    clock = WallClock(keeper.zero)
    told: set[str] = set()
    try:
        while any(one.code is None for one in positions):
            clock.sleep_until(clock.now() + _LOOK_UP)
            keeper.check()
            lost = {note.position: note.at for note in keeper.notes() if note.what == "lost"}
            for one in positions:
                if one.code is None and clock.now() - lost.get(one.position, clock.now()) > HANGS_AFTER:
                    one.kill()
                if one.code is not None and one.position not in told:
                    told.add(one.position)
                    _report(keeper, one)
            look()
    except (RigError, KeyboardInterrupt):
        # A Ctrl-C reaches them by itself; a SIGTERM may have been sent to this process alone.
        for one in positions:
            one.ask_to_end()
        raise
    finally:
        codes = {one.position: one.end() for one in positions}
    return codes


def _report(keeper: KeeperProcess, ended: PositionProcess) -> None:
    keeper.out(ended.position, f"its process has ended with {ended.code}")
