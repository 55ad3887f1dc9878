"""Opens what presses a meter's button, from its table in a bench file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from drivers.modbus.opener import BusSettings, PositiveSeconds, SomeSeconds, open_bus
from rig.clock import MILLISECOND, SECOND, seconds
from rig.opener import Opener, Opening

if TYPE_CHECKING:
    from drivers.buttons.coil import CoilButton

_LONGEST = 5 * SECOND


class CoilButtonSettings(BaseModel):
    """An output of a Modbus module, counted from 0. `pulse_s`: how long the button is held down, 0.02 to 5 s.

    `travel_s`: at most so long after the output has switched the button is down (a solenoid moves, a transistor does not).
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    type: Literal["modbus_coil"]
    bus: BusSettings
    unit: Annotated[int, Field(ge=1, le=247)] = 1
    coil: Annotated[int, Field(ge=0, le=65535)]
    pulse_s: PositiveSeconds = "0.2"
    travel_s: SomeSeconds = "0"

    @field_validator("pulse_s")
    @classmethod
    def _a_press(cls, text: str) -> str:
        if not 20 * MILLISECOND <= seconds(text) <= _LONGEST:
            raise ValueError("must be from 0.02 to 5 s")
        return text

    @field_validator("travel_s")
    @classmethod
    def _soon(cls, text: str) -> str:
        if seconds(text) > _LONGEST:
            raise ValueError("must be at most 5 s")
        return text


def _prepare() -> None:
    import drivers.buttons.coil
    import drivers.modbus.tcp  # noqa: F401


def _open(settings: CoilButtonSettings, opening: Opening) -> CoilButton:
    from drivers.buttons.coil import CoilButton

    bus = opening.bus or open_bus(settings.bus.model_dump(exclude_unset=True), opening)
    times = seconds(settings.pulse_s), seconds(settings.travel_s)
    return CoilButton(bus, settings.unit, settings.coil, *times, opening.clock, opening.where)


open_coil_button = Opener(
    CoilButtonSettings,
    _open,
    _prepare,
    instrument=False,
    about="the meter's button, worked by an output of a Modbus module",
)
"""The meter's button, worked by a coil of a Modbus module."""
