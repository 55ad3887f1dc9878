"""What the keeper did by itself, and why: for the parent, which makes evidence of it, and for a person when that is gone."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NamedTuple

from rig.clock import SECOND, Clock


class Note(NamedTuple):
    """`what`: "ready", "by hand", "pressed", "lost", "safe", "unsafe", "emergency", "void", "ended".

    `position` is empty for the whole bench.
    """

    at: int
    what: str
    position: str
    words: str


class Diary:
    """Notes in order, also in `keeper.log` of the run's folder when there is one."""

    def __init__(self, clock: Clock, out: Path | None) -> None:
        self._clock = clock
        self._notes: list[Note] = []
        self._lock = threading.Lock()
        self._file = None if out is None else (out / "keeper.log").open("a", encoding="utf-8", buffering=1)

    def note(self, what: str, position: str, words: str) -> None:
        """Write one down."""
        with self._lock:
            one = Note(self._clock.now(), what, position, words)
            self._notes.append(one)
            if self._file is not None:
                self._file.write(f"{one.at // SECOND}.{one.at % SECOND:09d} {what} {position or '*'} {words}\n")

    def since(self, number: int) -> list[Note]:
        """Every note from `number` on."""
        return self._notes[number:]
