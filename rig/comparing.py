"""Two runs beside each other: verdicts that changed, and timed quantities that moved further than both spans are wide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rig.clock import FOREVER
from rig.judging import between, in_seconds
from rig.results import EMULATED, PositionResult, RunResult, ScenarioResult
from rig.verdict import Word

FORMAT = 1
GONE = "not in this run"
NONE = "none"

_RANK: Mapping[str, int] = {
    Word.PASS: 0, NONE: 0, Word.INCONCLUSIVE: 1, "not shown": 1, "never ran": 1, Word.ERROR: 2, Word.FAIL: 3,
}  # fmt: skip
"""What is worse than what. A promise that one run did not make, or a scenario that it does not hold, is neither."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A word that is another one. `judgement` is empty for a scenario as a whole; `words` say why it is so now, or was."""

    position: str
    scenario: str
    judgement: str
    was: str
    now: str
    words: str

    @property
    def fell(self) -> bool:
        """True where it is worse now."""
        return self.was in _RANK and self.now in _RANK and _RANK[self.now] > _RANK[self.was]


@dataclass(frozen=True, slots=True)
class Moved:
    """A timed quantity whose spans have nothing in common; `by` is how far apart they are, at least and at most."""

    position: str
    scenario: str
    judgement: str
    was: str
    now: str
    by: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two runs differ in. `sides`: who was tested by what under which rules, one table of facts a run and position."""

    sides: tuple[Sequence[Mapping[str, str]], Sequence[Mapping[str, str]]]
    changed: tuple[Changed, ...]
    moved: tuple[Moved, ...]
    notes: tuple[str, ...]
    emulated: bool

    @property
    def fell(self) -> bool:
        """True where any verdict is worse in the second run."""
        return any(one.fell for one in self.changed)

    @property
    def exit_code(self) -> int:
        """1 where a verdict fell; a moved time is only told."""
        return int(self.fell)

    def as_json(self) -> dict[str, Any]:
        """Everything, as plain data."""
        return {
            "format": FORMAT,
            "emulated": EMULATED if self.emulated else "",
            "a": list(self.sides[0]),
            "b": list(self.sides[1]),
            "changed": [{**asdict(one), "fell": one.fell} for one in self.changed],
            "moved": [asdict(one) for one in self.moved],
            "notes": list(self.notes),
            "fell": self.fell,
            "exit_code": self.exit_code,
        }


def compare(a: RunResult, b: RunResult) -> Comparison:
    """The second run against the first. Positions of one name are compared, and the only one of each run with the other."""
    pairs = list(_pairs(a, b))
    return Comparison(
        ([_facts(a, one) for one in a.positions], [_facts(b, one) for one in b.positions]),
        tuple(one for first, second in pairs for one in _changed(first, second)),
        tuple(one for first, second in pairs for one in _moved(first, second)),
        tuple(_notes(a, b, pairs)),
        a.emulated or b.emulated,
    )


def _pairs(a: RunResult, b: RunResult) -> Iterator[tuple[PositionResult, PositionResult]]:
    if len(a.positions) == len(b.positions) == 1:
        yield a.positions[0], b.positions[0]
        return
    named = {one.name: one for one in b.positions}
    yield from ((one, named[one.name]) for one in a.positions if one.name in named)


def _facts(run: RunResult, position: PositionResult) -> dict[str, str]:
    identity, meter = position.evidence.identity(), position.one("meter")
    bench, plan = identity.get("bench") or {}, identity.get("plan") or {}
    return {
        "run": str(run.folder),
        "position": position.name,
        "word": str(position.word),
        "meter": str(meter.get("model", "")),
        "serial": str(meter.get("serial", "")),
        "firmware": str(meter.get("firmware", "")),
        "map": _named(identity.get("map")),
        "policy": _named(identity.get("policy")),
        "plan": _named(plan) + (", part of it" if plan.get("name") and plan.get("part") else ""),
        "bench": _named(bench),
        "rig": str((identity.get("versions") or {}).get("prepaid-meter-rig", "")),
        "faults": ", ".join(identity.get("faults") or ()),
        "seed": str(identity.get("seed", "")),
        "started": str(run.provenance.get("started_utc", "")),
        "evidence": f"{position.evidence.path.name}, {position.evidence.state}, {position.evidence.chain[:12]}",
    }


def _named(thing: Mapping[str, Any] | None) -> str:
    """A file by its name and the beginning of its hash: two of one name need not be the same."""
    if not thing or not thing.get("name"):
        return NONE
    return f"{thing['name']} ({str(thing.get('sha256', ''))[:8]})"


def _notes(a: RunResult, b: RunResult, pairs: Sequence[tuple[PositionResult, PositionResult]]) -> Iterator[str]:
    for run, others, side in ((a, [p for p, _ in pairs], "first"), (b, [p for _, p in pairs], "second")):
        alone = [one.name for one in run.positions if one not in others]
        if alone:
            yield f"only in the {side} run, and not compared: {', '.join(alone)}"
    for first, second in pairs:
        was, now = _facts(a, first), _facts(b, second)
        for what in ("serial", "firmware", "map", "policy", "plan", "bench", "rig", "faults"):
            if was[what] != now[what]:
                yield f"{second.name}: {what}: {was[what] or NONE}, then {now[what] or NONE}"


Words = dict[tuple[str, int], tuple[str, str, ScenarioResult | None]]


def _words(position: PositionResult) -> Words:
    """Every scenario's word, why, and result, by id and by which time it ran."""
    found: Words = {}
    for one in position.scenarios:
        found[_next(found, one.id)] = (str(one.word), next(iter(one.outcome.reasons), ""), one)
    for absence in position.absences:
        found[_next(found, absence.id)] = (absence.word, absence.why, None)
    return found


def _next(found: Words, scenario: str) -> tuple[str, int]:
    return scenario, sum(known == scenario for known, _ in found)


def _changed(a: PositionResult, b: PositionResult) -> Iterator[Changed]:
    first, second = _words(a), _words(b)
    for key in dict.fromkeys([*first, *second]):
        was, why_was, before = first.get(key, (GONE, "", None))
        now, why_now, after = second.get(key, (GONE, "", None))
        if was != now:
            yield Changed(b.name, key[0], "", was, now, why_now or why_was)
        if before is not None and after is not None:
            yield from _changed_inside(b.name, before, after)


def _changed_inside(position: str, a: ScenarioResult, b: ScenarioResult) -> Iterator[Changed]:
    for name, verdict in b.outcome.judgements.items():
        before = a.outcome.judgements.get(name)
        if before is not None and before.word is not verdict.word:
            told = verdict if verdict.word is not Word.PASS else before
            yield Changed(position, b.id, name, str(before.word), str(verdict.word), told.words)
    was, now = ({str(f["of"]): str(f["words"]) for f in one.of("finding")} for one in (a, b))
    for of in sorted(was.keys() ^ now.keys()):
        came = of in now
        words = now[of] if came else was[of]
        ends = (NONE, str(Word.FAIL)) if came else (str(Word.FAIL), NONE)
        yield Changed(position, b.id, f"finding: {of}", ends[0], ends[1], words)


def _moved(a: PositionResult, b: PositionResult) -> Iterator[Moved]:
    first, second = _words(a), _words(b)
    for key, (_, _, before) in first.items():
        after = second.get(key, ("", "", None))[2]
        if before is None or after is None:
            continue
        spans = _timed(after)
        for name, was in _timed(before).items():
            for old, new in zip(was, spans.get(name, ()), strict=False):
                if by := _apart(old, new):
                    yield Moved(b.name, after.id, name, between(*old), between(*new), by)


def _timed(result: ScenarioResult) -> dict[str, list[tuple[int, int]]]:
    """Every span that was observed for a timed judgement (ns), in order; what never came ends at `FOREVER`."""
    timed = {one["name"] for one in result.declared["judges"] if one["limit"]["kind"] == "timed"}
    found: dict[str, list[tuple[int, int]]] = {}
    for record in result.of("observation"):
        if record["judgement"] in timed:
            lo, hi = record["observed"]["span"]
            found.setdefault(record["judgement"], []).append((int(lo), FOREVER if hi is None else int(hi)))
    return found


def _apart(was: tuple[int, int], now: tuple[int, int]) -> str:
    """How much later or earlier it is, at least and at most; empty where both spans have a moment in common."""
    if now[0] > was[1]:
        return f"later by {_far(now[0] - was[1], now[1] - was[0])}"
    if was[0] > now[1]:
        return f"earlier by {_far(was[0] - now[1], was[1] - now[0])}"
    return ""


def _far(least: int, most: int) -> str:
    return f"at least {in_seconds(least)}" if most >= FOREVER // 2 else between(least, most)
