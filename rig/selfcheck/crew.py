"""The processes of a self-check: started once, and each takes the next trial when it is done with the last."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from rig.errors import RigError
from rig.selfcheck.cells import Trial, Tried
from rig.selfcheck.trial import run_trial

_ENDS_WITHIN_S = 5


class Crew:
    """So many processes (at least 1) that run trials over these scenarios. Use it in `with`: they end with the block."""

    def __init__(self, jobs: int, scenarios: Sequence[str]) -> None:
        self._members: dict[Connection, BaseProcess] = {}
        context = get_context("spawn")
        for _ in range(jobs):
            ours, theirs = context.Pipe()
            member = context.Process(target=_work, args=(theirs, list(scenarios)), daemon=True)
            member.start()
            theirs.close()
            self._members[ours] = member

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for connection, member in self._members.items():
            connection.close()
            member.terminate()
        for member in self._members.values():
            member.join(_ENDS_WITHIN_S)

    @property
    def pids(self) -> list[int]:
        """The process ids of its members."""
        return [member.pid or 0 for member in self._members.values()]

    def run(self, trials: Sequence[Trial]) -> Iterator[tuple[int, Tried]]:
        """Every trial's number in the list, and what it came to, as they end. RigError when a process dies."""
        waiting = deque(enumerate(trials))
        busy = {connection for connection in self._members if self._gets_next(connection, waiting)}
        while busy:
            ready = wait(list(busy))
            for connection in [one for one in self._members if one in ready]:
                try:
                    found: tuple[int, Tried] = connection.recv()
                except EOFError:
                    raise RigError(
                        "a process of the self-check died; its last words are above, if it had any"
                    ) from None
                if not self._gets_next(connection, waiting):
                    busy.remove(connection)
                yield found

    @staticmethod
    def _gets_next(connection: Connection, waiting: deque[tuple[int, Trial]]) -> bool:
        if waiting:
            connection.send(waiting.popleft())
            return True
        return False


def _work(orders: Connection, scenarios: list[str]) -> None:
    """A member: trials come in, what they came to goes out, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C goes to the whole group; the parent ends its crew itself
    with TemporaryDirectory(prefix=f"rig-selfcheck-{os.getpid()}-") as folder, suppress(EOFError, BrokenPipeError):
        while True:
            number, trial = orders.recv()
            orders.send((number, run_trial(trial, scenarios, Path(folder))))
            gc.freeze()  # what is there after a trial is code and tables, and need not be looked through again
