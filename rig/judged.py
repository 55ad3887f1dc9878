"""A run's evidence judged once more: what reports, exports and `rig judge` start from.

Nothing here trusts a recorded verdict. Every observation is judged again with `rig.verdict`; where the evidence says
otherwise, or its chain is broken, the run is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rig.damage import cut
from rig.errors import ConfigError
from rig.evidence import SUFFIX, Evidence, Record, read
from rig.results import NEVER_RAN, NOT_SHOWN, Absence, PositionResult, RunResult, ScenarioResult
from rig.verdict import Verdict, Word, judge, outcome, worst

BENCH_FILE = f"bench{SUFFIX}"
CUT_OFF = "the evidence ends in the middle of this scenario: the run was cut off"


def judged_run(folder: Path) -> RunResult:
    """Read and judge every evidence file of a run folder.

    Raises:
        ConfigError: no evidence in the folder, an altered file, or a recorded verdict that does not follow from
            observation and limit. Every problem at once.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder")
    files = sorted(folder.glob(f"*{SUFFIX}"))
    if not any(f.name != BENCH_FILE for f in files):
        raise ConfigError(f"{folder}: holds no evidence (*{SUFFIX}); name the folder that a run wrote")
    provenance = _provenance(folder / "provenance.json")
    problems = list(_strays(folder, files, provenance))
    positions: list[PositionResult] = []
    bench = None
    for file in files:
        try:
            evidence = _sound(read(file), provenance)
            if file.name == BENCH_FILE:
                bench = evidence
            else:
                positions.append(judged(evidence))
        except ConfigError as error:
            problems.extend(error.problems)
    problems += _misplaced(positions)
    if problems:
        raise ConfigError(problems)
    return RunResult(folder, tuple(positions), bench, provenance)


def _provenance(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: is no table")
    return found


def _strays(folder: Path, files: Sequence[Path], provenance: Mapping[str, Any]) -> Iterator[str]:
    """Files that came into the folder, or went out of it, after the run."""
    named, there = set(provenance.get("files") or ()), {file.name for file in files}
    if not named:
        return
    yield from (
        f"{folder / name}: provenance.json does not name it: it is no file of this run; take it out"
        for name in sorted(there - named)
    )
    yield from (
        f"{folder / name}: provenance.json names it, and it is gone; a run is judged whole"
        for name in sorted(named - there)
    )


def _misplaced(positions: Sequence[PositionResult]) -> Iterator[str]:
    """Evidence under another position's name, or twice: a copy is no second meter."""
    seen: dict[str, Path] = {}
    for one in positions:
        path = one.evidence.path
        if (said := path.name.removesuffix(SUFFIX)) != one.name:
            yield f"{path}: its header says position {one.name}, its name {said}; give it the name that it was written under"
        if (other := seen.setdefault(one.evidence.chain, path)) is not path:
            yield f"{path}: holds the very lines of {other.name}: a copy is no second meter; take it out"


def _sound(evidence: Evidence, provenance: Mapping[str, Any]) -> Evidence:
    if evidence.state == "altered":
        raise ConfigError(f"{evidence.problem}; altered evidence is not judged")
    files = provenance.get("files") or {}
    named = files.get(evidence.path.name)
    if named and named != evidence.chain:
        raise ConfigError(f"{evidence.path}: {cut(evidence.state, len(evidence.records))}")
    return evidence


def judged(evidence: Evidence) -> PositionResult:
    """Judge one position's file again. ConfigError where its recorded verdicts do not follow from what it observed."""
    if not evidence.records:
        raise ConfigError(f"{evidence.path}: is empty")
    name = str(evidence.records[0].get("position") or evidence.path.name.removesuffix(SUFFIX))
    problems: list[str] = []
    results: list[ScenarioResult] = []
    for group in _scenarios(evidence.records):
        try:
            result = _result(name, group)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            problems.append(f"{evidence.path}: record {group[0]['n']}: this scenario cannot be judged: {error!r}")
            continue
        results.append(result)
        problems.extend(f"{evidence.path}: {text}" for text in _disagreements(result))
    absences = _absences(evidence, results)
    errors = tuple(f"{r['error']}: {r['words']}" for r in _outside(evidence.records) if r["kind"] == "error")
    told = _told_word(results, absences, errors)
    recorded = next((r["word"] for r in evidence.of("summary")), told)
    if recorded != told and evidence.state == "complete" and not problems:
        problems.append(f"{evidence.path}: the summary says {recorded}, its scenarios come to {told}")
    if problems:
        raise ConfigError(problems)
    return PositionResult(name, evidence, tuple(results), absences, errors, _position_word(evidence, told, absences))


def _scenarios(records: Sequence[Record]) -> Iterator[list[Record]]:
    group: list[Record] = []
    for record in records:
        if record["kind"] == "scenario":
            if group:
                yield group
            group = [record]
        elif group:
            group.append(record)
            if record["kind"] == "scenario_end":
                yield group
                group = []
    if group:
        yield [r for r in group if r["kind"] not in ("summary", "close")]


def _outside(records: Sequence[Record]) -> Iterator[Record]:
    inside = False
    for record in records:
        inside = inside or record["kind"] == "scenario"
        if not inside:
            yield record
        inside = inside and record["kind"] != "scenario_end"


def _result(position: str, group: list[Record]) -> ScenarioResult:
    end = group[-1]
    finished = end["kind"] == "scenario_end"
    told = group if finished else [*group, {"kind": "stopped", "words": CUT_OFF, "at": end["at"]}]
    bench_ns = int(end["bench_ns"]) if finished else int(end["at"]) - int(group[0]["at"])
    return ScenarioResult(position, told, outcome(told), bench_ns, finished)


def _disagreements(result: ScenarioResult) -> Iterator[str]:
    limits = {one["name"]: one["limit"] for one in result.declared["judges"]}
    last: dict[str, Verdict] = {}
    for record in result.records:
        if record["kind"] == "observation":
            last[record["judgement"]] = judge(limits[record["judgement"]], record["observed"])
        elif record["kind"] == "verdict":
            name = record["judgement"]
            allowed = {v.word for v in (last.get(name), result.outcome.judgements.get(name)) if v is not None}
            if record["word"] not in allowed:
                come_to = " or ".join(sorted(allowed)) or "nothing"
                yield f"record {record['n']}: {result.id}, {name}: recorded {record['word']}, observation and limit come to {come_to}"
        elif record["kind"] == "scenario_end" and record["word"] != result.word:
            yield f"record {record['n']}: {result.id}: recorded {record['word']}, the evidence comes to {result.word}"


def _absences(evidence: Evidence, results: Sequence[ScenarioResult]) -> tuple[Absence, ...]:
    found = [Absence(r["id"], r["title"], r["word"], r["why"]) for r in evidence.of("exclusion")]
    plan = evidence.identity().get("plan") or {}
    cut_short = evidence.state != "complete"
    if plan.get("part") and not cut_short:
        return tuple(found)
    known = {a.id for a in found} | {s.id for s in results} | {"all"}
    why = "the run ended before it" if cut_short else "planned, and no trace of it in the evidence"
    found.extend(Absence(id_, "", NEVER_RAN, why) for id_ in plan.get("scenarios", ()) if id_ not in known)
    return tuple(found)


def _told_word(results: Sequence[ScenarioResult], absences: Sequence[Absence], errors: Sequence[str]) -> Word:
    """What the records themselves come to; a live run writes the same word into its summary."""
    words = [s.word for s in results]
    if errors:
        words.append(Word.ERROR)
    if any(a.word == NOT_SHOWN for a in absences):
        words.append(Word.INCONCLUSIVE)
    return worst(words)


def _position_word(evidence: Evidence, told: Word, absences: Sequence[Absence]) -> Word:
    """A run that did not come to its end, or left out what was planned, shows less than its records say."""
    words = [told]
    if evidence.state == "error":
        words.append(Word.ERROR)
    elif evidence.state != "complete" or any(not a.harmless for a in absences):
        words.append(Word.INCONCLUSIVE)
    return worst(words)
