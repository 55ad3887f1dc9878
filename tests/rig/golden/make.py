"""Makes the golden runs of a version: `python -m tests.rig.golden.make FOLDER`. What was kept once is never changed.

Wall-clock times, platform and commit are put to fixed words, since the golden runs are kept for their verdicts.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from rig.judged import judged_run
from tests.runs.command import rig

PLAN = """\
format = 1
name = "golden"
title = "Golden: a recharge, and a cut with a recharge after it"
scenarios = ["RCH-1", "EXH-2"]
"""
SLOW = """\
format = 1
name = "slow"
kind = "sim"
description = "emulated bench in virtual time, whose contact is looked at once a second"
limits = { volts = 276, amps = 25, watts = 5000, watt_hours = 20000, seconds = 36000, relay_operations = 500 }
positions = [{ name = "P01", every_ms = 1000 }]
"""
RUNS = {"healthy": [], "late_cut": ["--fault", "C2"], "slow_channel": ["--bench", "slow.toml"]}
KEPT = ("P01.rig.jsonl", "provenance.json")


def make(target: Path) -> None:
    """Run, judge, and keep evidence, provenance and verdicts of each golden run."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "golden.toml").write_text(PLAN, encoding="utf-8")
        (here / "slow.toml").write_text(SLOW, encoding="utf-8")
        for name, options in RUNS.items():
            named = [str(here / one) if one.endswith(".toml") else one for one in options]
            rig("run", "--plan", here / "golden.toml", "--out", here / name, *named)
            _neutral(here / name / "provenance.json")
            kept = target / name
            kept.mkdir(parents=True, exist_ok=True)
            for file in KEPT:
                shutil.copy(here / name / file, kept / file)
            (kept / "expected.json").write_text(json.dumps(verdicts(kept), indent=1) + "\n", encoding="utf-8")


def _neutral(file: Path) -> None:
    facts = json.loads(file.read_text(encoding="utf-8"))
    times = dict.fromkeys(("started_utc", "ended_utc"), "2026-11-25T12:00:00+00:00")
    local = ("started_ist", "ended_ist", "started_local", "ended_local")
    times |= dict.fromkeys(local, "2026-11-25T17:30:00+05:30")
    facts |= {**times, "git_commit": "", "platform": "golden", "python": "3.11", "boot": ""}
    file.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def verdicts(folder: Path) -> dict[str, object]:
    """Every word that a run comes to."""
    run = judged_run(folder)
    return {
        "word": str(run.word),
        "exit_code": run.exit_code,
        "states": {p.name: p.evidence.state for p in run.positions},
        "scenarios": {
            one.id: {
                "word": str(one.word),
                "reasons": list(one.outcome.reasons),
                "judgements": {name: str(verdict.word) for name, verdict in one.outcome.judgements.items()},
            }
            for one in run.scenarios
        },
        "absences": {one.id: one.word for one in run.absences},
    }


if __name__ == "__main__":
    make(Path(sys.argv[1]))
