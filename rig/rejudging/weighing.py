"""What one judgement, and then a scenario, comes to under another limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rig.judging import Verdict, judge
from rig.money import money_unit
from rig.rejudging.rules import Rule
from rig.results import ScenarioResult
from rig.verdict import Word, worst


def hangs(judgement: Mapping[str, Any], touched: Mapping[Rule, str], shared: str) -> bool:
    """True where what was observed is beside the oracle's account, or what happened hangs on a rule that differs."""
    if any(rule.course for rule in touched):
        return True
    limit = judgement["limit"]
    of_account = limit["kind"] == "money" or money_unit(str(limit.get("unit", ""))) is not None
    of_account = of_account or any(str(source).startswith("policy") for source in judgement.get("sources") or ())
    return of_account and (bool(touched) or bool(shared))


def again_of(result: ScenarioResult, name: str, limit: Mapping[str, Any]) -> Verdict:
    """The worst verdict on every observation of a judgement, under another limit."""
    found = [judge(limit, r["observed"]) for r in result.of("observation") if r["judgement"] == name]
    if not found:
        return result.outcome.judgements[name]
    word = worst([verdict.word for verdict in found])
    return next(verdict for verdict in found if verdict.word is word)


def settled(result: ScenarioResult, doubts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Nothing hangs on what differs, and nothing fails: what is left of the scenario's own reasons."""
    if result.of("finding"):
        return str(Word.FAIL), result.outcome.reasons
    if result.of("error") or result.word is Word.ERROR:
        return str(Word.ERROR), result.outcome.reasons
    if doubts or result.of("inconclusive") or result.of("stopped"):
        return str(Word.INCONCLUSIVE), tuple(doubts) or result.outcome.reasons
    return str(Word.PASS), ()
