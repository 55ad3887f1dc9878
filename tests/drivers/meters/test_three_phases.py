"""The reference map for three phases is the reference map, and its phases beside."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from rig.contracts import PHASES

MAPS = resources.files("drivers.meters.maps")


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((MAPS / f"{name}.toml").read_text(encoding="utf-8"))


def test_nothing_differs_but_the_phases() -> None:
    one, three = table("reference"), table("reference_3ph")
    assert set(three["registers"]) - set(one["registers"]) == set(PHASES)
    assert dict(three["events"]["codes"].items() - one["events"]["codes"].items()) == {
        "1": "phase 1 missing", "2": "phase 1 missing ended", "3": "phase 2 missing", "4": "phase 2 missing ended",
        "5": "phase 3 missing", "6": "phase 3 missing ended",
    }  # fmt: skip
    for table_ in (one, three):
        table_["registers"] = {name: row for name, row in table_["registers"].items() if name not in PHASES}
        table_["events"]["codes"] = {code: name for code, name in table_["events"]["codes"].items() if int(code) > 6}
        del table_["model"]
    assert three == one
