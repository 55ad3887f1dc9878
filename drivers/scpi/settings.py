"""What a bench file says of an instrument, whatever it is, and how its line is opened."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from drivers.scpi.dialect import Dialect
from drivers.scpi.dialect_files import load_dialect
from drivers.scpi.instrument import Instrument
from drivers.scpi.lines import SerialSettings
from rig.clock import SECOND
from rig.errors import ConfigError
from rig.opener import Opening, seconds_text


def _resource(name: str) -> str:
    socket = re.fullmatch(r"TCPIP\d*::[^:\s]+::(\d+)::SOCKET", name, re.IGNORECASE)
    if socket and 0 < int(socket[1]) < 65_536:
        return name
    if re.fullmatch(r"ASRL[^:\s]+::INSTR", name, re.IGNORECASE):
        return name
    raise ValueError("is neither TCPIP::host::port::SOCKET (port 1 to 65535) nor ASRLport::INSTR")


def _dialect(name: str) -> str:
    try:
        load_dialect(name)
    except ConfigError as error:
        raise ValueError("; ".join(error.problems)) from None
    return name


class InstrumentSettings(BaseModel):
    """The keys that loads and sources share. `baud`, `parity` and `stop_bits` are for serial resources only."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    type: Literal["scpi"]
    resource: Annotated[str, AfterValidator(_resource)]
    dialect: Annotated[str, AfterValidator(_dialect)] = "generic"
    timeout_s: Annotated[int, BeforeValidator(seconds_text), Field(ge=SECOND // 100, le=60 * SECOND)] = SECOND
    baud: int | None = Field(default=None, ge=300, le=1_000_000)
    parity: Literal["N", "E", "O"] | None = None
    stop_bits: Literal[1, 2] | None = None

    @model_validator(mode="after")
    def _serial_only(self) -> Self:
        serial: dict[str, Any] = {"baud": self.baud, "parity": self.parity, "stop_bits": self.stop_bits}
        if not self.resource.upper().startswith("ASRL") and any(given is not None for given in serial.values()):
            raise ValueError("baud, parity and stop_bits belong to a serial resource (ASRL...)")
        return self


def prepare() -> None:
    """Load PyVISA and its backend, which takes 0.3 s, before somebody has no time to wait for it."""
    from drivers.scpi.visa import manager

    manager()


def open_instrument(settings: InstrumentSettings, opening: Opening) -> tuple[Instrument, Dialect]:
    """Connect, and check who answers. Raises LinkError or DeviceRefused."""
    from drivers.scpi.visa import VisaLine  # costs 0.3 s, which a run in memory need not pay

    dialect = load_dialect(settings.dialect)
    line = VisaLine(
        settings.resource,
        opening.clock,
        opening.where,
        settings.timeout_s,
        SerialSettings(settings.baud or 9600, settings.parity or "N", settings.stop_bits or 1),
        opening.log,
    )
    try:
        return Instrument(line, dialect.talk, opening.clock), dialect
    except BaseException:
        line.close()
        raise
