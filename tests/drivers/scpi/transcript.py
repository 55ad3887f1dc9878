"""A line that follows a written conversation to the letter: what must be sent, and what then comes back."""

from __future__ import annotations

from collections.abc import Sequence

from rig.errors import LinkError

Exchange = tuple[str, str | None]
"""(sent, received); None for a command, which has no answer. "LOST" as answer: none comes."""

LOST = "LOST"
IDN = "ACME,L1,123,2.0"
OPENING: list[Exchange] = [("*CLS", None), ("SYST:ERR?", '0,"No error"')]


class Transcript:
    """A `Line` that fails the test at the first line which is not the next one of the conversation."""

    name = "P01 load (scpi transcript)"

    def __init__(self, exchanges: Sequence[Exchange], identification: str = IDN) -> None:
        self.identification = identification
        self.last = (0, 0)
        self.cleared = 0
        self.closed = False
        self._left = list(exchanges)
        self._now = 0

    def ask(self, line: str) -> str:
        answer = self._next(line)
        assert answer is not None, f"{line!r} has no answer in the conversation"
        if answer == LOST:
            raise LinkError(f"{self.name}: asked {line!r}: no answer")
        return answer

    def tell(self, line: str) -> None:
        answer = self._next(line)
        assert answer is None, f"{line!r} is a query in the conversation"

    def clear(self) -> None:
        self.cleared += 1

    def close(self) -> None:
        self.closed = True

    def _next(self, line: str) -> str | None:
        assert self._left, f"{line!r} was sent after the end of the conversation"
        expected, answer = self._left.pop(0)
        assert line == expected
        self.last = (self._now, self._now + 10)
        self._now += 100
        return answer

    def finished(self) -> bool:
        return not self._left
