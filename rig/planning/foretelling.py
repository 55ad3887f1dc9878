"""What a run will not be able to tell, and why: known from limits, channels and a rehearsal, before anything is energised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rig.judging import RESOLUTION_RATIO, in_seconds
from rig.money import RUPEES, money_unit
from rig.planning.rehearsal import Rehearsal, Rehearsed
from rig.verdict import Word

Record = Mapping[str, Any]

NEARLY = Fraction(4, 5)
"""An oracle that is so much of the widest that still tells something may be wider on the real meter."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """One thing that will not be told (`surely`), or may not be: of which scenario and judgement, and why, in words."""

    scenario: str
    judgement: str
    words: str
    surely: bool

    def as_record(self) -> dict[str, Any]:
        """As the evidence holds it."""
        return {"id": self.scenario, "judgement": self.judgement, "words": self.words, "surely": self.surely}


def foretold(rehearsal: Rehearsal) -> list[Foretold]:
    """Everything that the scenarios of a rehearsal will not, or may not, be able to tell on this bench."""
    return [found for one in rehearsal.ran for found in _of(one)]


def amiss(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    """(scenario, words) of those that did not pass on the healthy twin although they could be told: nothing is known of them."""
    return [
        (one.scenario.id, f"{one.outcome.word} in the rehearsal: {one.outcome.reasons[0]}")
        for one in rehearsal.ran
        if one.outcome.word in (Word.FAIL, Word.ERROR)
    ]


def _of(one: Rehearsed) -> Iterator[Foretold]:
    declared = one.records[0]["judges"]
    seen: dict[str, list[Record]] = {}
    for record in one.records:
        if record["kind"] == "observation":
            seen.setdefault(record["judgement"], []).append(record["observed"])
    for judgement in declared:
        name, limit = judgement["name"], judgement["limit"]
        verdict = one.outcome.judgements.get(name)
        if words := too_tight(limit):
            yield Foretold(one.scenario.id, name, words, True)
        elif verdict is not None and verdict.word is Word.INCONCLUSIVE:
            yield Foretold(one.scenario.id, name, verdict.words, True)
        elif words := next(filter(None, (_narrowly(limit, observed) for observed in seen.get(name, ()))), ""):
            yield Foretold(one.scenario.id, name, words, False)
    for record in one.records:
        if record["kind"] == "inconclusive":
            yield Foretold(one.scenario.id, "", str(record["words"]), True)


def too_tight(limit: Mapping[str, Any]) -> str:
    """Why a declared limit cannot be judged on this bench, whatever is observed; empty where it can."""
    window = limit.get("window")
    if window is None or limit["kind"] not in ("timed", "within"):
        return ""
    resolution = Fraction(limit.get("resolution", 0))
    least, most = (Fraction(edge) for edge in window)
    if not resolution or most - least >= RESOLUTION_RATIO * resolution:
        return ""
    if limit["kind"] == "timed":
        return (
            f"the window of {in_seconds(int(most - least))} is tighter than four times the relay channel's resolution of "
            f"{in_seconds(int(resolution))}: a faster or steadier channel is needed"
        )
    return (
        f"the limit is tighter than four times what the bench can tell, {float(resolution):.4g} {limit.get('unit', '')}"
    )


def _narrowly(limit: Mapping[str, Any], observed: Mapping[str, Any]) -> str:
    """Why a real meter that keeps its promise might not be told from one that does not, though the twin was."""
    if limit["kind"] != "money":
        return ""
    lo, hi = (Fraction(edge) for edge in observed["difference"])
    widest = Fraction(limit["widest"])
    if hi - lo < NEARLY * widest:
        return ""
    unit = money_unit(limit.get("unit", "")) or RUPEES
    return f"the oracle's interval is {unit.told(hi - lo)} wide in the rehearsal, and tells nothing from {unit.told(widest)} on"


def by_scenario(found: Sequence[Foretold]) -> dict[str, list[Foretold]]:
    """What is foretold, by scenario, in order."""
    sorted_: dict[str, list[Foretold]] = {}
    for one in found:
        sorted_.setdefault(one.scenario, []).append(one)
    return sorted_
