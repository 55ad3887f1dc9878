"""The run as data: results.json for programs, results.csv with one row a judgement for spreadsheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports.wording import is_part, report_number, sentence
from rig.announced import announced, marked
from rig.clock import SECOND
from rig.results import EMULATED, PositionResult, RunResult, ScenarioResult

FORMAT = 1
_FRAME = ("n", "kind", "at", "chain")
COLUMNS = (
    "emulated", "report", "run_word", "position", "model", "serial", "firmware", "scenario", "title", "scenario_word",
    "judgement", "kind", "promised", "observed", "limit", "margin", "uncertainty", "word", "words", "bench_s", "evidence", "chain",
)  # fmt: skip


def results(run: RunResult) -> dict[str, Any]:
    """The run as plain data; `docs/evidence.md` says what each field is."""
    return {
        "format": FORMAT,
        "emulated": EMULATED if run.emulated else "",
        "report": report_number(run),
        "word": str(run.word),
        "exit_code": run.exit_code,
        "sentence": sentence(run),
        "part_of_plan": is_part(run),
        "provenance": dict(run.provenance),
        "positions": [_position(p) for p in run.positions],
    }


def _position(position: PositionResult) -> dict[str, Any]:
    identity, meter, evidence = position.evidence.identity(), position.one("meter"), position.evidence
    return {
        "position": position.name,
        "word": str(position.word),
        "emulated": EMULATED if position.emulated else "",
        "evidence": {
            "file": evidence.path.name,
            "state": evidence.state,
            "problem": _bare(evidence),
            "chain": evidence.chain,
        },
        "meter": {key: meter.get(key) for key in ("model", "serial", "firmware")},
        **{key: identity.get(key) for key in ("bench", "map", "policy", "plan", "versions", "seed", "faults")},
        "announced": {k: v for k, v in announced(position).items() if k not in _FRAME},
        "errors": list(position.errors),
        "scenarios": [_scenario(position, s) for s in position.scenarios],
        "without_result": [{"id": a.id, "title": a.title, "word": a.word, "why": a.why} for a in position.absences],
    }


def _bare(evidence: Any) -> str:
    return str(evidence.problem).removeprefix(f"{evidence.path}: ")


def _scenario(position: PositionResult, result: ScenarioResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "title": result.title,
        "function": result.declared["function"],
        "word": str(result.word),
        "reasons": list(result.outcome.reasons),
        "announced": marked(position, result),
        "bench_ns": result.bench_ns,
        "requirements": [r["id"] for r in result.declared.get("requirements", ())],
        "catches": dict(result.declared.get("catches") or {}),
        "judgements": list(judgements(result)),
        "findings": [{"of": r["of"], "words": r["words"]} for r in result.of("finding")],
        "errors": [{"error": r["error"], "words": r["words"]} for r in result.of("error")],
    }


def judgements(result: ScenarioResult) -> Iterator[dict[str, str]]:
    """Each declared judgement with its verdict, as text."""
    for one in result.declared["judges"]:
        verdict = result.outcome.judgements[one["name"]]
        yield {
            "name": one["name"],
            "kind": one["limit"]["kind"],
            "promised": one["promised"],
            "observed": verdict.observed,
            "limit": verdict.limit,
            "margin": verdict.margin,
            "uncertainty": verdict.uncertainty,
            "word": str(verdict.word),
            "words": verdict.words,
        }


def rows(run: RunResult) -> Iterator[dict[str, str]]:
    """The rows of results.csv: one a judgement, one a finding, one for each scenario without a result."""
    for position in run.positions:
        common = _common(run, position)
        for result in position.scenarios:
            of_scenario = {
                **common,
                "scenario": result.id,
                "title": result.title,
                "scenario_word": str(result.word),
                "bench_s": f"{result.bench_ns / SECOND:.3f}",
            }
            for one in judgements(result):
                yield {**of_scenario, "judgement": one["name"], **{k: v for k, v in one.items() if k != "name"}}
            for finding in result.of("finding"):
                yield {
                    **of_scenario,
                    "judgement": finding["of"],
                    "kind": "finding",
                    "word": "FAIL",
                    "words": finding["words"],
                }
            for error in result.of("error"):
                yield {
                    **of_scenario,
                    "judgement": error["error"],
                    "kind": "error",
                    "word": "ERROR",
                    "words": error["words"],
                }
        for absence in position.absences:
            word = absence.word.upper()
            yield {
                **common,
                "scenario": absence.id,
                "title": absence.title,
                "scenario_word": word,
                "word": word,
                "words": absence.why,
            }


def _common(run: RunResult, position: PositionResult) -> dict[str, str]:
    meter = position.one("meter")
    return {
        "emulated": EMULATED if position.emulated else "",
        "report": report_number(run),
        "run_word": str(run.word),
        "position": position.name,
        **{key: str(meter.get(key, "")) for key in ("model", "serial", "firmware")},
        "evidence": position.evidence.path.name,
        "chain": position.evidence.chain,
    }


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a device may call itself "=HYPERLINK(…)"."""
    formula = text[:1] in ("=", "+", "@", "\t", "\r") or (text[:1] == "-" and not text[1:2].isdigit())
    return f"'{text}" if formula else text


def write_json(run: RunResult, path: Path) -> None:
    """Write results.json: UTF-8, keys in a fixed order."""
    path.write_text(json.dumps(results(run), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_csv(run: RunResult, path: Path) -> None:
    """Write results.csv: UTF-8 with a mark for spreadsheets, comma separated."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({key: cell(text) for key, text in row.items()} for row in rows(run))
