"""Positions that a failed restore has blocked, until a person clears them with a reason.

Kept per user outside every run folder, one small file a position: the meter still hangs there after the run.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from rig.clock import utc_now
from rig.errors import ConfigError


def state_folder() -> Path:
    """Where the rig remembers blocked positions: RIG_STATE, else the user's state folder."""
    named = os.environ.get("RIG_STATE")
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(named) if named else (Path(base) if base else Path.home() / ".local" / "state") / "prepaid-meter-rig"


def _file(bench: str, position: str) -> Path:
    return state_folder() / f"{bench}.{position}.blocked.json"


def block(bench: str, position: str, why: str, run: Path) -> None:
    """Block a position; `why` says what could not be put back, `run` where the evidence is."""
    file = _file(bench, position)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"why": why, "run": str(run), "since": utc_now().isoformat()}), encoding="utf-8")


def refuse_blocked(bench: str, position: str) -> None:
    """ConfigError when the position is blocked: says why, and how to clear it."""
    file = _file(bench, position)
    if not file.exists():
        return
    known = json.loads(file.read_text(encoding="utf-8"))
    raise ConfigError(
        f"{bench} {position}: blocked since {known['since']}: {known['why']} (run {known['run']}). "
        f"Look at the meter, then: rig clear {position} --bench {bench} --reason …"
    )


def clear(bench: str, position: str, reason: str) -> str:
    """Clear a position and keep the reason; returns why it was blocked. ConfigError when it was not."""
    file = _file(bench, position)
    if file.parent != state_folder() or not file.exists():
        raise ConfigError(f"{bench} {position}: is not blocked")
    known = json.loads(file.read_text(encoding="utf-8"))
    line = json.dumps({**known, "position": position, "cleared": utc_now().isoformat(), "reason": reason})
    with (file.parent / f"{bench}.cleared.jsonl").open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    file.unlink()
    return str(known["why"])
