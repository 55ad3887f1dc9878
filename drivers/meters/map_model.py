"""The register map file as it is written: keys, types and defaults. What contradicts what is the business of the checks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict

from drivers.modbus.codec import VENDOR_WRITES
from rig.contracts import Capability

TableName = Literal["coil", "discrete", "input", "holding"]
BITS = frozenset({"coil", "discrete"})


def _decimal(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError('write a decimal number as text, such as "0.01"') from None
    if not number.is_finite() or number <= 0 or len(number.as_tuple().digits) > 9:
        raise ValueError("a positive decimal number of at most nine digits is needed")
    return text


def _duration(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError('write decimal seconds as text, such as "0.05"') from None
    if not number.is_finite() or number < 0 or number != round(number, 9):
        raise ValueError("seconds, not negative and with at most nine decimals, are needed")
    return text


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            'write date and time as "1970-01-01T00:00:00", with a Z behind it when counted in UTC'
        ) from None
    return text


def _zone(text: str) -> str:
    try:
        datetime.fromisoformat(f"2000-01-01T00:00:00{text}")
    except ValueError:
        raise ValueError('write the zone as its distance from UTC, such as "+05:30"') from None
    return text


def _write_function(code: int) -> int:
    if code not in (5, 6, 15, 16) and code not in VENDOR_WRITES:
        raise ValueError("5, 6, 15, 16 or a maker's own (65-72, 100-110, 0x91-0xFE; shaped like 16) is needed")
    return code


WriteFunction = Annotated[int, AfterValidator(_write_function)]
Scale = Annotated[str, AfterValidator(_decimal)]
Seconds = Annotated[str, AfterValidator(_duration)]
Bound = int | Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]
Address = Annotated[int, Field(ge=0, le=65536)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Coding(_Table):
    """How some registers are read as one value; also one field of an event log entry."""

    type: Literal["bit", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "float32", "bcd", "string", "date"]
    word_order: Literal["high_first", "low_first"] = "high_first"
    byte_order: Literal["big", "little"] = "big"
    scale: Scale = "1"
    unit: str = ""
    format: Literal["number", "clock"] = "number"
    length: Annotated[int, Field(ge=1, le=125)] | None = None
    """Of a string, in registers."""
    digits: Annotated[int, Field(ge=1, le=16)] | None = None
    """Of a BCD number."""
    leading_zeros: bool = True
    """Of a BCD number that is a text (a serial): whether the zeros before it belong to it."""
    mask: Annotated[int, Field(ge=1, le=0xFFFFFFFF)] | None = None
    byte: Literal["high", "low"] | None = None
    sentinel: list[int] = []
    never: list[int] = []
    values: dict[str, int | str] = {}
    flags: dict[str, Literal["overload", "over_current", "credit", "command", "tamper"]] = {}
    least: Bound | None = None
    most: Bound | None = None


class Register(Coding):
    """One item of the meter: where it stands, how it is coded, and what may be done with it."""

    table: TableName
    address: Address
    access: Literal["read", "write", "read_write"] = "read"
    read_function: Literal[1, 2, 3, 4] | None = None
    write_function: WriteFunction | None = None
    secret: bool = False
    page: Annotated[int, Field(ge=1)] | None = None
    source: str = ""
    """Where this row is from, when that is not the map's own source."""
    unsure: str = ""
    """Why the row may be wrong, where its source is weak; the evidence repeats it."""
    note: str = ""


class EventField(Coding):
    """One field of an event log entry; fields follow each other without holes."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

    @property
    def coding(self) -> EventField:
        """How it is coded: a field called `time` is written as the meter's clock is."""
        return self.model_copy(update={"format": "clock"}) if self.name == "time" else self


class Place(_Table):
    """Registers that must never be asked for or written, and why."""

    table: TableName
    address: Address
    count: Annotated[int, Field(ge=1, le=65536)] = 1
    why: str


class Command(_Table):
    """A register and what is written to it, in the item's own unit."""

    register_: str = Field(alias="register")
    value: int | str


class Clock(_Table):
    """How the meter writes date and time."""

    register_: str | None = Field(default=None, alias="register")
    format: Literal["seconds", "bcd", "binary"] = "seconds"
    epoch: Annotated[str, AfterValidator(_moment)] = "1970-01-01T00:00:00"
    fields: list[Literal["YY", "YYYY", "MM", "DD", "WW", "hh", "mm", "ss", "--"]] = []
    field_in: Literal["byte", "register"] = "byte"
    zone: Annotated[str, AfterValidator(_zone)] = "+05:30"


class ResultCodes(_Table):
    """What the meter's result register says about the last recharge."""

    register_: str = Field(alias="register")
    pending: list[int] = []
    accepted: Annotated[list[int], Field(min_length=1)]
    duplicate: list[int] = []
    refused: list[int] = []


class Recharge(_Table):
    """A recharge as a procedure: write the block, commit, look at the result, read back when the answer was lost."""

    write: Annotated[list[str], Field(min_length=1)]
    commit: Command
    result: ResultCodes
    read_back: str | None = None
    settles_within_s: Seconds = "2"


class Relay(_Table):
    """What opens and closes the contact by command; several registers are written in the order given."""

    disconnect: Command | Annotated[list[Command], Field(min_length=1)]
    reconnect: Command | Annotated[list[Command], Field(min_length=1)]


class AccountPreset(_Table):
    """Money items that a test may set."""

    write: Annotated[list[str], Field(min_length=1)]


class Unlock(_Table):
    """The password that some items need before they can be written, and how long it lasts."""

    register_: str = Field(alias="register")
    first: list[Command] = []
    """Written before the password itself, each time."""
    needed_for: Annotated[list[str], Field(min_length=1)]
    lasts_s: Seconds = "0"
    at_first: Literal["locked", "open"] = "locked"
    """"open": a meter from the factory guards nothing until a password is set."""


class Events(_Table):
    """The event log: a ring in which the entry of sequence n stands at place (n - 1) mod entries."""

    sequence: str
    table: Literal["input", "holding"]
    address: Address
    entries: Annotated[int, Field(ge=1, le=4096)]
    registers_per_entry: Annotated[int, Field(ge=1, le=125)]
    fields: Annotated[list[EventField], Field(min_length=1)]
    codes: dict[str, str] = {}


class MapFile(_Table):
    """A whole register map file."""

    format: Literal[1]
    model: Annotated[str, Field(min_length=1)]
    source: str = ""
    tried_on_hardware: bool = False
    wallet_location: Literal["meter", "engine", "none"]
    wallet_unit: Literal["money", "kWh"] = "money"
    address_base: Literal[0, 1] = 0
    max_registers_per_read: Annotated[int, Field(ge=1, le=125)] = 125
    readable_gaps: bool = False
    inter_frame_delay_s: Seconds = "0"
    never_touch: list[Place] = []
    block_write_only: list[Annotated[list[str], Field(min_length=2)]] = []
    capabilities: list[Annotated[Capability, Strict(False)]] = []
    absent: list[Annotated[Capability, Strict(False)]] = []
    """Capabilities that the meter does not have by what its maker says, so that no utility's rule is expected of it."""
    not_retrieved: list[str] = []
    """Items and procedures that the meter must have by what its maker promises, and whose place is not known."""
    clock: Clock | None = None
    recharge: Recharge | None = None
    relay: Relay | None = None
    account_preset: AccountPreset | None = None
    unlock: Unlock | None = None
    events: Events | None = None
    promises: dict[str, object] = {}
    registers: dict[str, Register]
