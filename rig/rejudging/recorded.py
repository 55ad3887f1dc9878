"""What a run was judged by, rebuilt from its evidence: policy, promises, settings, and the terms that limits derive from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rig.catalogue import file_named, files, thing
from rig.contracts import SETTINGS, Capability
from rig.errors import ConfigError
from rig.limiting import over_current_watts
from rig.money import MoneyUnit
from rig.policy import Policy, load_policy
from rig.promises import Promises
from rig.results import PositionResult, ScenarioResult
from rig.scenario import Terms


@dataclass(frozen=True, slots=True)
class Meter:
    """The meter as the evidence knows it: what it promises and is capable of, what its map declares absent where that is known.

    `unread`: why this version cannot read what it promised; empty where it can.
    """

    map_name: str
    promises: Promises | None
    unread: str
    capabilities: frozenset[Capability]
    absent: frozenset[Capability]
    money: MoneyUnit

    def keeps(self, policy: Policy) -> Policy:
        """The policy as this meter keeps it."""
        step = None
        if self.money.sign == "kWh":
            step = Fraction(self.money.name.partition(" ")[0]) * 1000
        return policy.for_wallet(step, self.map_name).for_meter(self.capabilities, self.map_name, self.absent)


def meter_of(position: PositionResult) -> Meter:
    """Rebuild the meter. ConfigError where the evidence ends before it was read."""
    told, map_ = position.one("meter"), position.evidence.identity().get("map") or {}
    if not told:
        raise ConfigError(f"{position.evidence.path}: ends before the meter was read: there is nothing to judge again")
    name = str(map_.get("name", ""))
    known = {one.value for one in Capability}
    capabilities = frozenset(Capability(one) for one in told.get("capabilities", ()) if one in known)
    promises, unread = None, ""
    try:
        promises = Promises.read(told.get("promises") or {}, f"map {name}")
    except ConfigError as error:
        unread = "; ".join(error.problems)
    absent = _absent(position, name, str(map_.get("sha256", "")))
    return Meter(name, promises, unread, capabilities, absent, position.money)


def _absent(position: PositionResult, name: str, sha256: str) -> frozenset[Capability]:
    """What the map declares absent: from the installed map where it is the very same, else what the run's exclusions say."""
    meters = thing("meters", "modbus")
    try:
        map_ = meters.load(file_named("maps", name))
    except ConfigError:
        map_ = None
    if map_ is not None and meters.facts(map_)["sha256"] == sha256:
        return frozenset(map_.absent)
    ids = {a.id.removeprefix("policy.") for a in position.absences if a.of_policy and a.harmless}
    return frozenset(one for one in Capability if one.value in ids)


def policy_of(position: PositionResult) -> Policy | None:
    """The policy that the run was judged by, as the utility wrote it; None where no installed file is the very same."""
    sha256 = (position.evidence.identity().get("policy") or {}).get("sha256")
    return next((one for one in _installed() if one.sha256 == sha256), None)


def _installed() -> Iterator[Policy]:
    for entry in files("policies"):
        try:
            yield load_policy(entry.file)
        except ConfigError:
            continue  # one that is wrong is not the one that ran


def terms_of(position: PositionResult, result: ScenarioResult, promises: Promises, policy: Policy) -> Terms:
    """The terms of one scenario, under this policy. What is not in the evidence is left as it is by default."""
    bench = position.evidence.identity().get("bench") or {}
    resolution = Decimal(str((bench.get("channel") or {}).get("resolution_ms", "0")))
    accuracy = _accuracy(str(bench.get("energy_from", "")))
    mains = Decimal(str((bench.get("mains") or {}).get("volts", "230")))
    most = int((bench.get("limits") or {}).get("watts", 1 << 62))
    carries = over_current_watts(promises, accuracy, mains)
    return Terms(
        policy,
        promises,
        int(resolution * 10**6),
        _settings(position, result),
        accuracy,
        most_watts=min(most, carries[0]) if carries else most,
    )


def _accuracy(energy_from: str) -> Fraction:
    said = re.search(r"accuracy ([0-9.]+)", energy_from)
    return Fraction(said.group(1)) / 100 if said else Fraction(0)


def _settings(position: PositionResult, result: ScenarioResult) -> dict[str, int]:
    """Every setting that is a whole number, as it stood when the scenario began, and as its start then set it."""
    known: dict[str, int] = _whole(position.one("meter").get("settings") or {})
    for record in position.evidence.records:
        if record["n"] >= result.declared["n"]:
            break
        if record["kind"] == "reading":
            known |= _whole(record["values"], SETTINGS)
        elif record["kind"] == "setting":
            known |= _whole(
                {record["item"]: record["left"] if record["left"] is not None else record["written"]}, SETTINGS
            )
    return {**known, **_whole((result.declared.get("starts") or {}).get("settings") or {})}


def _whole(values: Mapping[str, Any], of: Collection[str] = ()) -> dict[str, int]:
    return {i: v for i, v in values.items() if type(v) is int and (not of or i in of)}
