"""What opens under a row of the report: one scenario, everything about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reports.announced import scenario_note
from reports.ledger_table import ledger_lines
from reports.results import judgements
from reports.story import story
from reports.templating import render
from reports.time_axis import TimeAxis
from reports.timeline import NARROW, WIDE, timeline
from reports.wording import bench_seconds, in_words
from rig.evidence import Record
from rig.money import MoneyUnit
from rig.results import PositionResult, ScenarioResult

_MOST_COMMANDS = 60
_MONEY = ("balance", "arrears", "alarm_1", "alarm_2")


def scenario_page(position: PositionResult, result: ScenarioResult) -> str:
    """The scenario as HTML; everything that a device or a file brought is escaped."""
    declared = result.declared
    told = story(result)
    policy = position.evidence.identity().get("policy") or {}
    commands = result.of("command")
    return render(
        "scenario.html",
        scenario=declared,
        word=str(result.word),
        reasons=result.outcome.reasons,
        beforehand=scenario_note(position, result),
        bench=bench_seconds(result.bench_ns),
        finished=result.finished,
        starts=_starts(declared.get("starts") or {}, position.money),
        judgements=[{**one, "sources": s} for one, s in zip(judgements(result), _sources(declared), strict=True)],
        numbers=list(_numbers(policy.get("numbers") or (), declared)),
        findings=result.of("finding"),
        errors=result.of("error"),
        notes=[r["words"] for kind in ("stopped", "inconclusive") for r in result.of(kind)],
        wide=timeline(told, WIDE, position.money),
        narrow=timeline(told, NARROW, position.money),
        windows=list(dict.fromkeys(("must" if w.must else "may", w.state, w.why) for w in told.windows)),
        seldom=any(stage.polls for stages in told.claims.values() for stage in stages),
        shortened=TimeAxis(told.instants, 0, NARROW).shortened,
        drawn=bool(told.load or told.edges or told.claims or told.balance),
        money=position.money.sign,
        ledger=ledger_lines(result.of("ledger"), position.money),
        settings=_settings(result.of("setting"), position.money),
        commands=[_command(r, told.start) for r in commands[:_MOST_COMMANDS]],
        more_commands=max(len(commands) - _MOST_COMMANDS, 0),
        lossy=[r["words"] for r in result.of("lossy")],
    )


def _starts(starts: dict[str, Any], unit: MoneyUnit) -> str:
    told = {k: unit.told(v) if k in ("credit", "arrears") else v for k, v in starts.items() if v not in (None, {}, "")}
    return in_words(told)


def _sources(declared: Record) -> Iterator[list[str]]:
    yield from ([str(s) for s in one.get("sources") or ()] for one in declared["judges"])


def _numbers(numbers: Sequence[dict[str, Any]], declared: Record) -> Iterator[dict[str, Any]]:
    """The policy's numbers that a limit of this scenario was derived from."""
    named = " ".join(text for sources in _sources(declared) for text in sources)
    yield from (n for n in numbers if str(n.get("path", "")) and str(n["path"]) in named)


def _settings(records: Sequence[Record], unit: MoneyUnit) -> list[dict[str, str]]:
    """One line an item: what was found first, everything written, what was left."""
    items: dict[str, dict[str, Any]] = {}
    for record in records:
        line = items.setdefault(str(record["item"]), {"found": record.get("found"), "written": [], "left": None})
        if record.get("written") is not None:
            line["written"].append(record["written"])
        if record.get("left") is not None:
            line["left"] = record["left"]
    return [_setting(item, line, unit) for item, line in items.items()]


def _setting(item: str, line: dict[str, Any], unit: MoneyUnit) -> dict[str, str]:
    def words(value: Any) -> str:
        if isinstance(value, list):
            return ", then ".join(words(v) for v in value)
        return unit.told(value) if item in _MONEY and isinstance(value, int) else in_words(value)

    end = "restored" if line["left"] == line["found"] else "NOT RESTORED"
    return {"item": item, "end": end, **{key: words(line[key]) for key in ("found", "written", "left")}}


def _command(record: Record, start: int) -> dict[str, str]:
    lo, hi = record["span"]
    ends = "" if hi is None else f" … {(hi - start) / 1e9:.3f}"
    return {
        "at": f"{(lo - start) / 1e9:.3f}{ends} s",
        "device": str(record["device"]),
        "did": str(record["did"]),
        "result": str(record.get("result") or ""),
    }
