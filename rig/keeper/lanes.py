"""Whose turn it is on a device that several threads use: first come first served, except that the urgent go before."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Lane:
    """One device, one user at a time. `with lane:` waits in the order of coming, `with lane.urgent:` before all of those."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()
        self._pressing: deque[threading.Lock] = deque()
        self.urgent = _Urgent(self)

    @property
    def contended(self) -> bool:
        """True when somebody waits."""
        return bool(self._waiting or self._pressing)

    def enter(self, queue: deque[threading.Lock]) -> None:
        """Wait for the turn, in this queue."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            ticket = threading.Lock()
            ticket.acquire()
            queue.append(ticket)
        ticket.acquire()

    def leave(self) -> None:
        """Hand the turn on."""
        with self._mutex:
            if queue := self._pressing or self._waiting:
                queue.popleft().release()
            else:
                self._taken = False

    def __enter__(self) -> None:
        self.enter(self._waiting)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()


class _Urgent:
    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    def __enter__(self) -> None:
        self._lane.enter(self._lane._pressing)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lane.leave()
