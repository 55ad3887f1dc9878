"""Sentences of a report that its pages, tables and exports share."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import Any

from rig.clock import MILLISECOND
from rig.money import RUPEES, MoneyUnit
from rig.results import NEVER_RAN, NOT_PROMISED, RunResult
from rig.verdict import Word

PART_OF_PLAN = "part of plan, no acceptance"

STATES = {
    "complete": "complete: the chain is whole and closed",
    "stopped": "STOPPED by the operator: the chain is whole, what was still to come never ran",
    "error": "ENDED BY AN ERROR: the chain is whole up to there",
    "aborted": "ABORTED: never closed, the run was cut off",
    "torn": "TORN: the last line is cut off in the middle, the chain is whole up to there",
}


def sentence(run: RunResult) -> str:
    """The verdict of a run in one line."""
    words = [s.word for s in run.scenarios]
    total = f"{len(words)} scenario{'' if len(words) == 1 else 's'}"
    count = words.count(run.word)
    if not words:
        text = f"{run.word}: no scenario was shown"
    elif run.word is Word.PASS:
        text = (
            f"PASS: all promises of {total} were kept"
            if len(words) > 1
            else "PASS: every promise of 1 scenario was kept"
        )
    elif run.word is Word.FAIL:
        text = f"FAIL: {count} of {total} broke a promise"
    elif run.word is Word.ERROR:
        text = f"ERROR: the bench failed in {count} of {total}; the meter is not blamed for it"
        text = text if count else f"ERROR: the bench failed outside the {total}; the meter is not blamed for it"
    else:
        text = (
            f"INCONCLUSIVE: {count} of {total} cannot be told"
            if count
            else f"INCONCLUSIVE: {total} told, but not everything was shown"
        )
    others = [
        f"{words.count(word)} {label}"
        for word, label in ((Word.ERROR, "ended in a bench error"), (Word.INCONCLUSIVE, "cannot be told"))
        if word is not run.word and words.count(word)
    ]
    absent = [a.word for a in run.absences if a.word != NOT_PROMISED]
    others += [f"{absent.count(word)} {word}" for word in dict.fromkeys(absent)]
    return ", ".join([text, *others]) + (f" ({PART_OF_PLAN})" if is_part(run) else "")


def risk(run: RunResult) -> str:
    """What a meter may be wrong by and still pass: what channel, display step and energy quantum let through."""
    limits = [one["limit"] for s in run.scenarios for one in s.declared["judges"]]
    widest = max((limit["resolution"] for limit in limits if isinstance(limit.get("resolution"), int)), default=0)
    words = "No window in this report was widened."
    if widest:
        words = (
            f"Windows that the rig derives are widened by what the channel resolves, here at most {widest / MILLISECOND:g} ms "
            "on either side, so that a healthy meter passes; a meter that misses its promise by less than that passes too."
        )
    money: dict[str, Fraction] = {}
    for limit in limits:
        if limit["kind"] == "money":
            unit = limit.get("unit", RUPEES.name)
            money[unit] = max(money.get(unit, Fraction(0)), Fraction(limit["widest"]))
    if money:
        widths = " or ".join(MoneyUnit(unit).told(steps) for unit, steps in money.items())
        words += (
            " A balance passes where it lies in the oracle's interval, which display step and energy quantum make at most "
            f"{widths} wide here; a meter that is wrong by less than that passes too."
        )
    return words


def is_part(run: RunResult) -> bool:
    """True when any position ran only a part of its plan."""
    return any((p.evidence.identity().get("plan") or {}).get("part") for p in run.positions) or any(
        a.word == NEVER_RAN for a in run.absences
    )


def report_number(run: RunResult) -> str:
    """What names this report: derived from the last hash of every evidence file, so another run has another number."""
    chains = "".join(p.evidence.chain for p in run.positions)
    return f"RIG-{hashlib.sha256(chains.encode()).hexdigest()[:12].upper()}"


def bench_seconds(ns: int) -> str:
    """Bench time, in a form that pytest-html sorts rightly: "12.346 s", from an hour on "02:00:07"."""
    if ns < 3600 * 10**9:
        return f"{ns / 1e9:.3f} s"
    whole = ns // 10**9
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def in_words(thing: Any) -> str:
    """A recorded value for people: tables as "key value, …", nothing as "not stated"."""
    if thing is None or thing == "" or thing == {} or thing == []:
        return "not stated"
    if isinstance(thing, bool):
        return "yes" if thing else "no"
    if isinstance(thing, dict):
        return ", ".join(f"{str(k).replace('_', ' ')} {in_words(v)}" for k, v in thing.items())
    if isinstance(thing, list):
        return ", ".join(in_words(v) for v in thing)
    return str(thing)
