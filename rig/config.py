"""Bench files: which devices a bench has, where they are, and what must never be exceeded.

Strict: unknown keys, wrong types and contradictions are all named at once, with file and key path.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from rig.contracts import Password
from rig.contradictions import contradictions
from rig.errors import ConfigError
from rig.opener import decimal_text, problems
from rig.toml_files import read_toml as read_toml
from rig.zones import USUAL, ZoneText

EMULATED_MOST_VOLTS = 276
"""What an emulated source can be set to at most (V), where the bench file says nothing else."""

Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]


DecimalText = Annotated[Decimal, BeforeValidator(decimal_text), Field(ge=0)]


class Strict(BaseModel):
    """A table of a file: unknown keys are refused, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class Limits(Strict):
    """What no command on this bench may exceed: V, A, W; Wh and seconds with the load on; relay operations of a run."""

    volts: int = Field(gt=0, le=480)
    amps: int = Field(gt=0, le=400)
    watts: int = Field(gt=0, le=100_000)
    watt_hours: int = Field(gt=0)
    seconds: int = Field(gt=0)
    relay_operations: int = Field(gt=0, le=10_000)


class Mains(Strict):
    """What the source is set to: V rms and Hz, and how well its voltage is known (percent)."""

    volts: DecimalText = Decimal(230)
    hertz: DecimalText = Decimal(50)


class Secret(Strict):
    """Where a password comes from: an environment variable, or a file that holds nothing else."""

    env: str | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("name exactly one of env and file")
        return self

    def read(self, where: str) -> Password:
        """The secret itself. ConfigError when it is not there; the message never shows it."""
        if self.env is not None:
            found, origin = os.environ.get(self.env), f"the environment variable {self.env}"
            if found is None:
                raise ConfigError(f"{where}: {origin} is not set")
        else:
            origin = f"the file {self.file}"
            try:
                found = Path(str(self.file)).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ConfigError(f"{where}: {self.file} cannot be read: {error.strerror}") from None
            except UnicodeDecodeError:
                raise ConfigError(f"{where}: {self.file} is no text") from None
        if not found:
            raise ConfigError(f"{where}: {origin} is empty")
        return Password(found, origin)


class MeterTable(Strict):
    """The meter of a position: its map, unit id and bus."""

    map: str = "reference"
    unit: int = Field(default=1, ge=1, le=247)
    bus: dict[str, Any] | None = None
    zone: ZoneText | None = None
    """Where the meter keeps another time than its map says."""
    secrets: dict[str, Secret] = {}


class PositionTable(Strict):
    """One place for one meter. Device tables are left out where the bench emulates them."""

    name: Name
    meter: MeterTable = MeterTable()
    load: dict[str, Any] | None = None
    sense: dict[str, Any] | None = None
    source: dict[str, Any] | None = None
    button: dict[str, Any] | None = None
    known_relay: dict[str, Any] | None = None
    """What stands in the meter's place while the bench tests itself, see `rig.relay_table`."""
    tampering: dict[str, Any] | None = None
    every_ms: int = Field(default=20, ge=1, le=10_000)
    live: Literal["source", "line_side"] = "line_side"
    phases: Annotated[list[Annotated[int, Field(ge=0, le=100)]], Field(min_length=3, max_length=3)] | None = None
    """Part of the load's current (%) on L1, L2 and L3, at a meter of three phases."""


class BenchFile(Strict):
    """A whole bench."""

    format: Literal[1]
    name: Name
    kind: Literal["sim", "loopback", "wired"]
    description: str = ""
    zone: ZoneText = USUAL
    limits: Limits
    mains: Mains = Mains()
    source: dict[str, Any] | None = None
    shared_by: list[str] = []
    positions: list[PositionTable] = Field(min_length=1, max_length=48)
    emulated: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if wrong := contradictions(self.model_dump()):
            raise ValueError("; ".join(wrong))
        return self

    @property
    def emulates(self) -> bool:
        """True when nothing of this bench is real."""
        return self.kind != "wired"

    def position(self, name: str) -> PositionTable:
        """The position of this name; ConfigError when there is none."""
        for one in self.positions:
            if one.name == name:
                return one
        raise ConfigError(
            f"{self.name}: there is no position {name}; there are {', '.join(p.name for p in self.positions)}"
        )


def load_bench(file: Traversable | Path) -> BenchFile:
    """Read and check a bench file. ConfigError names every problem."""
    return parse_bench(read_toml(file), str(file))


def parse_bench(table: Mapping[str, object], where: str) -> BenchFile:
    """Check a bench table that has been read already."""
    try:
        return BenchFile.model_validate(dict(table))
    except ValidationError as error:
        wrong = problems(error, where, of_keys=True)
        raise ConfigError(wrong + [f"{where}: {line}" for line in contradictions(table)]) from None


def filled(bench: BenchFile, ready: Mapping[str, Mapping[str, Any]]) -> BenchFile:
    """A loopback bench with the addresses that its emulator serves, so that it reads like a wired one."""
    positions = []
    for position in bench.positions:
        at = ready[position.name]
        bus = {"type": "tcp", **(position.meter.bus or {})}
        bus.update(_bus_address(bus, at))
        sense = _sense(position, at)
        load = {
            "type": "scpi",
            "resource": at["load"],
            "dialect": at.get("load_dialect", "generic"),
            "rating_w": 5000,
            **(position.load or {}),
        }
        source = {
            "type": "scpi",
            "resource": at["source"],
            "dialect": at.get("source_dialect", "generic"),
            "most_volts": EMULATED_MOST_VOLTS,
        }
        meter = position.meter.model_copy(update={"unit": at.get("unit", position.meter.unit), "bus": bus})
        found = {"meter": meter, "sense": sense, "load": load, "source": source, "button": _button(position, at)}
        positions.append(position.model_copy(update=found))
    return bench.model_copy(update={"positions": positions})


def _sense(position: PositionTable, at: Mapping[str, Any]) -> dict[str, Any]:
    """What looks at the contact: inputs of the emulated module, unless the file names something else."""
    own = position.sense or {}
    if own.get("type", "modbus_digital_input") != "modbus_digital_input":
        return dict(own)
    host, port = _host_port(at["digital_inputs"])
    bus = {"type": "tcp", "host": host, "port": port}
    sides = {"load_side": at["load_side"], "line_side": at["line_side"]}
    return {"type": "modbus_digital_input", "bus": bus, **sides, **own}


def _button(position: PositionTable, at: Mapping[str, Any]) -> dict[str, Any] | None:
    """What presses the meter's button: a coil of the emulated module, unless the file names something else."""
    own = position.button or {}
    if "button" not in at or own.get("type", "modbus_coil") != "modbus_coil":
        return position.button
    host, port = _host_port(at["digital_inputs"])
    return {"type": "modbus_coil", "bus": {"type": "tcp", "host": host, "port": port}, "coil": at["button"], **own}


def _bus_address(bus: Mapping[str, Any], at: Mapping[str, Any]) -> dict[str, Any]:
    if bus["type"] == "rtu":
        return {"port": at["rtu"]}
    host, port = _host_port(at["gateway" if bus["type"] == "rtu_over_tcp" else "modbus"])
    return {"host": host, "port": port}


def _host_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


def as_json(bench: BenchFile) -> str:
    """The bench as JSON, decimals as text, to hand to another process; `from_json` reads it."""
    return json.dumps(bench.model_dump(mode="json"))


def from_json(text: str) -> BenchFile:
    """The bench that `as_json` wrote."""
    return BenchFile.model_validate(json.loads(text))
