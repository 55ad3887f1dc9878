"""Opens a bank of resistors behind a Numato relay module."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from drivers.lines.serial import SerialPort
from drivers.loads.numato import MOST_RELAYS, NumatoModule
from drivers.loads.resistor_bank import ResistorBank
from rig.opener import Opener, Opening, decimal_text

_BAUD = 19_200
_MOST_STEPS = 8
Volts = Annotated[Decimal, BeforeValidator(decimal_text), Field(gt=0, le=480)]
Percent = Annotated[Decimal, BeforeValidator(decimal_text), Field(ge=0, le=100)]


class Step(BaseModel):
    """A resistor behind a relay (counted from 0); `watts` at the bank's nominal voltage."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    relay: int = Field(ge=0, lt=MOST_RELAYS)
    watts: int = Field(gt=0, le=100_000)


class BankSettings(BaseModel):
    """`port`: the module's serial port. `volts`: where `watts` hold (V rms). `voltage_input`: an input pin that sees the line
    behind the meter. `accuracy_percent`: of the power reckoned from these, mains voltage twice among it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    type: Literal["resistor_bank"]
    port: str = Field(min_length=1)
    steps: list[Step] = Field(min_length=1, max_length=_MOST_STEPS)
    volts: Volts = Decimal(230)
    voltage_input: int | None = Field(default=None, ge=0, lt=MOST_RELAYS)
    accuracy_percent: Percent = Decimal(25)

    @model_validator(mode="after")
    def _each_relay_once(self) -> Self:
        relays = [step.relay for step in self.steps]
        if twice := sorted({relay for relay in relays if relays.count(relay) > 1}):
            raise ValueError(f"steps: relay {', '.join(map(str, twice))} stands twice")
        return self

    @property
    def tells_undervoltage(self) -> bool:
        """Only a bank that sees its own voltage can tell."""
        return self.voltage_input is not None

    @property
    def sees_volts(self) -> bool:
        """Its voltage is there or not, and reckoned otherwise."""
        return False

    @property
    def levels_w(self) -> tuple[int, ...]:
        """Every power that the bank can make (W), for whoever has to choose some."""
        sums = {0}
        for step in self.steps:
            sums |= {one + step.watts for one in sums}
        return tuple(sorted(sums))


def _open(settings: BankSettings, opening: Opening) -> ResistorBank:
    name = f"{opening.where} (numato on {settings.port})"
    module = NumatoModule(lambda: SerialPort(settings.port, _BAUD, "N"), opening.clock, name, log=opening.log)
    steps = {step.relay: step.watts for step in settings.steps}
    return ResistorBank(module, opening.clock, steps, settings.volts, settings.voltage_input)


open_resistor_bank = Opener(BankSettings, _open, about="resistors behind a Numato relay module, in steps")
"""A load with steps."""
