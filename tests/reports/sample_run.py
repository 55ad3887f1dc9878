"""Writes run folders as a real run leaves them, without a bench: the input of the report's tests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rig.verdict import Word, worst
from tests.reports.sample_scenarios import PARTS, Position, equal, overload, recharge

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


def number(path: str, figure: str, unit: str, source: str, mark: str = "") -> dict[str, str]:
    return {"path": path, "value": figure, "unit": unit, "source": source, "date": "2026-04-01", "mark": mark}


def identity(part: bool, planned: list[str], kind: str, text: str) -> dict[str, Any]:
    channel = {"what": "digital input", "every_ms": 20, "delay_ms": ["0", "5"], "resolution_ms": "25", "live": "source"}
    bench = {
        "name": "desk",
        "kind": kind,
        "description": text or "one position",
        "sha256": "b" * 64,
        "channel": channel,
    }
    known = {"energy_from": "load, accuracy 0.2 %", "mains": {"volts": "230", "hertz": "50"}, "limits": {"watts": 3680}}
    model = {"name": "reference", "model": text or "Reference prepaid meter", "source": "own design"}
    policy = {
        "name": "arrears_first",
        "title": "Arrears first",
        "utility": "example utility",
        "reviewed_on": "2026-01-15",
    }
    valid = {"valid_from": "2026-01-01", "valid_to": "2026-06-30", "expired": True}
    tariff = number("tariff.energy_charge", "6.50", "INR/kWh", text or "example tariff order")
    plan = {"name": "acceptance", "title": "Acceptance of one meter", "scenarios": planned, "part": part}
    return {
        "bench": {**bench, **known},
        "map": {**model, "tried_on_hardware": False, "sha256": "a" * 64},
        "policy": {
            **policy,
            **valid,
            "sha256": "c" * 64,
            "numbers": [tariff, number("arrears.share", "100", "%", "", "GK")],
        },
        "plan": {**plan, "sha256": "d" * 64},
        "versions": {"rig": "0.1.0", "python": "3.11"},
        "seed": 7,
        "faults": [],
    }


def write_run(
    folder: Path,
    ids: Iterable[str] = ("RCH-1", "OVL-1", "EXH-1", "REL-1"),
    *,
    position: str = "P01",
    emulated: bool = True,
    serial: str = "RPM00012345",
    text: str = "",
    part: bool = False,
    cut_in: str = "",
    excluded: str = "not promised",
    misjudge: str | None = None,
    announced: dict[str, Any] | None = None,
) -> Path:
    """A run folder. `cut_in` stops the file in the middle of that scenario; `text` stands in for names that files bring."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{position}.rig.jsonl"
    p = Position(path, position, emulated)
    ids = list(ids)
    p.tell("identity", **identity(part, ids, "sim" if emulated else "wired", text))
    if announced is not None:
        p.tell("announced", **announced)
    model, settings = text or "Reference prepaid meter", {"load_limit": 2400}
    p.tell(
        "meter", model=model, serial=serial, firmware=text or "1.0.3", settings=settings, promises={}, capabilities=[]
    )
    if excluded:
        why = f"the map has no capability {text or 'emergency_credit'}"
        p.tell("exclusion", id="EMG-1", title="Emergency credit is lent once", word=excluded, why=why)
    for id_ in ids:
        if id_ == cut_in:
            p.begin(id_, "cut off", "recharge/test_exact.py::test_cut", "REQ-RCH-1", [equal("anything", "x", 1)])
            p.command("load", "draw 100 W", watts=100)
            return path
        if id_ == "OVL-1" and misjudge:
            overload(p, misjudge)
        elif id_ == "RCH-1" and text:
            recharge(p, text)
        else:
            PARTS[id_](p)
    not_shown = ["EMG-1"] if excluded == "not shown" else []
    p.tell("summary", word=worst([*p.words, *(Word.INCONCLUSIVE for _ in not_shown)]), not_shown=not_shown)
    facts = {"started_utc": "2026-11-25T08:00:00+00:00", "ended_utc": "2026-11-25T08:03:11+00:00", "zone": "IST"}
    facts |= {"git_commit": "0123abc", "python": "3.11.9", "platform": "Linux", "instruments": []}
    provenance = folder / "provenance.json"
    files = json.loads(provenance.read_text())["files"] if provenance.exists() else {}
    files[path.name] = p.writer.close(p.now, "complete")
    provenance.write_text(json.dumps({**facts, "files": files}))
    return path
