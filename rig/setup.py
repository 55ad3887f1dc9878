"""What one run is: bench, position, policy, map, plan, seed and faults, and the identity that the evidence closes over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rig.bench_checks import instruments_of
from rig.catalogue import file_named
from rig.channel import resolution, sense_delay
from rig.config import EMULATED_MOST_VOLTS, BenchFile, PositionTable
from rig.plan import Plan
from rig.policy import Policy

PACKAGES = ("prepaid-meter-rig", "pymodbus", "pyvisa", "pyvisa-py", "pyserial", "pytest", "pydantic")


@dataclass(frozen=True, slots=True)
class Setup:
    """One position's run, everything decided and checked, nothing energised yet.

    `part` is true when something narrowed the plan. `zero` is the raw clock reading that all processes share.
    """

    bench: BenchFile
    position: str
    map_name: str
    policy: Policy
    plan: Plan | None
    out: Path
    seed: int = 0
    faults: tuple[str, ...] = ()
    part: bool = False
    zero: int | None = None
    keeper: str = ""
    owner: bool = True
    """False in a position process: whoever started it renders, and owns keeper and emulator."""
    selected: tuple[str, ...] = field(default=())
    map_zone: str = ""
    """Where the map says that its meters keep their time; empty where they keep none."""
    delay_from: str = ""
    """Where the channel's delay comes from, when it is not the bench file."""

    @property
    def table(self) -> PositionTable:
        """The position's table."""
        return self.bench.position(self.position)

    @property
    def resolution(self) -> int:
        """How finely the relay channel resolves a moment (ns): the grid, the channel's own delay, and one exchange."""
        return resolution(self.table, self.bench)

    @property
    def sense_delay(self) -> tuple[int, int]:
        """How far the sense channel lags behind the contact (least, most; ns), as the bench file states."""
        return sense_delay(self.table)

    @property
    def source_volts(self) -> int | None:
        """What the position's source can be set to at most (V), as the bench file states; None: its voltage cannot be set."""
        if self.bench.emulates:
            return int((self.bench.emulated or {}).get("most_volts", EMULATED_MOST_VOLTS))
        most = (self.table.source or self.bench.source or {}).get("most_volts")
        return None if most is None else int(most)

    @property
    def meter_zone(self) -> str:
        """Where the meter keeps its time: as the bench file says of it, else as its map; an emulated one, with its bench."""
        if self.bench.emulates:
            return self.bench.zone
        return self.table.meter.zone or self.map_zone or self.bench.zone

    def identity(self, map_facts: Mapping[str, Any]) -> dict[str, Any]:
        """The identity record: bench, map, policy, plan, versions, seed and faults; no times, hosts or process ids."""
        table = self.table
        bench = self.bench
        instruments = instruments_of(bench, (self.position,))
        channel = {
            "what": (table.sense or {}).get("type", "digital input of the emulated bench"),
            "every_ms": table.every_ms,
            "delay_ms": [_ms(d) for d in self.sense_delay],
            "resolution_ms": _ms(self.resolution),
            "live": table.live,
            **({"delay_from": self.delay_from} if self.delay_from else {}),
        }
        return {
            "bench": {
                "name": bench.name,
                "kind": bench.kind,
                "description": bench.description,
                "sha256": hashlib.sha256(_stable(bench).encode()).hexdigest(),
                "channel": channel,
                "energy_from": f"load, accuracy {self._accuracy()} %; no reference meter",
                "mains": {"volts": str(bench.mains.volts), "hertz": str(bench.mains.hertz)},
                "limits": bench.limits.model_dump(),
                **({"instruments": instruments} if instruments else {}),
            },
            "map": dict(map_facts),
            "policy": self.policy.facts(self.policy.file.reviewed_on if self.bench.kind == "sim" else None),
            "plan": self._plan_facts(),
            "versions": dict(_versions()),
            "seed": self.seed,
            "faults": list(self.faults),
        }

    def _accuracy(self) -> str:
        return str((self.table.load or {}).get("accuracy_percent", "0.5 (not stated, own choice)"))

    def _plan_facts(self) -> dict[str, Any]:
        if self.plan is None:
            return {"name": "", "title": "no plan", "sha256": "", "scenarios": list(self.selected), "part": True}
        return {
            "name": self.plan.name,
            "title": self.plan.title,
            "sha256": self.plan.sha256,
            "scenarios": list(self.plan.scenarios),
            "part": self.part,
        }


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    """What is installed does not change while a process runs, and finding it out reads many files."""
    return tuple((name, version(name)) for name in PACKAGES)


def _ms(ns: int) -> str:
    """ns as milliseconds, exact, as text."""
    return f"{Decimal(ns) / 10**6:f}"


def _stable(bench: BenchFile) -> str:
    """The bench without the addresses that an emulator chose, so that equal benches have equal hashes."""
    table = bench.model_dump(mode="json")
    for position in table["positions"]:
        for key in ("button", "tampering", "known_relay"):
            if position[key] is None:
                del position[key]  # a bench without one is the same bench as before there were any
    if bench.emulates:
        for position in table["positions"]:
            position["sense"] = position["source"] = None
            position["load"] = {
                k: v for k, v in (position["load"] or {}).items() if k in ("rating_w", "accuracy_percent")
            }
            position["meter"]["bus"] = None
    return json.dumps(table, sort_keys=True)


def file_facts(kind: str, name: str) -> dict[str, str]:
    """Name and hash of a catalogue file."""
    file = file_named(kind, name)
    return {"name": name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
