"""The matrix: every scenario against every fault, and what it comes to. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rig.scenario import Scenario
from rig.selfcheck.cells import Cell, Tried
from rig.selfcheck.statements import Statement
from rig.selfcheck.weighing import RANK, As, weigh
from rig.verdict import Word


class End(enum.StrEnum):
    """What becomes of a fault in the whole matrix."""

    CAUGHT = "caught"
    WRONG_REASON = "wrong reason"
    MISSED = "missed"
    UNVERIFIABLE = "unverifiable"
    NOT_LOOKED_AT = "not looked at"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A cell of one trial, and what it is worth."""

    tried: Tried
    cell: Cell
    worth: As


@dataclass(frozen=True, slots=True)
class Row:
    """One fault: what was tried with it, what each cell is worth, what it comes to, and what of its statement did not hold.

    `broken` says in words, by scenario, which part of the statement did not come true.
    """

    statement: Statement
    tried: tuple[Tried, ...]
    cells: tuple[Weighed, ...]
    end: End
    broken: Mapping[str, str]

    def worth(self, *some: As) -> list[Weighed]:
        """Its cells that are worth one of these."""
        return [one for one in self.cells if one.worth in some]

    @property
    def holds(self) -> bool:
        """True when nothing has to be mended: not looked at is no fault of anybody's."""
        return self.end in (End.CAUGHT, End.NOT_LOOKED_AT) and not self.broken


@dataclass(frozen=True)
class Matrix:
    """A self-check, whole. `scenarios` are those of the plan that were run, `tried` stands in the order of the trials."""

    plan: str
    scenarios: tuple[Scenario, ...]
    statements: tuple[Statement, ...]
    tried: tuple[Tried, ...]

    @cached_property
    def healthy(self) -> list[Tried]:
        """The good meter of each set-up."""
        return [one for one in self.tried if not one.trial.fault and one.trial.drawn is None]

    @cached_property
    def drawn(self) -> list[Tried]:
        """The good meters that were drawn at random."""
        return [one for one in self.tried if one.trial.drawn is not None]

    @cached_property
    def set_ups(self) -> list[str]:
        """Their names, the default one first."""
        return list(dict.fromkeys(one.trial.set_up.name for one in self.tried if one.trial.drawn is None))

    @cached_property
    def verifiable(self) -> Mapping[str, frozenset[str]]:
        """By set-up, the scenarios that its good meter passes, whatever the seed."""
        found: dict[str, frozenset[str]] = {}
        for one in self.healthy:
            passed = frozenset(cell.scenario for cell in one.cells if cell.word is Word.PASS)
            name = one.trial.set_up.name
            found[name] = found.get(name, passed) & passed
        return found

    @cached_property
    def unverifiable(self) -> dict[str, str]:
        """Scenarios that no good meter passed, with why; a scenario is never dropped in silence."""
        shown = frozenset().union(*self.verifiable.values()) if self.verifiable else frozenset[str]()
        return {one.id: self._why_not(one.id) for one in self.scenarios if one.id not in shown}

    def _why_not(self, scenario: str) -> str:
        for tried in self.healthy:
            for cell in tried.cells:
                if cell.scenario == scenario and cell.word is not Word.PASS:
                    return f"{tried.trial.set_up.name}: {in_words(cell)}"
        whys = {": ".join(tried.excluded[scenario]) for tried in self.healthy if scenario in tried.excluded}
        return "; ".join(sorted(whys)) or "; ".join(t.problem for t in self.healthy if t.problem) or "never ran"

    @cached_property
    def false_alarms(self) -> list[tuple[Tried, Cell]]:
        """Every word but PASS on a good meter, unless bench and limits alone said so before it began."""
        return [
            (one, cell)
            for one in (*self.healthy, *self.drawn)
            for cell in one.cells
            if cell.word is not Word.PASS and not cell.beforehand
        ]

    @cached_property
    def problems(self) -> list[Tried]:
        """Trials that could not be run to their end."""
        return [one for one in self.tried if one.problem]

    @cached_property
    def rows(self) -> list[Row]:
        """Every fault of the list."""
        return [self._row(one) for one in self.statements if one.listed]

    @cached_property
    def unlisted(self) -> list[Row]:
        """Every fault that no scenario knows."""
        return [self._row(one) for one in self.statements if not one.listed]

    @property
    def sound(self) -> bool:
        """True when every fault of the list ended as stated, nobody blamed a good meter, and its edges lay in their spans."""
        trouble = [one for one in self.problems if self._counts(one)]
        strays = any(one.strays for one in (*self.healthy, *self.drawn))
        return all(row.holds for row in self.rows) and not (self.false_alarms or trouble or strays)

    def _counts(self, tried: Tried) -> bool:
        listed = {one.id for one in self.statements if one.listed}
        return not tried.trial.fault or tried.trial.fault in listed

    def _row(self, statement: Statement) -> Row:
        tried = tuple(one for one in self.tried if one.trial.fault == statement.id)
        weighed = tuple(
            Weighed(one, cell, weigh(statement, cell, self.verifiable.get(one.trial.set_up.name, ())))
            for one in tried
            for cell in one.cells
        )
        planned = {one.id for one in self.scenarios}
        pairs = {id_: _pair(id_, weighed) for id_ in statement.by if id_ in planned}
        broken = {id_: _broken(id_, worth, weighed) for id_, worth in pairs.items() if worth is not As.CAUGHT}
        weighed = tuple(_without_occasion(one, pairs) for one in weighed)
        end = _end(statement, pairs, weighed)
        wrong = next((one for one in weighed if one.worth is As.WRONG_REASON), None)
        if end is End.WRONG_REASON and not broken and wrong:
            broken[wrong.cell.scenario] = f"{As.WRONG_REASON}: {in_words(wrong.cell)}"
        if statement.word is not Word.FAIL:
            broken |= {w.cell.scenario: f"blames the meter: {in_words(w.cell)}" for w in _blames(weighed)}
        return Row(statement, tried, weighed, end, broken)


def in_words(cell: Cell) -> str:
    """A cell's word and its heaviest reason."""
    heaviest = next((one for one in cell.reasons if one.word is cell.word), None)
    return f"{cell.word}: {heaviest.of}: {heaviest.words}" if heaviest else str(cell.word)


def _blames(weighed: Iterable[Weighed]) -> list[Weighed]:
    return [one for one in weighed if one.cell.word is Word.FAIL and one.worth is not As.UNVERIFIABLE]


def _pair(scenario: str, weighed: Sequence[Weighed]) -> As:
    """What a scenario that must catch a fault did: the best of its set-ups, and of those the worst seed."""
    by_seed: dict[int, list[As]] = {}
    for one in weighed:
        if one.cell.scenario == scenario:
            by_seed.setdefault(one.tried.trial.seed, []).append(one.worth)
    best = [next((worth for worth in RANK if worth in some), As.UNVERIFIABLE) for some in by_seed.values()]
    return max(best, key=RANK.index, default=As.UNVERIFIABLE)


def _without_occasion(one: Weighed, pairs: Mapping[str, As]) -> Weighed:
    """A scenario that catches the fault in one set-up and passes in another had no occasion there, and missed nothing."""
    caught = one.worth is As.MISSED and pairs.get(one.cell.scenario) is As.CAUGHT
    return replace(one, worth=As.PASSED) if caught else one


def _broken(scenario: str, worth: As, weighed: Sequence[Weighed]) -> str:
    said = [one for one in weighed if one.cell.scenario == scenario]
    if worth is As.WRONG_REASON:
        other = next((one for one in said if one.worth is worth), None)
        return f"{worth}: {in_words(other.cell)}" if other else str(worth)
    return f"{worth}: did not run in any set-up" if not said else str(worth)


def _end(statement: Statement, pairs: Mapping[str, As], weighed: Sequence[Weighed]) -> End:
    if statement.word is not Word.FAIL and _blames(weighed):
        return End.WRONG_REASON
    seen = {one.worth for one in weighed}
    if As.CAUGHT in pairs.values() or (not pairs and seen & {As.CAUGHT, As.BESIDES}):
        return End.CAUGHT
    if statement.by and not pairs:
        return End.NOT_LOOKED_AT
    if seen & {As.WRONG_REASON, As.BESIDES}:
        return End.WRONG_REASON
    return End.UNVERIFIABLE if pairs and set(pairs.values()) == {As.UNVERIFIABLE} else End.MISSED
