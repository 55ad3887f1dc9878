"""Runs of a few records, whose every word is the test's: for whoever compares runs, or judges them again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rig.clock import SECOND
from rig.evidence import Writer
from rig.verdict import judge, outcome, worst

WINDOW = {"kind": "timed", "window": [0, 10 * SECOND], "resolution": 0}
ANSWER = {"kind": "equal", "value": 42, "unit": ""}


def seconds(lo: float, hi: float | None) -> dict[str, Any]:
    """What was observed of a time (s); `hi` None for what never came."""
    return {"span": [int(lo * SECOND), None if hi is None else int(hi * SECOND)]}


def scenario(**observed: Any) -> dict[str, Any]:
    """A scenario with the judgements that are observed: `time` (a list of spans) and `answer`; `findings` besides."""
    return observed


def write_small_run(
    folder: Path,
    scenarios: Mapping[str, Mapping[str, Any]],
    *,
    position: str = "P01",
    firmware: str = "1.0",
    map_: str = "reference",
    policy: str = "arrears_first",
    excluded: Mapping[str, str] | None = None,
    emulated: bool = False,
) -> Path:
    """A closed run folder with one position."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer(folder / f"{position}.rig.jsonl")
    writer.record("header", 0, format=1, position=position, emulated=emulated, bench_kind="wired")
    facts = {kind: {"name": name, "sha256": name * 2} for kind, name in (("map", map_), ("policy", policy))}
    writer.record("identity", 0, **facts, plan={"scenarios": [], "part": True}, faults=[], seed=0)
    writer.record("meter", 0, model="M", serial="S1", firmware=firmware, settings={}, promises={}, capabilities=[])
    for id_, word in (excluded or {}).items():
        writer.record("exclusion", 0, id=id_, title=id_, word=word, why="the map declares no such thing")
    words = [_scenario(writer, id_, told) for id_, told in scenarios.items()]
    words += [worst([]) for word in (excluded or {}).values() if word == "not shown"]
    writer.record("summary", 9, word=worst(words), counts={}, not_shown=[], not_promised=[])
    chain = writer.close(9, "complete")
    provenance = folder / "provenance.json"
    files = json.loads(provenance.read_text())["files"] if provenance.exists() else {}
    provenance.write_text(json.dumps({"format": 1, "files": {**files, writer.path.name: chain}}))
    return folder


def _scenario(writer: Writer, id_: str, told: Mapping[str, Any]) -> Any:
    limits = {"time": WINDOW, "answer": ANSWER}
    judges = [
        {"name": name, "kind": limit["kind"], "promised": name, "sources": [], "limit": limit}
        for name, limit in limits.items()
        if name in told
    ]
    records: list[dict[str, Any]] = [{"kind": "scenario", "id": id_, "title": id_, "function": "f", "judges": judges}]
    observed: Sequence[tuple[str, Any]] = [("time", one) for one in told.get("time", ())]
    observed = [*observed, *([("answer", {"value": told["answer"]})] if "answer" in told else [])]
    for name, seen in observed:
        records.append({"kind": "observation", "judgement": name, "observed": seen, "span": [0, 1]})
        verdict = judge(limits[name], seen)
        records.append({"kind": "verdict", "judgement": name, "word": verdict.word, "words": verdict.words})
    records += [{"kind": "finding", "of": of, "words": words} for of, words in told.get("findings", {}).items()]
    word = outcome(records).word
    records.append({"kind": "scenario_end", "id": id_, "word": word, "bench_ns": 1})
    for record in records:
        writer.record(record["kind"], 1, **{key: value for key, value in record.items() if key != "kind"})
    return word
