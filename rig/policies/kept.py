"""A policy as a meter keeps it: without the rules that its map declares no capability for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rig.contracts import Capability
from rig.policies.supply import NoCut
from rig.policies.tariff import Tariff
from rig.policies.values import Source
from rig.policy_file import PolicyFile


def kept_by(
    file: PolicyFile, capabilities: Collection[Capability], map_name: str
) -> tuple[PolicyFile, tuple[str, ...]]:
    """The policy for a meter with these capabilities, and the names of those that a rule of it would need beside them.

    Such a rule is not the meter's to keep, so nothing of it is expected, and the title of the policy says so. With slabs left
    out, all energy costs what the first slab does.
    """
    lacking = tuple(sorted(one for one in _asked(file) if one not in capabilities))
    if not lacking:
        return file, ()
    words = f"without what map {map_name} does not declare: {', '.join(lacking)}"
    left: dict[str, Any] = {"title": f"{file.title} ({words})", "tariff": _tariff(file.tariff, lacking)}
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
        sinks.add("charges")
    left["sinks"] = [sink for sink in file.sinks if sink.kind not in sinks]
    changed = file.model_copy(update=left)
    by_map = Source(source=f"map {map_name} declares no {', '.join(lacking)}", date=str(file.reviewed_on))
    sources = {path: file.sources.get(path, by_map) for path, _, _ in changed.stated()}
    return changed.model_copy(update={"sources": sources}), lacking


def _asked(file: PolicyFile) -> set[Capability]:
    """What a meter needs for every rule of the policy that a map has a capability for."""
    tariff = file.tariff
    return {
        capability
        for capability, asked in (
            (Capability.NOTICES, file.notices is not None),
            (Capability.NO_CUT_WINDOWS, not file.no_cut.empty),
            (Capability.EMERGENCY_CREDIT, file.emergency_credit is not None),
            (Capability.ARREARS, file.instalment is not None),
            (Capability.DAILY_CHARGES, bool(tariff.daily or tariff.monthly)),
            (Capability.SLABS, len(tariff.bands) > 1),
            (Capability.TIME_OF_USE, bool(tariff.time_of_use)),
        )
        if asked
    }


def _tariff(tariff: Tariff, lacking: Collection[Capability]) -> Tariff:
    left: dict[str, Any] = {}
    if Capability.DAILY_CHARGES in lacking:
        left |= {"daily_charge": None, "monthly_charge": None, "fixed_charge": None}
    if Capability.SLABS in lacking and tariff.slabs:
        left |= {"slabs": None, "energy_charge": tariff.slabs[0].energy_charge}
    if Capability.TIME_OF_USE in lacking:
        left["time_of_use"] = []
    return tariff.model_copy(update=left)
