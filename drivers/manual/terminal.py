"""A person at the terminal: asked for one thing, with a time limit, and known by name.

The keeper owns the devices and has a session of its own, so it has no terminal. Whoever has one (`rig run`) says where it is
in the environment, which the keeper inherits, and the keeper opens it by its path.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

from rig.clock import MILLISECOND, SECOND, Clock, Span
from rig.errors import DeviceRefused, LinkError

ENVIRONMENT = "RIG_TERMINAL"
"""Path of the terminal at which the person sits; set for the children of whoever has found it."""

_LOOK_UP = 50 * MILLISECOND


def _patient() -> None:
    """Nothing to look after while a person takes their time."""


class Person(NamedTuple):
    """Who did it, as they typed it, and when: from asking to confirming."""

    name: str
    at: Span


class Line(Protocol):
    """A terminal: text out, whole lines in."""

    def say(self, text: str) -> None:
        """Show this. OSError when the terminal is gone."""

    def forget(self) -> None:
        """Throw away what was typed before anybody asked."""

    def typed(self) -> str | None:
        """The line that was typed, without its end; None when none is whole yet. EOFError at the end, OSError when it is gone."""

    def close(self) -> None:
        """Let go of it."""


def find() -> str:
    """Where the terminal is, and tell the children; empty when there is none."""
    if (known := os.environ.get(ENVIRONMENT)) is not None:
        return known
    if not hasattr(os, "ttyname"):  # Windows
        return ""
    for descriptor in (0, 2, 1):
        with contextlib.suppress(OSError):
            found = os.ttyname(descriptor)
            os.environ[ENVIRONMENT] = found
            return found
    return ""


def missing() -> str:
    """Why nobody can be asked here, in words; empty when somebody can."""
    if not (path := find()):
        return (
            "asks a person at the terminal, and there is none; start rig from a terminal, not from a service or a pipe"
        )
    if not os.access(path, os.R_OK | os.W_OK):
        return f"asks a person at the terminal, and {path} cannot be read and written by this user"
    return ""


class TerminalLine:
    """The terminal at `path`. It never becomes the terminal of this process, and its settings stay as they are."""

    def __init__(self, path: str) -> None:
        """Raises OSError when it cannot be opened."""
        self._fd = os.open(path, os.O_RDWR | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_NONBLOCK", 0))
        self._came = b""

    def say(self, text: str) -> None:
        """See `Line`."""
        os.write(self._fd, text.encode("utf-8", "replace"))

    def forget(self) -> None:
        """See `Line`."""
        import termios

        termios.tcflush(self._fd, termios.TCIFLUSH)
        self._came = b""

    def typed(self) -> str | None:
        """See `Line`."""
        with contextlib.suppress(BlockingIOError):
            came = os.read(self._fd, 1024)
            if not came:
                raise EOFError
            self._came += came
        line, newline, rest = self._came.partition(b"\n")
        if not newline:
            return None
        self._came = rest
        return line.decode("utf-8", "replace").strip()

    def close(self) -> None:
        """See `Line`."""
        os.close(self._fd)


_ONE_AT_A_TIME = threading.Lock()
"""Several devices may want something at once, and a person does one thing after the other."""


class Asker:
    """Asks for one thing at a time. `note` keeps who did what, for the evidence."""

    def __init__(
        self, open_line: Callable[[], Line], clock: Clock, where: str, limit_ns: int, note: Callable[[str], None]
    ) -> None:
        self.where = where
        self.limit = limit_ns
        self._open_line = open_line
        self._clock = clock
        self._note = note
        self._last = ""

    def ask(self, for_what: str, meanwhile: Callable[[], None] = _patient) -> Person:
        """Ask, and wait until somebody says that it is done. What `meanwhile` raises takes the question back.

        Raises:
            DeviceRefused: the person said no, with what they typed.
            LinkError: nobody confirmed in time, or the terminal is gone; whether it was done is unknown.
        """
        with _ONE_AT_A_TIME:
            try:
                line = self._open_line()
            except OSError as error:
                raise LinkError(f"{self.where}: the terminal cannot be opened: {error.strerror or error}") from None
            try:
                return self._asked(line, for_what, meanwhile)
            except (OSError, EOFError):
                meanwhile()  # whoever asked may be the one that has gone, and then it says so itself
                raise LinkError(f"{self.where}: {for_what}: the terminal has gone; nobody confirmed") from None
            finally:
                line.close()

    def _asked(self, line: Line, for_what: str, meanwhile: Callable[[], None]) -> Person:
        meanwhile()
        line.forget()
        begun = self._clock.now()
        same = f" (Enter alone: {self._last})" if self._last else ""
        line.say(
            f"\n{self.where}: {for_what}\n"
            f"  When it is done, type your name and Enter{same}; 'no' and why, if it cannot be done. {self.limit // SECOND} s: "
        )
        said: list[str] = []

        def answered() -> bool:
            _still_wanted(line, meanwhile)
            if (typed := line.typed()) is None:
                return False
            if typed or self._last:
                said.append(typed or self._last)
                return True
            line.say("  a name is needed: ")
            return False

        while not said and self._clock.now() - begun < self.limit:
            self._clock.sleep_until(min(self._clock.now() + _LOOK_UP, begun + self.limit), answered)
        at = Span(begun, self._clock.now())
        if not said:
            line.say("\n  too late: nobody confirmed in time\n")
            self._note(f"{for_what}: nobody confirmed in {self.limit // SECOND} s")
            raise LinkError(f"{self.where}: {for_what}: nobody confirmed in {self.limit / SECOND:.0f} s")
        if said[0].lower() == "no" or said[0].lower().startswith("no "):
            self._note(f"{for_what}: refused by a person: {said[0]}")
            raise DeviceRefused(f"{self.where}: {for_what}: the person said {said[0]!r}")
        self._last = said[0]
        self._note(f"{for_what}: done by {said[0]}, between {at.lo / SECOND:.3f} s and {at.hi / SECOND:.3f} s")
        return Person(said[0], at)


def _still_wanted(line: Line, meanwhile: Callable[[], None]) -> None:
    try:
        meanwhile()
    except BaseException:
        with contextlib.suppress(OSError):
            line.say("\n  no longer asked for: leave it as it is\n")
        raise
