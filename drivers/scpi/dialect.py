"""Dialect files: how one family of SCPI instruments wants to be spoken to. Checked whole, every problem at once."""

from __future__ import annotations

import re
import string
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from rig.opener import decimal_text, seconds_text


def _printable(line: str) -> str:
    if not line.isascii() or not line.isprintable() or line != line.strip() or not line:
        raise ValueError("a command is one line of printable ASCII without spaces around it")
    return line


def _query(line: str) -> str:
    if "?" not in line:
        raise ValueError("a query has a question mark")
    if "{" in line or "}" in line:
        raise ValueError("a query has no placeholder")
    return line


def _order(line: str) -> str:
    if "?" in line:
        raise ValueError("a command that sets something has no question mark")
    return line


def _pattern(given: str) -> str:
    try:
        re.compile(given)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return given


Query = Annotated[str, AfterValidator(_printable), AfterValidator(_query)]
Order = Annotated[str, AfterValidator(_printable), AfterValidator(_order)]
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1, strict=False)]
Size = Annotated[Decimal, BeforeValidator(decimal_text), Field(ge=0)]
Wait = Annotated[int, BeforeValidator(seconds_text), Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class Number(_Strict):
    """A numeric setting. `set` holds the placeholder {number}; it is read back and may differ by `within` (its own unit)."""

    set: Order
    query: Query
    decimals: int = Field(default=3, ge=0, le=6)
    within: Size = Decimal(0)

    @field_validator("set")
    @classmethod
    def _one_placeholder(cls, line: str) -> str:
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(line) if name is not None]
        except ValueError:
            names = []
        if names != ["number"]:
            raise ValueError("holds the placeholder {number}, once, and no other braces")
        return line

    def line(self, number: Decimal | int) -> str:
        """The command that sets `number`. ValueError when it has more decimals than the instrument takes: nothing is rounded."""
        written = f"{Decimal(number):.{self.decimals}f}"
        if Decimal(written) != number:
            raise ValueError(
                f"{number} has more than {self.decimals} decimals, which would be rounded; nothing was sent"
            )
        return self.set.format(number=written)


class Switch(_Strict):
    """Something that is on or off, and what the instrument answers when asked (upper and lower case are the same)."""

    on: Order
    off: Order
    query: Query
    says_on: Words = ("1", "ON")
    says_off: Words = ("0", "OFF")

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if both := {w.upper() for w in self.says_on} & {w.upper() for w in self.says_off}:
            raise ValueError(f"{', '.join(sorted(both))} stands in says_on and in says_off")
        return self


class Mode(_Strict):
    """Constant power: how it is chosen, asked for, and answered."""

    set: Order
    query: Query
    answers: Words


class Protection(_Strict):
    """How the instrument says what tripped: a number whose bits have names, or words. `clear` re-arms it."""

    query: Query
    clear: Order
    bits: dict[str, Annotated[int, Field(ge=0, le=31)]] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)
    none: Words = ("0", "NONE")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.bits) == bool(self.words):
            raise ValueError("give names either to bits or to words")
        if len(set(self.bits.values())) != len(self.bits):
            raise ValueError("two names stand for the same bit")
        return self


class Measure(_Strict):
    """Queries that acquire anew (MEASure, not FETCh). `together` gets V, A, W in this order with one line, if the instrument can."""

    voltage: Query
    current: Query
    power: Query
    together: Query | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ";"

    @field_validator("voltage", "current", "power", "together")
    @classmethod
    def _fresh(cls, line: str | None) -> str | None:
        if line is not None and re.search(r"\bFETC", line.upper()):
            raise ValueError("FETCh answers the last reading again; use MEASure")
        return line


class Talk(_Strict):
    """What holds for the whole instrument. `begin` is sent at opening and must not change what the instrument puts out."""

    identification: Annotated[str, AfterValidator(_pattern)]
    begin: tuple[Order, ...] = Field(default=(), strict=False)
    reset: Order = "*RST"
    wait_after_reset_s: Wait = 0
    clear_status: Order = "*CLS"
    error_queue: Query = "SYST:ERR?"
    most_errors: int = Field(default=20, ge=1, le=100)
    invalid: tuple[str, ...] = Field(default=(), strict=False)


class LoadTable(_Strict):
    """An electronic load."""

    mode: Mode | None = None
    level: Number
    input: Switch
    protection: Protection
    measure: Measure
    undervoltage_latches: bool


class SourceTable(_Strict):
    """An AC source."""

    voltage: Number
    frequency: Number
    output: Switch


class Dialect(_Strict):
    """One dialect file: an electronic load, an AC source, or both."""

    format: Literal[1]
    model: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    tried_on_hardware: bool
    from_memory: tuple[str, ...] = Field(default=(), strict=False)
    """Keys ("load.mode.query") whose spelling stands in no manual that was at hand; lists and reports show how many."""
    talk: Talk
    load: LoadTable | None = None
    ac_source: SourceTable | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.load is None and self.ac_source is None:
            raise ValueError("describes neither a [load] nor an [ac_source]")
        if unknown := [path for path in self.from_memory if not _has(self, path)]:
            raise ValueError(f"from_memory: {', '.join(unknown)} is no key of this file")
        return self


def _has(table: object, path: str) -> bool:
    """True when a dotted path of keys leads to something that is there."""
    here: object = table
    for key in path.split("."):
        here = getattr(here, key, None) if isinstance(here, BaseModel) else None
    return here is not None
