"""What kind of file a table is from, by a key that only such a file has; for whoever was handed another kind."""

from __future__ import annotations

from collections.abc import Mapping

KINDS = (
    ("bench", "positions"), ("map", "registers"), ("policy", "tariff"), ("plan", "scenarios"),
    ("dialect", "identification"), ("dialect", "load"), ("dialect", "ac_source"),
)  # fmt: skip
_USES = {
    "bench": "rig run --bench, rig probe and rig conform take it",
    "map": "rig run --map and rig map try take it",
    "policy": "rig run --policy and rig explain take it",
    "plan": "rig run --plan takes it",
    "dialect": "a load or source in a bench file names it",
}


def kind_of(table: Mapping[str, object]) -> str:
    """bench, map, policy, plan or dialect; empty for none of them."""
    return next((kind for kind, key in KINDS if key in table), "")


def other_kind(table: Mapping[str, object], wanted: str) -> str:
    """What a file is that is clearly not of the `wanted` kind, in words; empty where it may be."""
    found = kind_of(table)
    if found in ("", wanted) or not wanted or any(kind == wanted and key in table for kind, key in KINDS):
        return ""
    return f"is a {found}, and a {wanted} is needed here; {_USES[found]}"
