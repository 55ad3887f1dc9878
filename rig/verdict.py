"""Three-valued judgement. Pure: the same limit and observation give the same verdict, live, replayed, or years later.

PASS only when the whole observation lies inside the limit, FAIL only when it lies wholly outside, else INCONCLUSIVE.
Where the limit is tighter than four times what the channel resolves, nothing can be told: INCONCLUSIVE beforehand.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from rig.clock import FOREVER, SECOND
from rig.money import in_rupees

RESOLUTION_RATIO = 4


class Word(enum.StrEnum):
    """A verdict. FAIL outranks ERROR outranks INCONCLUSIVE outranks PASS."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    ERROR = "ERROR"
    NOT_REACHED = "NOT REACHED"


_RANK = (Word.FAIL, Word.ERROR, Word.INCONCLUSIVE, Word.PASS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement's end: its word, why in words, and as text with unit: observation, limit, margin, uncertainty."""

    word: Word
    words: str
    observed: str = ""
    limit: str = ""
    margin: str = ""
    uncertainty: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario came to: its word, the reasons in order of weight, and every judgement's verdict by name."""

    word: Word
    reasons: tuple[str, ...]
    judgements: Mapping[str, Verdict] = field(default_factory=dict)


def in_seconds(ns: int | float) -> str:
    """ns as text: "12.346 s"."""
    return "not yet" if ns >= FOREVER else f"{ns / SECOND:.3f} s"


def between(lo: int, hi: int) -> str:
    """A duration's bounds as text."""
    if hi >= FOREVER:
        return f"not within {lo / SECOND:.3f} s"
    return f"{lo / SECOND:.3f} … {hi / SECOND:.3f} s"


def judge(limit: Mapping[str, Any], observed: Mapping[str, Any]) -> Verdict:
    """The verdict on one observation. `limit` and `observed` are as the evidence holds them; unknown kinds are a KeyError."""
    return _JUDGES[limit["kind"]](limit, observed)


def three_valued(lo: Fraction | int, hi: Fraction | int, least: Fraction | int, most: Fraction | int) -> Word:
    """[lo, hi] against the limit [least, most]."""
    if least <= lo and hi <= most:
        return Word.PASS
    if hi < least or lo > most:
        return Word.FAIL
    return Word.INCONCLUSIVE


def _timed(limit: Mapping[str, Any], observed: Mapping[str, Any]) -> Verdict:
    least, most = limit["window"]
    lo, hi = observed["span"]
    hi = FOREVER if hi is None else hi
    word = three_valued(lo, hi, least, most)
    words = {
        Word.PASS: "inside the window",
        Word.FAIL: "too early" if hi < least else ("never came" if hi >= FOREVER else "too late"),
        Word.INCONCLUSIVE: "the span reaches over the limit",
    }[word]
    if hi >= FOREVER and word is Word.INCONCLUSIVE:
        words = "did not come, but was not waited for long enough"
    resolution = limit.get("resolution", 0)
    if most - least < RESOLUTION_RATIO * resolution and word is not Word.FAIL:
        word = Word.INCONCLUSIVE
        words = f"the window is tighter than four times the channel's resolution of {in_seconds(resolution)}"
    margin = min(lo - least, most - hi)
    if word is not Word.PASS:
        words = f"{words}: {between(lo, hi)}, and {between(least, most)} is allowed"
    return Verdict(
        word,
        words,
        between(lo, hi),
        between(least, most),
        in_seconds(margin) if hi < FOREVER else "",
        f"±{(hi - lo) / 2 / SECOND:.3f} s, u = {(hi - lo) / 2 / math.sqrt(3) / SECOND:.4f} s" if hi < FOREVER else "",
    )


def _equal(limit: Mapping[str, Any], observed: Mapping[str, Any]) -> Verdict:
    same = limit["value"] == observed["value"]
    unit = limit.get("unit", "")
    want, got = (_with_unit(v, unit) for v in (limit["value"], observed["value"]))
    told = observed.get("words") or f"is {got}"
    words = f"{told}, as promised" if same else f"{told}; promised: {want}"
    return Verdict(Word.PASS if same else Word.FAIL, words, got, want)


def _with_unit(value: object, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit == "paise" and isinstance(value, int):
        return f"₹{in_rupees(value)}"
    return f"{value} {unit}".strip()


def _money(limit: Mapping[str, Any], observed: Mapping[str, Any]) -> Verdict:
    lo, hi = (Fraction(x) for x in observed["difference"])
    least, most = (Fraction(x) for x in limit["window"])
    word = _overlapping(lo, hi, least, most, Fraction(limit["widest"]))
    words = {
        Word.PASS: "the meter and the oracle agree",
        Word.FAIL: f"the meter is {_rupees_apart(lo, hi)}",
        Word.INCONCLUSIVE: "the oracle's interval is too wide to tell",
    }[word]
    oracle = observed.get("oracle")
    shown = f"₹{in_rupees(observed['meter'])}" if "meter" in observed else _rupee_range(lo, hi)
    against = (
        f"₹{in_rupees(Fraction(oracle[0]))} … ₹{in_rupees(Fraction(oracle[1]))}"
        if oracle
        else _rupee_range(least, most)
    )
    margin = min(hi - least, most - lo)
    return Verdict(word, words, shown, against, f"₹{in_rupees(margin)}", f"±₹{in_rupees((hi - lo) / 2)}")


def _overlapping(lo: Fraction, hi: Fraction, least: Fraction, most: Fraction, widest: Fraction) -> Word:
    """Meter minus oracle: FAIL when no value of the oracle explains the meter, INCONCLUSIVE when nearly any would."""
    if hi < least or lo > most:
        return Word.FAIL
    return Word.PASS if hi - lo <= widest else Word.INCONCLUSIVE


def _rupees_apart(lo: Fraction, hi: Fraction) -> str:
    if lo > 0:
        return f"at least ₹{in_rupees(lo)} above the oracle"
    return f"at least ₹{in_rupees(-hi)} below the oracle"


def _rupee_range(lo: Fraction, hi: Fraction) -> str:
    return f"₹{in_rupees(lo)} … ₹{in_rupees(hi)}"


def _within(limit: Mapping[str, Any], observed: Mapping[str, Any]) -> Verdict:
    lo, hi = (Fraction(x) for x in observed["interval"])
    least, most = (Fraction(x) for x in limit["window"])
    unit = limit.get("unit", "")
    word = three_valued(lo, hi, least, most)
    shown = f"{_short(lo)} … {_short(hi)} {unit}".strip() if lo != hi else f"{_short(lo)} {unit}".strip()
    allowed = f"{_short(least)} … {_short(most)} {unit}".strip()
    words = {
        Word.PASS: "inside the limit",
        Word.FAIL: f"{shown} lies outside {allowed}",
        Word.INCONCLUSIVE: f"{shown} reaches over the limit of {allowed}",
    }[word]
    margin = f"{_short(min(lo - least, most - hi))} {unit}".strip()
    return Verdict(word, words, shown, allowed, margin, f"±{_short((hi - lo) / 2)} {unit}".strip())


def _short(number: Fraction) -> str:
    return f"{float(number):.4g}" if number.denominator > 1000 or abs(number) < 1 else f"{float(number):g}"


def _absent(limit: Mapping[str, Any], observed: Mapping[str, Any]) -> Verdict:
    watched, gap, seen = observed["watched"], observed["largest_gap"], observed["seen"]
    claim = f"watched for {in_seconds(watched)}, no sample further apart than {in_seconds(gap)}"
    want = f"no {limit['of']} for {in_seconds(limit['at_least'])}"
    if seen:
        return Verdict(
            Word.FAIL, f"{limit['of']} seen {seen} time(s): {observed.get('first', '')}".strip(": "), claim, want
        )
    if watched < limit["at_least"] or gap > limit["longest_gap"]:
        why = "not watched long enough" if watched < limit["at_least"] else "not watched closely enough"
        return Verdict(Word.INCONCLUSIVE, why, claim, want)
    return Verdict(Word.PASS, f"no {limit['of']} longer than {in_seconds(gap)}", claim, want)


_JUDGES: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Verdict]] = {
    "timed": _timed,
    "equal": _equal,
    "money": _money,
    "within": _within,
    "absent": _absent,
}


_WEIGHS: Mapping[str, Word] = {
    "finding": Word.FAIL,
    "error": Word.ERROR,
    "stopped": Word.INCONCLUSIVE,
    "inconclusive": Word.INCONCLUSIVE,
}


def outcome(records: Iterable[Mapping[str, Any]]) -> Outcome:
    """What the records of one scenario (from its `scenario` record to its end) come to. Used live and in replay."""
    limits: dict[str, Mapping[str, Any]] = {}
    verdicts: dict[str, Verdict] = {}
    reasons: dict[Word, list[str]] = {word: [] for word in _RANK}
    cut_short = False
    for record in records:
        kind = record["kind"]
        if kind == "scenario":
            limits = {one["name"]: one["limit"] for one in record["judges"]}
        elif kind == "observation":
            _keep_worst(verdicts, record["judgement"], judge(limits[record["judgement"]], record["observed"]))
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
