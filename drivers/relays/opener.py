"""Opens a relay sense channel from its table in a bench file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from drivers.modbus.opener import BusSettings, PositiveSeconds, SomeSeconds, open_bus
from rig.clock import seconds
from rig.errors import ConfigError
from rig.opener import Opener, Opening

if TYPE_CHECKING:
    from drivers.relays.digital_input import DigitalInputSense
    from drivers.relays.edge_logger import EdgeLoggerSense
    from drivers.relays.load_side import LoadSideSense

_EDGE_BAUD = 115_200  # USB takes no notice of it
Input = Annotated[int, Field(ge=0, le=65535)]


class _ChannelSettings(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    delay_s: Annotated[list[SomeSeconds], Field(min_length=2, max_length=2)] = ["0", "0"]
    """Least and most that the channel lags behind the contact (debounce, settling); whoever samples it reckons with it."""

    @field_validator("delay_s")
    @classmethod
    def _least_first(cls, delay: list[str]) -> list[str]:
        if seconds(delay[0]) > seconds(delay[1]):
            raise ValueError("must be [least, most]")
        return delay


class DigitalInputSettings(_ChannelSettings):
    """A Modbus digital-input module; inputs are counted from 0."""

    type: Literal["modbus_digital_input"]
    bus: BusSettings
    unit: Annotated[int, Field(ge=1, le=247)] = 1
    table: Literal["discrete", "coil"] = "discrete"
    """Where the module shows its inputs: function 02, or 01 as an ADAM-6000's references 00001 and on."""
    load_side: Input
    line_side: Input | None = None

    @field_validator("line_side")
    @classmethod
    def _two_inputs_in_one_request(cls, line_side: int | None, others: ValidationInfo) -> int | None:
        load_side = others.data.get("load_side")
        if load_side is None or line_side is None:
            return line_side
        if line_side == load_side:
            raise PydanticCustomError("same_input", "is the same input as load_side")
        if abs(line_side - load_side) >= 2000:
            raise PydanticCustomError("far_input", "is too far from load_side for one request (2000 inputs)")
        return line_side


class LoadSideSettings(_ChannelSettings):
    """The load of the same position, taken as a voltmeter; `threshold_v` is in V."""

    type: Literal["load"]
    threshold_v: Annotated[int, Field(ge=1, le=1000)]


class EdgeLoggerSettings(_ChannelSettings):
    """A board that time-stamps edges. `port`: its serial port. `drift_ppm`: how far its clock may run off (parts per million)."""

    type: Literal["edge_logger"]
    port: Annotated[str, Field(min_length=1)]
    load_side: Annotated[int, Field(ge=0, le=15)] = 0
    line_side: Annotated[int, Field(ge=0, le=15)] | None = 1
    drift_ppm: Annotated[int, Field(ge=1, le=10_000)] = 100
    timeout_s: PositiveSeconds = "1.0"

    @field_validator("line_side")
    @classmethod
    def _two_inputs(cls, line_side: int | None, others: ValidationInfo) -> int | None:
        if line_side is not None and line_side == others.data.get("load_side"):
            raise PydanticCustomError("same_input", "is the same input as load_side")
        return line_side


def _open_edge_logger(settings: EdgeLoggerSettings, opening: Opening) -> EdgeLoggerSense:
    from drivers.lines.serial import SerialPort
    from drivers.relays.edge_logger import EdgeLoggerSense

    return EdgeLoggerSense(
        lambda: SerialPort(settings.port, _EDGE_BAUD, "N"),
        opening.clock,
        settings.load_side,
        settings.line_side,
        f"{opening.where} (edge logger on {settings.port})",
        settings.drift_ppm,
        seconds(settings.timeout_s),
        opening.log,
    )


def _open_digital_input(settings: DigitalInputSettings, opening: Opening) -> DigitalInputSense:
    from drivers.relays.digital_input import DigitalInputSense

    bus = opening.bus or open_bus(settings.bus.model_dump(exclude_unset=True), opening)
    return DigitalInputSense(
        bus, settings.unit, settings.load_side, settings.line_side, opening.where, table=settings.table
    )


def _open_load_side(settings: LoadSideSettings, opening: Opening) -> LoadSideSense:
    from drivers.relays.load_side import LoadSideSense

    if opening.load is None:
        raise ConfigError(f'{opening.where}: sense.type = "load" needs a load at the same position')
    return LoadSideSense(opening.load, settings.threshold_v)


open_digital_input = Opener(
    DigitalInputSettings, _open_digital_input, about="discrete inputs of a Modbus module, an ADAM-6000 for one"
)
"""Relay sense over two discrete inputs of a Modbus module."""

open_edge_logger = Opener(EdgeLoggerSettings, _open_edge_logger, about="a board that time-stamps edges")
"""Relay sense by a board that time-stamps edges."""

open_load_side = Opener(LoadSideSettings, _open_load_side, about="the voltage that the load of the position measures")
"""Relay sense from the voltage that the position's load measures."""
