"""Opens a Modbus bus from its table in a bench file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from rig.clock import seconds
from rig.opener import Opener, Opening

if TYPE_CHECKING:
    from drivers.modbus.rtu import RtuBus
    from drivers.modbus.tcp import TcpBus


def _positive_seconds(text: str) -> str:
    if seconds(text) <= 0:
        raise ValueError("must be more than 0 s")
    return text


def _some_seconds(text: str) -> str:
    if seconds(text) < 0:
        raise ValueError("must not be negative")
    return text


PositiveSeconds = Annotated[str, AfterValidator(_positive_seconds)]
"""Decimal seconds as text, more than 0."""

SomeSeconds = Annotated[str, AfterValidator(_some_seconds)]
"""Decimal seconds as text, 0 or more."""


_NETWORKS = ("tcp", "rtu_over_tcp")


class BusSettings(BaseModel):
    """`type = "tcp"` with host and port, `type = "rtu"` with a serial port and its pace, or `type = "rtu_over_tcp"` with
    host and port of a gateway and the pace of the line behind it. One model, so that a message names the key as it stands
    in the file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    type: Literal["tcp", "rtu", "rtu_over_tcp"]
    host: Annotated[str, Field(min_length=1)] | None = Field(default=None, validate_default=True)
    port: int | str
    timeout_s: PositiveSeconds = "1.0"
    baud: Annotated[int, Field(ge=50, le=4_000_000)] = 9600
    parity: Literal["N", "E", "O"] = "E"
    stop_bits: Literal[1, 2] = 1
    turnaround_s: SomeSeconds = "0.2"

    @field_validator("host")
    @classmethod
    def _only_a_network_has_a_host(cls, host: str | None, others: ValidationInfo) -> str | None:
        kind = others.data.get("type")
        if kind in _NETWORKS and host is None:
            raise PydanticCustomError("missing", "is missing")
        if kind == "rtu" and host is not None:
            raise PydanticCustomError("key_of_another_type", 'is not a key of type "rtu"')
        return host

    @field_validator("port")
    @classmethod
    def _port_fits_the_type(cls, port: int | str, others: ValidationInfo) -> int | str:
        kind = others.data.get("type")
        if kind in _NETWORKS and not (isinstance(port, int) and 1 <= port <= 65535):
            raise PydanticCustomError("port", "must be a whole number from 1 to 65535")
        if kind == "rtu" and not (isinstance(port, str) and port):
            raise PydanticCustomError(
                "port", 'must be the name of a serial port in quotes, like "/dev/ttyUSB0" or "COM3"'
            )
        return port

    @field_validator("baud", "parity", "stop_bits", "turnaround_s")
    @classmethod
    def _only_a_serial_line_has_a_pace(cls, setting: object, others: ValidationInfo) -> object:
        if others.data.get("type") == "tcp":
            raise PydanticCustomError("key_of_another_type", 'is not a key of type "tcp"')
        return setting


def _open(settings: BusSettings, opening: Opening) -> TcpBus | RtuBus:
    """A network bus connects at its first request, since a meter may still be without mains; a serial port is opened now."""
    from drivers.modbus.pace import Pace
    from drivers.modbus.rtu import RtuBus
    from drivers.modbus.rtu_over_tcp import GatewayBus
    from drivers.modbus.tcp import TcpBus

    timeout = seconds(settings.timeout_s)
    if settings.type == "tcp":
        return TcpBus(settings.host or "", int(settings.port), opening.clock, opening.where, opening.log, timeout)
    pace = Pace(settings.baud, settings.parity, settings.stop_bits)
    turnaround = seconds(settings.turnaround_s)
    if settings.type == "rtu_over_tcp":
        peer = (settings.host or "", int(settings.port))
        return GatewayBus(*peer, pace, opening.clock, opening.where, opening.log, timeout, turnaround)
    bus = RtuBus(str(settings.port), pace, opening.clock, opening.where, opening.log, timeout, turnaround)
    bus.open()
    return bus


open_bus = Opener(BusSettings, _open, instrument=False, about="Modbus TCP, RTU, and RTU over TCP")
"""Raises ConfigError for bad settings, LinkError for a serial port that cannot be opened."""
