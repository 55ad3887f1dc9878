"""What `rig known-relay` has measured of a bench's relay channels: a file beside the bench file, and how it is used afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rig.clock import SECOND
from rig.config import BenchFile
from rig.errors import ConfigError
from rig.opener import problems

SUFFIX = ".known-relay.json"


class Measured(BaseModel):
    """One channel: how far it lags behind the contact (least, most; ns), from how many edges, and by what relay."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    delay_ns: tuple[int, int]
    edges: int = Field(ge=1)
    relay_ns: dict[str, tuple[int, int]] = {}
    """What the known relay itself takes, as its maker states it (least, most)."""

    @model_validator(mode="after")
    def _least_first(self) -> Measured:
        if not 0 <= self.delay_ns[0] <= self.delay_ns[1]:
            raise ValueError("delay_ns must be [least, most]")
        return self


class ChannelFile(BaseModel):
    """The whole file. `bench_sha256` is of the bench file that was measured; `measured_on` the day, ISO 8601."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal[1]
    bench: str
    bench_sha256: str
    measured_on: str
    positions: dict[str, Measured]


def file_beside(bench: str) -> Path | None:
    """Where the figures of a bench stand that was named so; None for one that is shipped, which has no place of its own."""
    path = Path(bench)
    return path.with_name(path.name.removesuffix(".toml") + SUFFIX) if path.is_file() else None


def bench_hash(file: Path) -> str:
    """SHA-256 of a bench file, byte for byte."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write(file: Path, found: ChannelFile) -> None:
    """Write the figures. ConfigError when that cannot be."""
    try:
        file.write_text(json.dumps(found.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror}") from None


def read(file: Path) -> ChannelFile:
    """The figures of a file. ConfigError: it cannot be read, or says something else."""
    try:
        return ChannelFile.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise ConfigError(problems(error, str(file))) from None


def with_measured(bench: BenchFile, named: str) -> tuple[BenchFile, Mapping[str, str]]:
    """The bench with the delays that were measured in place of those that were declared, and by position where from.

    ConfigError: the bench file has changed since it was measured, or the figures cannot be read.
    """
    file = file_beside(named)
    if file is None or not file.is_file():
        return bench, {}
    found = read(file)
    if found.bench_sha256 != bench_hash(Path(named)):
        raise ConfigError(
            f"{file}: was measured on {found.measured_on} with another {named}, which has changed since; run "
            f"`rig known-relay {named}` again, or delete the figures to go by what the bench file declares"
        )
    origin, positions = {}, []
    for one in bench.positions:
        measured = found.positions.get(one.name)
        if measured is None:
            positions.append(one)
            continue
        sense = {**(one.sense or {}), "delay_s": [_seconds(ns) for ns in measured.delay_ns]}
        positions.append(one.model_copy(update={"sense": sense}))
        origin[one.name] = f"measured with a known relay on {found.measured_on} by {measured.edges} edges ({file.name})"
    return bench.model_copy(update={"positions": positions}), origin


def _seconds(ns: int) -> str:
    return f"{ns // SECOND}.{ns % SECOND:09d}"
