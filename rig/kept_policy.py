"""A policy as a meter keeps it: without the rules that its map declares no capability for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from rig.contracts import Capability
from rig.policies.reconnection import Reconnection
from rig.policies.supply import NoCut
from rig.policies.tariff import Tariff
from rig.policies.values import Source
from rig.policy_file import PolicyFile


def kept_by(file: PolicyFile, lacking: Collection[Capability], map_name: str) -> PolicyFile:
    """The policy for a meter without these capabilities: nothing is expected of it by a rule that needs one.

    With slabs left out, all energy costs what the first slab does.
    """
    left: dict[str, Any] = {"tariff": _tariff(file.tariff, lacking)}
    sinks = set()
    if Capability.NOTICES in lacking:
        left["notices"] = None
    if Capability.NO_CUT_WINDOWS in lacking:
        left["no_cut"] = NoCut()
    if Capability.EMERGENCY_CREDIT in lacking:
        left["emergency_credit"] = None
        sinks.add("emergency_credit")
    if Capability.ARREARS in lacking:
        left["instalment"] = None
        left["reconnection"] = _without_dues(file.reconnection)
        sinks.add("charges")
    left["sinks"] = [sink for sink in file.sinks if sink.kind not in sinks]
    changed = file.model_copy(update=left)
    by_map = Source(source=f"map {map_name} declares no {', '.join(sorted(lacking))}", date=str(file.reviewed_on))
    sources = {path: file.sources.get(path, by_map) for path, _, _ in changed.stated()}
    return changed.model_copy(update={"sources": sources})


def needed_by(file: PolicyFile) -> dict[Capability, str]:
    """What a meter needs for the rules of the policy that a map has a capability for, and what those rules say."""
    asked = {capability: _said(file, paths) for capability, paths in _RULES.items()}
    if not file.no_cut.empty:
        asked[Capability.NO_CUT_WINDOWS] = _said(file, ("no_cut.",))
    if file.payment_mode == "prepaid":
        asked[Capability.CREDIT_CUT] = "supply is cut when credit is gone"
    if len(file.tariff.bands) < 2:
        del asked[Capability.SLABS]
    return {capability: f"{_CALLED[capability]}{said}" for capability, said in asked.items() if said}


_RULES = {
    Capability.ARREARS: ("sinks.arrears", "instalment.", "reconnection.dues"),
    Capability.NOTICES: ("notices.",),
    Capability.EMERGENCY_CREDIT: ("emergency_credit.",),
    Capability.DAILY_CHARGES: ("tariff.daily_charge", "tariff.monthly_charge", "tariff.fixed_charge"),
    Capability.SLABS: ("tariff.slabs.",),
    Capability.TIME_OF_USE: ("tariff.time_of_use",),
}
"""Capability -> the key paths of the rules that need it."""
_CALLED = {
    Capability.ARREARS: "arrears: ",
    Capability.CREDIT_CUT: "",
    Capability.NOTICES: "notices: ",
    Capability.NO_CUT_WINDOWS: "no cut: ",
    Capability.EMERGENCY_CREDIT: "emergency credit: ",
    Capability.DAILY_CHARGES: "charges by day or month: ",
    Capability.SLABS: "rates by slab: ",
    Capability.TIME_OF_USE: "rates by hour: ",
}


def _without_dues(rule: Reconnection | None) -> Reconnection | None:
    return None if rule is None or rule.least_balance is None else rule.model_copy(update={"dues": None})


def _said(file: PolicyFile, paths: tuple[str, ...]) -> str:
    return ", ".join(_words(file, paths))


def _words(file: PolicyFile, paths: tuple[str, ...]) -> Iterator[str]:
    """Each rule as the policy states it; of many holidays or slabs the first few."""
    told = [f"{said} {unit}".strip() for path, said, unit in file.stated() if path.startswith(paths)]
    yield from told[:4]
    if len(told) > 4:
        yield f"and {len(told) - 4} more"


def _tariff(tariff: Tariff, lacking: Collection[Capability]) -> Tariff:
    left: dict[str, Any] = {}
    if Capability.DAILY_CHARGES in lacking:
        left |= {"daily_charge": None, "monthly_charge": None, "fixed_charge": None}
    if Capability.SLABS in lacking and tariff.slabs:
        left |= {"slabs": None, "energy_charge": tariff.slabs[0].energy_charge}
    if Capability.TIME_OF_USE in lacking:
        left["time_of_use"] = []
    return tariff.model_copy(update=left)
