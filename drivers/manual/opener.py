"""Opens what a person works: `type = "manual"`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from drivers.manual.devices import ManualButton, ManualLoad, ManualSource, ManualTamperer
from drivers.manual.terminal import Asker, TerminalLine, find, missing
from rig.clock import SECOND
from rig.opener import Opener, Opening, decimal_text, seconds_text


class ManualSettings(BaseModel):
    """`within_s`: how long a person has for each thing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    type: Literal["manual"]
    within_s: Annotated[int, BeforeValidator(seconds_text), Field(ge=5 * SECOND, le=3600 * SECOND)] = 120 * SECOND

    def asker(self, opening: Opening) -> Asker:
        """Asks at the terminal that was found."""
        return Asker(lambda: TerminalLine(find()), opening.clock, opening.where, self.within_s, opening.note)


class ManualSourceSettings(ManualSettings):
    """`volts`, `hertz`: what the mains behind the breaker are."""

    volts: Annotated[Decimal, BeforeValidator(decimal_text), Field(gt=0, le=480)] = Decimal(230)
    hertz: Annotated[Decimal, BeforeValidator(decimal_text), Field(ge=45, le=65)] = Decimal(50)


class ManualLoadSettings(ManualSettings):
    """`levels_w`: the powers that a person can set (W)."""

    levels_w: list[Annotated[int, Field(gt=0, le=100_000)]] = Field(min_length=1, max_length=20)

    @property
    def tells_undervoltage(self) -> bool:
        """Never: it has no protection."""
        return False


def _source(settings: ManualSourceSettings, opening: Opening) -> ManualSource:
    return ManualSource(settings.asker(opening), opening.clock, settings.volts, settings.hertz)


def _load(settings: ManualLoadSettings, opening: Opening) -> ManualLoad:
    return ManualLoad(settings.asker(opening), opening.clock, settings.levels_w)


def _button(settings: ManualSettings, opening: Opening) -> ManualButton:
    return ManualButton(settings.asker(opening))


def _tamperer(settings: ManualSettings, opening: Opening) -> ManualTamperer:
    return ManualTamperer(settings.asker(opening))


open_manual_source = Opener(ManualSourceSettings, _source, missing=missing, about="a breaker that a person throws")
"""Mains behind a breaker that a person throws."""

open_manual_load = Opener(ManualLoadSettings, _load, missing=missing, about="a load that a person sets")
"""A load that a person sets."""

open_manual_button = Opener(
    ManualSettings, _button, instrument=False, missing=missing, about="the meter's button, pressed by a person"
)
"""The meter's button, pressed by a person."""

open_manual_tamperer = Opener(
    ManualSettings, _tamperer, instrument=False, missing=missing, about="a person who tampers with the meter"
)
"""A person who tampers with the meter."""
