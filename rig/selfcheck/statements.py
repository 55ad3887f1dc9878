"""What is stated of a fault: the word that it must end in, in which scenarios, and for which reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rig.catalogue import things
from rig.errors import ConfigError
from rig.scenario import Scenario
from rig.verdict import Word


@dataclass(frozen=True, slots=True)
class Statement:
    """A fault of the emulated bench and what must become of it. `batch` is empty for one of the list.

    `by` maps a scenario's id to the judgements, kinds of findings or errors that may be the reason; empty where nothing is
    stated, as of a fault that nobody knew when the scenarios were written. `counted` is what the evidence must count.
    """

    id: str
    title: str
    where: str
    expected: str
    batch: str
    word: Word
    by: Mapping[str, frozenset[str]]
    counted: str
    needs: object

    @property
    def listed(self) -> bool:
        """True for a fault of the list, which has to be caught."""
        return not self.batch


def listed(scenarios: Iterable[Scenario]) -> list[Statement]:
    """Every fault of the catalogue, in its order; what the scenarios name as caught by them is stated too."""
    named: dict[str, dict[str, set[str]]] = {}
    for one in scenarios:
        for fault, reason in one.catches.items():
            named.setdefault(fault, {}).setdefault(one.id, set()).add(reason)
    found: dict[str, Statement] = {}
    for faults, _package in things("faults").values():
        found |= {id_: _stated(fault, "", named.get(id_, {})) for id_, fault in faults.items()}
    return list(found.values())


def unlisted() -> list[Statement]:
    """Every fault of the batches that no scenario knows, batch after batch."""
    return [
        _stated(fault, batch, {})
        for batches, _package in things("unlisted").values()
        for batch, faults in batches.items()
        for fault in faults.values()
    ]


def chosen(statements: Sequence[Statement], ids: Sequence[str]) -> list[Statement]:
    """Those of these ids; all when there are none. ConfigError names every id that there is not."""
    known = {one.id: one for one in statements}
    if unknown := [id_ for id_ in ids if id_ not in known]:
        raise ConfigError([f"fault {id_}: is not known; `rig list faults` shows what there is" for id_ in unknown])
    return [known[id_] for id_ in dict.fromkeys(ids)] if ids else list(statements)


def _stated(fault: Any, batch: str, named: Mapping[str, set[str]]) -> Statement:
    """A fault states its end itself; what scenarios name is a FAIL, and so belongs to a fault that ends in one."""
    ending = getattr(fault, "ends_in", None)
    word = Word(ending.word) if ending is not None else Word.FAIL
    by: dict[str, set[str]] = {}
    if ending is not None:
        by = {scenario: {reason} for scenario, reason in ending.by.items()}
    if word is Word.FAIL:
        for scenario, reasons in named.items():
            by.setdefault(scenario, set()).update(reasons)
    frozen = {scenario: frozenset(reasons) for scenario, reasons in by.items()}
    counted = ending.counted if ending is not None else ""
    return Statement(
        fault.id, fault.title, fault.where, fault.expected, batch, word, frozen, counted, getattr(fault, "needs", None)
    )
