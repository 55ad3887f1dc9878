"""Opens programs that a bench file names as load, source or meter."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from drivers.external.meter import ExternalMeter
from drivers.external.power import ExternalLoad, ExternalSource
from drivers.external.program import ExternalProgram
from rig.clock import SECOND
from rig.opener import Opener, Opening, decimal_text, seconds_text


class ProgramSettings(BaseModel):
    """`command`: the program and its arguments; no shell is between. `folder`: where it stands (default: where rig stands)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    type: Literal["external"]
    command: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1)
    folder: str | None = None
    timeout_s: Annotated[int, BeforeValidator(seconds_text), Field(ge=SECOND // 100, le=600 * SECOND)] = 5 * SECOND

    def start(self, role: str, opening: Opening) -> ExternalProgram:
        """The program, started and known to be this."""
        return ExternalProgram(
            self.command, role, opening.clock, opening.where, self.timeout_s, opening.log, self.folder
        )


class ExternalLoadSettings(ProgramSettings):
    """`rating_w`: the most that is ever drawn (W). `levels_w`: the powers that it can make, when they are steps."""

    rating_w: int = Field(gt=0, le=100_000)
    accuracy_percent: Annotated[Decimal, BeforeValidator(decimal_text), Field(ge=0, le=100)] | None = None
    levels_w: list[int] = []


class ExternalSourceSettings(ProgramSettings):
    """`most_volts`: never exceeded (V rms)."""

    most_volts: int = Field(gt=0, le=480)


def _load(settings: ExternalLoadSettings, opening: Opening) -> ExternalLoad:
    return ExternalLoad(settings.start("load", opening), settings.rating_w)


def _source(settings: ExternalSourceSettings, opening: Opening) -> ExternalSource:
    return ExternalSource(settings.start("source", opening), settings.most_volts)


def _meter(settings: ProgramSettings, opening: Opening) -> ExternalMeter:
    return ExternalMeter(settings.start("meter", opening))


open_external_load = Opener(ExternalLoadSettings, _load, about="a program of yours")
"""A load behind a program of yours."""

open_external_source = Opener(ExternalSourceSettings, _source, about="a program of yours")
"""A source behind a program of yours."""

open_external_meter = Opener(ProgramSettings, _meter, instrument=False)
"""A meter with its wallet behind a program of yours."""
