"""Edges of a relay that are due: what may open it and in which window, what holds it open, and what had to come and did not."""

from __future__ import annotations

from collections.abc import Callable

from rig.clock import FOREVER, Span
from rig.contracts import RelayState
from rig.due import COMMAND, TAMPER, Due

CUT_OFF = "remote command, cut off"
READY = "ready for reconnection"
"""Holds a relay that nothing else holds any more, until the button is pressed."""


class Pending:
    """A reason to open has a window in which the edge may fall; a reason that holds the relay has one in which it lets go, or
    none. `told` is called with every new `Due`, for the evidence.
    """

    def __init__(self, closed: bool, told: Callable[[Due], None]) -> None:
        self._told = told
        self._closed = closed
        self._opens: dict[str, Due] = {}
        self._holds: dict[str, Due | None] = {}
        self._maybe: frozenset[str] = frozenset()
        self._said: set[Due] = set()
        self._missed: list[str] = []

    @property
    def closed(self) -> bool:
        """The last known state of the contact."""
        return self._closed

    @property
    def held_by(self) -> frozenset[str]:
        """Every reason that holds the relay open now."""
        return frozenset(self._holds)

    @property
    def may_be_held_by(self) -> frozenset[str]:
        """Reasons that may have opened the relay, where it cannot be told which one did."""
        return self._maybe

    def may_move(self, at: Span) -> bool:
        """True when an edge that is due may fall into `at`."""
        return any(due is not None and due.window.overlaps(at) for due in (*self._opens.values(), self.closing()))

    def opening(self, why: str) -> Due | None:
        """The edge that this reason makes due, if any."""
        return self._opens.get(why)

    def closing(self) -> Due | None:
        """When the relay is due to close: after the last reason has let go; None while one holds without end."""
        releases = list(self._holds.values())
        if self._closed or not releases or any(r is None for r in releases):
            return None
        windows = [r.window for r in releases if r is not None]
        window = Span(max(w.lo for w in windows), max(w.hi for w in windows))
        why = ", ".join(f"{r.why}" for r in releases if r is not None)
        return Due(RelayState.CLOSED, window, why, not self._maybe and all(r.must for r in releases if r is not None))

    def command_cut_off(self, state: RelayState, at: Span) -> None:
        """A remote command is sent at `at`, and the mains go off with it: whether the meter takes it, only its contact can tell."""
        may_be = Due(state, Span(at.lo, FOREVER), CUT_OFF, False)
        if state is RelayState.OPEN and self._closed:
            self._opens[COMMAND] = may_be
        elif state is RelayState.CLOSED and COMMAND in self._holds:
            self._holds[COMMAND] = may_be

    def cut_off_is_over(self) -> None:
        """A command that was cut off, and has not moved the contact by now, was not taken."""
        self._opens.pop(COMMAND, None)
        if COMMAND in self._holds:
            self._holds[COMMAND] = None

    def tampered(self, at: Span, wait: Span) -> None:
        """Tampering began at `at`: after `wait` it opens the relay, or holds one that is open."""
        self._book_missed(at.lo)
        if self._closed:
            self._tell_opening(TAMPER, Due(RelayState.OPEN, at.plus(wait.lo, wait.hi), "tampering", True))
        else:
            self._holds[TAMPER] = None

    def tampering_ended(self, at: Span, wait: Span, waits: bool) -> None:
        """All of it ended at `at`: the relay is due to close after `wait`, or `waits` for the button then."""
        self._book_missed(at.lo)
        self._opens.pop(TAMPER, None)
        if TAMPER in self._holds:
            due = Due(RelayState.CLOSED, at.plus(wait.lo, wait.hi), "tampering has ended", True)
            self._lets_go(TAMPER, due, waits)

    def _lets_go(self, why: str, due: Due, waits: bool) -> None:
        """A reason is gone: the relay is due to close, or waits for the button."""
        if waits:
            del self._holds[why]
            self._holds[READY] = None
        else:
            self._holds[why] = due
            self._tell_closing()

    def overdue(self, now: int) -> list[str]:
        """Edges that had to come before `now` (ns) and did not; each is named once, also one that is due no more."""
        self._book_missed(now)
        words, self._missed = self._missed, []
        return words

    def _book_missed(self, now: int) -> None:
        """Keep what had to come before `now` and did not, before anything that happens since makes it void."""
        for due in (*self._opens.values(), self.closing()):
            if due is not None and due.must and due.window.hi < now and due not in self._said:
                self._said.add(due)
                by = f"by {due.window.hi / 1e9:.3f} s"
                self._missed.append(f"the relay should have been {due.state} {by} ({due.why}), and is not")

    def _tell_opening(self, why: str, due: Due) -> None:
        self._opens[why] = due
        self._told(due)

    def _tell_closing(self) -> None:
        due = self.closing()
        if due is not None:
            self._told(due)
