"""What a session comes to: the words of its scenarios, of what went wrong outside them, and of what was left out."""

from __future__ import annotations

from typing import Any

from rig.policies.unjudged import NOT_PROMISED, NOT_SHOWN
from rig.verdict import Word, worst


class SessionSum:
    """Adds up one position's run."""

    def __init__(self) -> None:
        self._words: list[Word] = []
        self._outside: list[Word] = []
        self._absent: list[tuple[str, str]] = []

    def ran(self, word: Word) -> None:
        """A scenario came to this."""
        self._words.append(word)

    def broke(self) -> None:
        """Something went wrong outside any scenario."""
        self._outside.append(Word.ERROR)

    def left_out(self, id_: str, word: str) -> None:
        """A scenario was left out: "not promised" or "not shown"."""
        self._absent.append((id_, word))

    @property
    def word(self) -> Word:
        """The word of the whole run."""
        not_shown = (Word.INCONCLUSIVE for _, word in self._absent if word == NOT_SHOWN)
        return worst([*self._words, *self._outside, *not_shown])

    def as_record(self) -> dict[str, Any]:
        """The `summary` record."""
        return {
            "word": self.word,
            "counts": {str(w): self._words.count(w) for w in Word if w in self._words},
            "not_shown": [id_ for id_, word in self._absent if word == NOT_SHOWN],
            "not_promised": [id_ for id_, word in self._absent if word == NOT_PROMISED],
        }
