"""Who ran what, when and where: beside the evidence, because none of it belongs into what must be byte-equal."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

from rig.clock import IST, boot_id, utc_now
from rig.evidence import SUFFIX, read
from rig.zones import USUAL, change_ahead, zone_named


class Provenance:
    """Begins when it is made; `write` puts it into a run folder. Instruments and calibration come from the bench file."""

    def __init__(self, instruments: list[dict[str, Any]] | None = None, zone: str = USUAL) -> None:
        self._started = utc_now()
        self._zone = zone
        self._instruments = instruments or []

    def write(self, folder: Path) -> None:
        """Write provenance.json, naming the last hash of every evidence file."""
        ended, place = utc_now(), zone_named(self._zone)
        facts = {
            "format": 1,
            "started_utc": self._started.isoformat(timespec="seconds"),
            "ended_utc": ended.isoformat(timespec="seconds"),
            "started_ist": self._started.astimezone(IST).isoformat(timespec="seconds"),
            "ended_ist": ended.astimezone(IST).isoformat(timespec="seconds"),
            "started_local": self._started.astimezone(place).isoformat(timespec="seconds"),
            "ended_local": ended.astimezone(place).isoformat(timespec="seconds"),
            "zone": "IST" if self._zone == USUAL else self._zone,
            "clocks_change": change_ahead(self._zone, self._started),
            "git_commit": _commit(),
            "python": platform.python_version(),
            "platform": platform.platform(terse=True),
            "boot": boot_id(),
            "instruments": self._instruments,
            "files": {file.name: read(file).chain for file in sorted(folder.glob(f"*{SUFFIX}"))},
        }
        (folder / "provenance.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _commit() -> str:
    """The commit of the checkout that the rig runs from; empty when it is installed from a wheel."""
    root = Path(__file__).resolve().parent.parent
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        return ""
    asked = [git, "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return found.stdout.strip()
