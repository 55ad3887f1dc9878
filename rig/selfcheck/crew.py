"""The processes of a self-check: started once, and each takes the next meter when it is done with the last."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from rig.errors import RigError
from rig.selfcheck.cells import Piece, Tried
from rig.selfcheck.trial import run_piece

_ENDS_WITHIN_S = 5


class Crew:
    """So many processes (at least 1) that put meters through these scenarios. Use it in `with`: they end with the block."""

    def __init__(self, jobs: int, scenarios: Sequence[str]) -> None:
        self._members: dict[Connection, BaseProcess] = {}
        self._folder = TemporaryDirectory(prefix="rig-selfcheck-")
        # A Ctrl-C goes to the whole group; the parent ends its crew itself, and members ignore it from their first moment.
        usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            for _ in range(jobs):
                self._start(list(scenarios))
        finally:
            signal.signal(signal.SIGINT, usual)

    def _start(self, scenarios: list[str]) -> None:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        member = context.Process(target=_work, args=(theirs, scenarios, self._folder.name), daemon=True)
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
        self._folder.cleanup()

    @property
    def pids(self) -> list[int]:
        """The process ids of its members."""
        return [member.pid or 0 for member in self._members.values()]

    def run(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Sequence[Tried]]]:
        """Every piece's number in the list, and what its trials came to, as they end. RigError when a process dies."""
        waiting = deque(enumerate(pieces))
        busy = {connection for connection in self._members if _gets_next(connection, waiting)}
        while busy:
            ready = wait(list(busy))
            for connection in [one for one in self._members if one in ready]:
                try:
                    found: tuple[int, Sequence[Tried]] = connection.recv()
                except EOFError:
                    raise RigError("a process of the self-check died; its last words are above, if any") from None
                if not _gets_next(connection, waiting):
                    busy.remove(connection)
                yield found


def alone(pieces: Sequence[Piece], scenarios: Sequence[str]) -> Iterator[tuple[int, Sequence[Tried]]]:
    """The same without a crew, in this process."""
    with TemporaryDirectory(prefix="rig-selfcheck-") as folder:
        for number, piece in enumerate(pieces):
            yield number, run_piece(piece, scenarios, Path(folder))


def _gets_next(connection: Connection, waiting: deque[tuple[int, Piece]]) -> bool:
    if waiting:
        connection.send(waiting.popleft())
        return True
    return False


def _work(orders: Connection, scenarios: list[str], folder: str) -> None:
    """A member: pieces come in, what they came to goes out, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where nothing is inherited
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    own = Path(folder) / str(os.getpid())
    own.mkdir()
    with suppress(EOFError, BrokenPipeError):
        _work_once(orders, scenarios, own)
        gc.collect()
        gc.freeze()  # what is left after a piece is code and tables, and need not be looked through again
        while True:
            _work_once(orders, scenarios, own)


def _work_once(orders: Connection, scenarios: list[str], folder: Path) -> None:
    number, piece = orders.recv()
    orders.send((number, run_piece(piece, scenarios, folder)))


def _end_with_parent(folder: str) -> None:
    """A parent that is killed ends nobody; its members see it, whatever they are at."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)
