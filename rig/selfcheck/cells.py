"""What the rig said of one meter by one scenario: a word, and every reason by name and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rig.selfcheck.set_ups import SetUp
from rig.verdict import Word


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is not PASS: `of` is a judgement, a kind of finding or an error; `words` say it; `word` is what it weighs."""

    word: Word
    of: str
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario on one meter. `counted`: how often the evidence holds each kind of record, and the line threw away what.

    `beforehand` is true of an INCONCLUSIVE that follows from the limits and the bench alone.
    """

    scenario: str
    word: Word
    reasons: tuple[Reason, ...] = ()
    counted: Mapping[str, int] = field(default_factory=dict)
    beforehand: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """One meter to be put on the bench: its set-up, its fault (none when empty), the run's seed.

    `drawn` is the number of a healthy meter that was drawn at random, None for the others.
    """

    set_up: SetUp
    fault: str = ""
    seed: int = 0
    drawn: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Trials of one meter in one set-up after the other: in each only the scenarios that the ones before could not run, and
    those of `everywhere`, to which every set-up may give an occasion."""

    trials: tuple[Trial, ...]
    everywhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial came to. `excluded` says of each scenario that was not run: its word (not promised, not shown) and why.

    `problem` is what kept the whole trial, or the rest of it, from being run. `edges` of the contact lay in the spans that
    were stated of them, `strays` says in words which did not; both are of good meters.
    """

    trial: Trial
    cells: tuple[Cell, ...]
    excluded: Mapping[str, tuple[str, str]]
    problem: str = ""
    edges: int = 0
    strays: tuple[str, ...] = ()
