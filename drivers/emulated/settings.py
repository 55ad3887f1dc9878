"""What an emulated bench is made of: the `emulated` table of a bench file, and what `rig emulate` fills in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from rig.errors import ConfigError
from rig.opener import problems

Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Firmware = dict[str, str | int | bool | list[str]]
"""Fields of `drivers.emulated.meter.settings.MeterSettings` by name; the meter refuses an unknown one when it is put together."""


def _civil(text: str) -> str:
    if text and datetime.fromisoformat(text).tzinfo is not None:
        raise ValueError("is naive civil time of the meter's own zone; leave the zone out")
    return text


CivilTime = Annotated[str, AfterValidator(_civil)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class EmulatedPositionTable(_Strict):
    """One emulated position. What is left out is as for the whole bench."""

    name: Name
    map: str | None = None
    unit: int = Field(default=1, ge=1, le=247)
    meter: Firmware = {}
    faults: list[str] = []


class EmulatedBenchSettings(_Strict):
    """An emulated bench. Positions are named, or only counted by `meters` (P01, P02, ...).

    `money` is the price table for the firmware as plain numbers (paise per kWh, arrears mode), handed in from the policy.
    `seed` feeds everything random. `first_port` = 0 takes any free ports; otherwise ports are taken in a row from it.
    `load_error_ppm` is how far beside the truth the load measures.
    `latency_us` is what an exchange costs in memory (µs), `sense_delay_us` how far the digital inputs lag behind the copper.
    `serve`: "both" is Modbus TCP and RTU on a pty, "all" these and RTU over TCP.
    `rating_w` (W) and `most_volts` (V) are what the emulated load and source can do, `load_dialect` and `source_dialect`
    how they want to be spoken to. `edge_logger`: when served, a board on a pty time-stamps the edges of each position.
    `resistor_bank`: when served, resistors (W at 230 V, by relay from 0) behind a relay module on a pty are the load of each
    position; the electronic load then hangs on nothing.
    `in_place_of_meter`: a relay of known speed, worked by what else presses the meter's button, or a shorting link.
    `civil_zero` is the civil time at
    instant 0 (ISO 8601, no zone); when empty, a fixed day in virtual time and the machine's own time on the wall, as `zone` has it.
    """

    meters: int = Field(default=1, ge=1, le=200)
    positions: list[EmulatedPositionTable] = Field(default=[], max_length=200)
    map: str = "reference"
    money: dict[str, Any] = {}
    faults: list[str] = []
    seed: int = Field(default=0, ge=0, le=2**63 - 1)
    meter: Firmware = {}
    shared_source: bool = False
    rating_w: int = Field(default=5000, ge=1, le=100_000)
    most_volts: int = Field(default=276, ge=1, le=480)
    load_dialect: Literal["generic", "chroma_63800", "itech_it8600"] = "generic"
    source_dialect: Literal["generic", "chroma_61500", "chroma_61600"] = "generic"
    edge_logger: bool = False
    resistor_bank: list[Annotated[int, Field(ge=1, le=100_000)]] = Field(default=[], max_length=8)
    in_place_of_meter: Literal["", "known_relay", "link"] = ""
    latency_us: int = Field(default=200, ge=0, le=1_000_000)
    load_error_ppm: int = Field(default=0, ge=-50_000, le=50_000)
    sense_delay_us: int = Field(default=0, ge=0, le=10_000_000)
    civil_zero: CivilTime = ""
    zone: Annotated[str, Field(pattern=r"^[+-]\d\d:[0-5]\d$")] = "+05:30"
    serve: Literal["tcp", "rtu", "rtu_over_tcp", "both", "all"] = "tcp"
    baud: int = Field(default=9600, ge=300, le=1_000_000)
    parity: Literal["N", "E", "O"] = "E"
    stop_bits: Literal[1, 2] = 1
    host: str = "127.0.0.1"
    first_port: int = Field(default=0, ge=0, le=65_535)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [p.name for p in self.positions]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"positions: named twice: {', '.join(twice)}")
        return self

    def tables(self) -> list[EmulatedPositionTable]:
        """Every position, with the defaults of the bench filled in."""
        tables = self.positions or [EmulatedPositionTable(name=f"P{n:02d}") for n in range(1, self.meters + 1)]
        return [
            one.model_copy(
                update={
                    "map": one.map or self.map,
                    "meter": {**self.meter, **one.meter},
                    "faults": list(dict.fromkeys(self.faults + one.faults)),
                }
            )
            for one in tables
        ]


def checked(table: Mapping[str, object] | EmulatedBenchSettings, where: str = "emulated") -> EmulatedBenchSettings:
    """The settings of a table that was read from a file. ConfigError names every problem, each beginning with `where`."""
    if isinstance(table, EmulatedBenchSettings):
        return table
    try:
        return EmulatedBenchSettings.model_validate(dict(table))
    except ValidationError as error:
        raise ConfigError(problems(error, where)) from None
