"""The report's first and last pages: verdict, item, bench, limits, plan, and the statements that go with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from reports.announced import announcement
from reports.templating import render
from reports.wording import PART_OF_PLAN, STATES, in_words, report_number, risk, sentence
from rig.announced import marked
from rig.certificate import calibration_words
from rig.clock import SECOND
from rig.evidence import Evidence, canonical
from rig.results import EMULATED, PositionResult, RunResult
from rig.verdict import Word

Pairs = list[tuple[str, str]]


def front(run: RunResult) -> str:
    """Everything above the results."""
    return render(
        "front.html",
        emulated=EMULATED if run.emulated else "",
        number=report_number(run),
        sentence=sentence(run),
        css=str(run.word).lower(),
        subject=_subject(run),
        warnings=list(_warnings(run)),
        reasons=list(_reasons(run)),
        groups=[_group(positions) for positions in _alike(run.positions)],
        provenance=_provenance(run),
        evidence=[_evidence(e) for e in [*(p.evidence for p in run.positions), *([run.bench] if run.bench else [])]],
    )


def back(run: RunResult) -> str:
    """Everything below the results."""
    first = run.positions[0].evidence.identity().get("bench") or {}
    return render(
        "back.html",
        emulated=EMULATED if run.emulated else "",
        risk=risk(run),
        energy=f"Energy was taken from: {in_words(first.get('energy_from'))}. No reference meter was used unless it is named here.",
        bench_notes=[
            {
                "at": f"{r['at'] / SECOND:.3f} s",
                "words": r.get("words") or in_words({k: v for k, v in r.items() if k not in _FRAME}),
            }
            for r in (run.bench.records if run.bench else [])
            if r["kind"] not in ("header", "identity", "close")
        ],
    )


_FRAME = ("n", "kind", "at", "chain", "span")


def _subject(run: RunResult) -> str:
    meters = [
        f"{p.one('meter').get('model', 'meter')}, serial {p.one('meter').get('serial', 'not read')}"
        for p in run.positions
    ]
    when = str(run.provenance.get("started_utc", ""))[:10]
    shown = "; ".join(meters[:3]) + (f"; and {len(meters) - 3} more" if len(meters) > 3 else "")
    return f"{shown}{f'. Tested on {when} (UTC)' if when else ''}"


def _warnings(run: RunResult) -> Iterator[str]:
    yield from (f"{words}." for words in run.doubts)
    if words := run.provenance.get("clocks_change"):
        yield f"{words}."
    for position in run.positions:
        if position.evidence.state != "complete":
            yield f"{position.name}: {STATES.get(position.evidence.state, position.evidence.state)}."
        yield from (f"{position.name}: outside any scenario: {words}" for words in position.errors)
        identity = position.evidence.identity()
        if (identity.get("policy") or {}).get("expired"):
            policy = identity["policy"]
            yield f"{position.name}: the policy {policy.get('name')} EXPIRED: it was valid to {policy.get('valid_to')}."
        yield from _calibrations(position, _began(run)[:10])
        if identity.get("faults"):
            yield f"{position.name}: faults were switched on: {in_words(identity['faults'])}."
    if run.bench is not None:
        yield from (f"bench: {r['error']}: {r['words']}" for r in run.bench.of("error"))


def _began(run: RunResult) -> str:
    """When the run began, in the bench's zone; older runs know India's alone."""
    return str(run.provenance.get("started_local") or run.provenance.get("started_ist") or "")


def _calibrations(position: PositionResult, day: str) -> Iterator[str]:
    """Instruments whose certificate did not hold on the day of the run."""
    for facts in (position.evidence.identity().get("bench") or {}).get("instruments") or ():
        if day and (words := calibration_words(facts, day)):
            yield f"{position.name}: {words}."


def _reasons(run: RunResult) -> Iterator[dict[str, str]]:
    several = len(run.positions) > 1
    at = {position.name: position for position in run.positions}
    for result in sorted(
        run.scenarios, key=lambda s: (Word.FAIL, Word.ERROR, Word.INCONCLUSIVE, Word.PASS).index(s.word)
    ):
        if result.word is not Word.PASS:
            yield {
                "word": str(result.word),
                "css": str(result.word).lower(),
                "where": f"{result.position} {result.id}" if several else result.id,
                "words": result.outcome.reasons[0],
                "mark": marked(at[result.position], result),
            }


def _alike(positions: Sequence[PositionResult]) -> list[list[PositionResult]]:
    """Positions that were tested under one identity, together."""
    groups: dict[bytes, list[PositionResult]] = {}
    for position in positions:
        identity = {k: v for k, v in position.evidence.identity().items() if k not in _FRAME}
        groups.setdefault(canonical(identity), []).append(position)
    return list(groups.values())


def _group(positions: Sequence[PositionResult]) -> dict[str, Any]:
    identity = positions[0].evidence.identity()
    policy = identity.get("policy") or {}
    keys = ("path", "value", "unit", "source", "date", "mark")
    return {
        "item": _item(positions, identity.get("map") or {}),
        "meters": [_meter(p) for p in positions] if len(positions) > 1 else [],
        "bench": _bench(identity.get("bench") or {}),
        "policy": _policy(policy),
        "numbers": [{key: n.get(key) or "" for key in keys} for n in policy.get("numbers") or ()],
        "plan": _plan(positions, identity),
        "announced": announcement(positions),
        "absences": [
            {"position": p.name, "id": a.id, "title": a.title, "word": a.word, "why": a.why}
            for p in positions
            for a in p.absences
        ],
    }


def _meter(position: PositionResult) -> dict[str, str]:
    meter = position.one("meter")
    told = {key: in_words(meter.get(key)) for key in ("model", "serial", "firmware")}
    return {"position": position.name, "word": str(position.word), **told}


def _item(positions: Sequence[PositionResult], map_: dict[str, Any]) -> Pairs:
    tried = "tried on hardware" if map_.get("tried_on_hardware") else "NEVER TRIED ON HARDWARE"
    if len(positions) == 1:
        meter = _meter(positions[0])
        labels = {"model": "Model", "serial": "Serial number", "firmware": "Firmware", "position": "Position"}
        item = [(label, meter[key]) for key, label in labels.items()]
    else:
        item = [("Meters", f"{len(positions)}, listed below")]
    return [
        *item,
        (
            "Register map",
            f"{in_words(map_.get('name'))} for {in_words(map_.get('model'))}, from {in_words(map_.get('source'))}",
        ),
        ("Map status", tried),
        ("Map SHA-256", in_words(map_.get("sha256"))),
    ]


def _bench(bench: dict[str, Any]) -> Pairs:
    channel = bench.get("channel") or {}
    delay = channel.get("delay_ms") or ["0", "0"]
    measured = f", {in_words(channel['delay_from'])}" if channel.get("delay_from") else ""
    sees = (
        f"{in_words(channel.get('what'))}, sampled every {channel.get('every_ms')} ms, own delay {delay[0]} … {delay[-1]} ms"
        f"{measured}; resolves a moment to {channel.get('resolution_ms')} ms; "
        f"live line known from {in_words(channel.get('live'))}"
    )
    mains = bench.get("mains") or {}
    return [
        (
            "Bench",
            f"{in_words(bench.get('name'))} ({in_words(bench.get('kind'))}), {in_words(bench.get('description'))}",
        ),
        ("Contact seen by", sees if channel else "not stated"),
        ("Energy from", in_words(bench.get("energy_from"))),
        ("Mains", f"{in_words(mains.get('volts'))} V, {in_words(mains.get('hertz'))} Hz"),
        ("Limits", in_words(bench.get("limits"))),
        *((f"Instrument: {one.get('what')}", _instrument(one)) for one in bench.get("instruments") or ()),
        ("Bench SHA-256", in_words(bench.get("sha256"))),
    ]


def _instrument(facts: dict[str, str]) -> str:
    labels = {"serial": "serial number", "calibrated_on": "calibrated on", "calibration_due": "calibration due"}
    return ", ".join(f"{label} {facts[key]}" for key, label in labels.items() if facts.get(key)) or "not stated"


def _policy(policy: dict[str, Any]) -> Pairs:
    expired = "; EXPIRED" if policy.get("expired") else ""
    return [
        (
            "Policy",
            f"{in_words(policy.get('title'))} ({in_words(policy.get('name'))}) of {in_words(policy.get('utility'))}",
        ),
        ("Valid", f"{in_words(policy.get('valid_from'))} to {in_words(policy.get('valid_to'))}{expired}"),
        ("Reviewed on", in_words(policy.get("reviewed_on"))),
        ("Policy SHA-256", in_words(policy.get("sha256"))),
    ]


def _plan(positions: Sequence[PositionResult], identity: dict[str, Any]) -> Pairs:
    plan = identity.get("plan") or {}
    part = f"; {PART_OF_PLAN}" if plan.get("part") else ""
    named = f" ({plan['name']})" if plan.get("name") else ""
    absent = Counter(one.word for p in positions for one in p.absences)
    counts = [f"{sum(len(p.scenarios) for p in positions)} ran", *(f"{n} {word}" for word, n in sorted(absent.items()))]
    return [
        ("Plan", f"{in_words(plan.get('title'))}{named}{part}"),
        ("Scenarios", ", ".join(counts)),
        ("Seed", in_words(identity.get("seed"))),
        ("Faults on", in_words(identity.get("faults") or "none")),
        ("Plan SHA-256", in_words(plan.get("sha256"))),
    ]


def _provenance(run: RunResult) -> Pairs:
    names = {
        "started_utc": "Started (UTC)", "ended_utc": "Ended (UTC)", "started_local": "Started (bench zone)",
        "zone": "Bench zone", "git_commit": "Git commit",
        "python": "Python", "platform": "Platform", "instruments": "Instruments",
    }  # fmt: skip
    versions = run.positions[0].evidence.identity().get("versions")
    known = {**run.provenance, "started_local": _began(run)}
    pairs = [
        (label, in_words(known.get(key))) for key, label in names.items() if known.get(key) or key != "started_local"
    ]
    return [("Versions", in_words(versions)), *pairs]


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "file": evidence.path.name,
        "state": STATES.get(evidence.state, evidence.state),
        "records": len(evidence.records),
        "chain": evidence.chain,
    }
