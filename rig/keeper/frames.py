"""The wire log: every frame of a bus as a line of text, `NAME.frames`."""

from __future__ import annotations

import threading
from pathlib import Path

from rig.clock import SECOND

HEADING = "# format = 1; seconds since the run began, > sent, < received, ! thrown away, = n frames like the last were left out\n"


def line(instant: int, direction: str, frame: bytes) -> str:
    """One frame as a line: decimal seconds, direction, bytes in hex."""
    return f"{instant // SECOND}.{instant % SECOND:09d} {direction} {frame.hex(' ')}\n"


class FrameFile:
    """A wire log. `log` is a `FrameLog`; lines reach the file at `flush`, which whoever owns the bus calls after an exchange,
    when its answer is on its way."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="ascii", newline="\n")
        self._lock = threading.Lock()
        self._kept: list[tuple[int, str, bytes]] = []
        if self._file.tell() == 0:
            self._file.write(HEADING)
            self._file.flush()

    def log(self, instant: int, direction: str, frame: bytes) -> None:
        """Keep one frame."""
        self._kept.append((instant, direction, frame))

    def flush(self) -> None:
        """Hand everything so far to the operating system, so that it outlives this process."""
        with self._lock:
            kept, self._kept = self._kept, []
            if kept:
                self._file.write("".join(line(*one) for one in kept))
                self._file.flush()

    def close(self) -> None:
        """No more frames will come."""
        self.flush()
        with self._lock:
            self._file.close()


class PollFile(FrameFile):
    """The wire log of a channel that is polled for hours: a poll like the one before is counted, not written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._last: dict[str, bytes] = {}
        self._alike = 0

    def log(self, instant: int, direction: str, frame: bytes) -> None:
        """Keep one frame; one that differs from the last of its direction in no more than its transaction id is counted."""
        if direction != "!" and self._last.get(direction) == frame[2:]:
            self._alike += 1
            return
        self._last[direction] = frame[2:]
        with self._lock:
            if self._alike:
                self._file.write(f"= {self._alike}\n")
                self._alike = 0
            self._file.write(line(instant, direction, frame))
            self._file.flush()

    def close(self) -> None:
        """No more frames will come."""
        with self._lock:
            if self._alike:
                self._file.write(f"= {self._alike}\n")
            self._file.close()
