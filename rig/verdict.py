"""What judgements, findings and errors come to: the word of a scenario, of a run, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rig.judging import Verdict, Word, judge, three_valued

__all__ = ["EXIT_CODES", "Outcome", "Verdict", "Word", "judge", "outcome", "three_valued", "worst"]

_NONE_KNOWN: Mapping[int, Verdict] = {}
_RANK = (Word.FAIL, Word.ERROR, Word.INCONCLUSIVE, Word.PASS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario came to: its word, the reasons in order of weight, and every judgement's verdict by name."""

    word: Word
    reasons: tuple[str, ...]
    judgements: Mapping[str, Verdict] = field(default_factory=dict)


_WEIGHS: Mapping[str, Word] = {
    "finding": Word.FAIL,
    "error": Word.ERROR,
    "stopped": Word.INCONCLUSIVE,
    "inconclusive": Word.INCONCLUSIVE,
}


def outcome(records: Iterable[Mapping[str, Any]], known: Mapping[int, Verdict] = _NONE_KNOWN) -> Outcome:
    """What the records of one scenario (from its `scenario` record to its end) come to. Used live and in replay.

    `known` are verdicts on observations that were judged already, by the record's place.
    """
    limits: dict[str, Mapping[str, Any]] = {}
    verdicts: dict[str, Verdict] = {}
    reasons: dict[Word, list[str]] = {word: [] for word in _RANK}
    cut_short = False
    for place, record in enumerate(records):
        kind = record["kind"]
        if kind == "scenario":
            limits = {one["name"]: one["limit"] for one in record["judges"]}
        elif kind == "observation":
            verdict = known.get(place) or judge(limits[record["judgement"]], record["observed"])
            _keep_worst(verdicts, record["judgement"], verdict)
        elif kind in _WEIGHS:
            reasons[_WEIGHS[kind]].append(_in_words(record))
            cut_short = cut_short or kind != "finding"
    for name in limits:
        _weigh(name, verdicts, reasons, cut_short or bool(reasons[Word.FAIL]) or _failed(verdicts))
    word = next((w for w in _RANK if reasons[w]), Word.PASS if limits else Word.ERROR)
    ordered = tuple(text for w in _RANK for text in reasons[w]) or (() if limits else ("declares no judgement",))
    return Outcome(word, ordered, {name: verdicts[name] for name in limits})


def _in_words(record: Mapping[str, Any]) -> str:
    head = record.get("of") or record.get("error")
    return f"{head}: {record['words']}" if head else str(record["words"])


def _keep_worst(verdicts: dict[str, Verdict], name: str, verdict: Verdict) -> None:
    known = verdicts.get(name)
    if known is None or _RANK.index(verdict.word) < _RANK.index(known.word):
        verdicts[name] = verdict


def _failed(verdicts: Mapping[str, Verdict]) -> bool:
    return any(verdict.word is Word.FAIL for verdict in verdicts.values())


def _weigh(name: str, verdicts: dict[str, Verdict], reasons: dict[Word, list[str]], cut_short: bool) -> None:
    """File one judgement under its word. What was never observed is an ERROR, unless the scenario was cut short."""
    verdict = verdicts.get(name)
    if verdict is None:
        verdicts[name] = Verdict(Word.NOT_REACHED, "not reached" if cut_short else "declared and never observed")
        if not cut_short:
            reasons[Word.ERROR].append(f"{name}: declared and never observed")
    elif verdict.word is not Word.PASS:
        reasons[verdict.word].append(f"{name}: {verdict.words}")


def worst(words: Iterable[Word]) -> Word:
    """The word of a whole run; INCONCLUSIVE when nothing was shown."""
    seen = set(words)
    return next((w for w in _RANK if w in seen), Word.INCONCLUSIVE)


EXIT_CODES: Mapping[Word, int] = {Word.PASS: 0, Word.FAIL: 1, Word.INCONCLUSIVE: 3, Word.ERROR: 4}
