"""One judgement: a limit, an observation, and one of three words. Pure, and the same live, replayed, or years later.

PASS only when the whole observation lies inside the limit, FAIL only when it lies wholly outside, else INCONCLUSIVE.
Where the limit is tighter than four times what the channel resolves, nothing can be told: INCONCLUSIVE beforehand.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from rig.clock import FOREVER, SECOND
from rig.money import RUPEES, MoneyUnit, money_unit

RESOLUTION_RATIO = 4


class Word(enum.StrEnum):
    """A verdict. FAIL outranks ERROR outranks INCONCLUSIVE outranks PASS."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    ERROR = "ERROR"
    NOT_REACHED = "NOT REACHED"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement's end: its word, why in words, and as text with unit: observation, limit, margin, uncertainty."""

    word: Word
    words: str
    observed: str = ""
    limit: str = ""
    margin: str = ""
    uncertainty: str = ""


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


@lru_cache(maxsize=4096)
def _exact(text: str) -> Fraction:
    """An exact number as the evidence holds it; limits and ends of intervals come again and again."""
    return Fraction(text)


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
    if least <= 0 <= hi:
        lo, least = max(lo, 0), 0  # no effect comes before its cause, however wide the span of either is
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
    off = f"promised: {want}"
    if money_unit(unit) and limit["value"] == 0 and observed.get("words"):
        off = f"{got} beside what was promised"
    words = f"{told}, as promised" if same else f"{told}; {off}"
    return Verdict(Word.PASS if same else Word.FAIL, words, got, want)


def _with_unit(value: object, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and (money := money_unit(unit)):
        return money.told(value)
    return f"{value} {unit}".strip()


def _money(limit: Mapping[str, Any], observed: Mapping[str, Any]) -> Verdict:
    lo, hi = (_exact(x) for x in observed["difference"])
    least, most = (_exact(x) for x in limit["window"])
    word = _overlapping(lo, hi, least, most, _exact(limit["widest"]))
    unit = MoneyUnit(limit["unit"]) if "unit" in limit else RUPEES
    words = {
        Word.PASS: "the meter and the oracle agree",
        Word.FAIL: f"the meter is {_apart(lo, hi, unit)}",
        Word.INCONCLUSIVE: "the oracle's interval is too wide to tell",
    }[word]
    if word is Word.INCONCLUSIVE and "widest_part" in observed:
        words = f"{words}: {unit.told(hi - lo)} wide, and most of it is {observed['widest_part']}"
    oracle = observed.get("oracle")
    shown = unit.told(observed["meter"]) if "meter" in observed else unit.range(lo, hi)
    against = unit.range(_exact(oracle[0]), _exact(oracle[1])) if oracle else unit.range(least, most)
    margin = min(hi - least, most - lo)
    return Verdict(word, words, shown, against, unit.told(margin), f"±{unit.told((hi - lo) / 2)}")


def _overlapping(lo: Fraction, hi: Fraction, least: Fraction, most: Fraction, widest: Fraction) -> Word:
    """Meter minus oracle: FAIL when no value of the oracle explains the meter, INCONCLUSIVE when nearly any would."""
    if hi < least or lo > most:
        return Word.FAIL
    return Word.PASS if hi - lo <= widest else Word.INCONCLUSIVE


def _apart(lo: Fraction, hi: Fraction, unit: MoneyUnit) -> str:
    return f"at least {unit.told(lo)} above the oracle" if lo > 0 else f"at least {unit.told(-hi)} below the oracle"


def _within(limit: Mapping[str, Any], observed: Mapping[str, Any]) -> Verdict:
    least, most = (_exact(x) for x in limit["window"])
    size, unit = _counted_in(limit.get("unit", ""))

    def told(lo: Fraction, hi: Fraction | None = None) -> str:
        range_ = f"{_short(lo * size)} … {_short(hi * size)}" if hi is not None else _short(lo * size)
        return f"{range_} {unit}".strip()

    allowed = told(least, most)
    if "nothing" in observed:
        return Verdict(Word.FAIL, f"{observed['nothing']}; {allowed} is allowed", observed["nothing"], allowed)
    lo, hi = (_exact(x) for x in observed["interval"])
    word = three_valued(lo, hi, least, most)
    shown = told(lo, hi) if lo != hi else told(lo)
    words = {
        Word.PASS: "inside the limit",
        Word.FAIL: f"{shown} lies outside {allowed}",
        Word.INCONCLUSIVE: f"{shown} reaches over the limit of {allowed}",
    }[word]
    resolution = max(_exact(limit.get("resolution", "0")), _exact(observed.get("resolution", "0")))
    if most - least < RESOLUTION_RATIO * resolution and word is not Word.FAIL:
        word = Word.INCONCLUSIVE
        words = f"{allowed} is tighter than four times what the bench can tell, {told(resolution)}"
    return Verdict(word, words, shown, allowed, told(min(lo - least, most - hi)), f"±{told((hi - lo) / 2)}")


def _counted_in(unit: str) -> tuple[Fraction, str]:
    """How large one is that is counted, and in which unit: steps of a wallet of energy are told in kWh."""
    size, _, energy = unit.partition(" ")
    return (_exact(size), energy) if energy and money_unit(unit) else (_exact("1"), unit)


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
