"""Why a register reads as nothing at all, and which other clock format or order of fields would read as the time it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Literal

from drivers.meters.clock_forms import TimeForm, date_registers, fields_form
from drivers.meters.map_model import Clock, Register

Field = Literal["YY", "YYYY", "MM", "DD", "WW", "hh", "mm", "ss", "--"]

_NEAR = timedelta(minutes=10)
_SHOWN = 3
_DATES: tuple[tuple[Field, ...], ...] = (("YY", "MM", "DD"), ("DD", "MM", "YY"), ("MM", "DD", "YY"))
_TIMES: tuple[tuple[Field, ...], ...] = (("hh", "mm", "ss"), ("ss", "mm", "hh"))


def means_nothing(register: Register, pattern: int, bits: int) -> bool:
    """True for a pattern that the map says to stand for no value."""
    return pattern in {known & ((1 << bits) - 1) for known in (*register.sentinel, *register.never)}


def why_nothing(register: Register, clock: Clock | None, pattern: int, bits: int) -> str:
    """In words, for a pattern that decodes to None and that the map does not promise to."""
    blank = pattern in (0, (1 << bits) - 1)
    key = "never" if register.format == "clock" else "sentinel"
    fix = f"; if this stands for no value, write {key} = [0x{pattern:X}]" if blank else ""
    if register.format == "clock" and clock is not None:
        kind = f"in {clock.format}" if register.type == "date" else "since the epoch"
        listed = f", fields {' '.join(clock.fields)}" if register.type == "date" else ""
        return f"is no date and time {kind}{listed}: check address, clock.format and clock.fields{fix}"
    if register.type == "bcd":
        return f"holds a digit above nine, so it is no BCD: check address and type{fix}"
    if register.type == "float32":
        return f"is no number as a float: check address, word_order and type{fix}"
    return f"is none of the values that the map names: check address, mask and values{fix}"


def other_clocks(clock: Clock, pattern: int, now: datetime) -> list[str]:
    """How else the fields of a clock register would read `now`, give or take ten minutes; at most three, simplest first."""
    found: list[tuple[int, str]] = []
    for other in _others(clock):
        if date_registers(other) != date_registers(clock):
            continue
        form: TimeForm = fields_form(other)
        time = form.time(pattern)
        if time is None or abs(time - now) > _NEAR:
            continue
        said = [
            *([f'format = "{other.format}"'] if other.format != clock.format else []),
            *([f"fields = {list(other.fields)}".replace("'", '"')] if other.fields != clock.fields else []),
        ]
        if said:
            moved = sum(a != b for a, b in zip(other.fields, clock.fields, strict=False))
            found.append((10 * len(said) + moved, "clock." + " and clock.".join(said)))
    return list(dict.fromkeys(text for _, text in sorted(found)))[:_SHOWN]


def _others(clock: Clock) -> Iterator[Clock]:
    """The usual orders of a date with the fields that this one has, and the other format."""
    orders = [list(clock.fields)]
    beside: list[Field] = [field for field in clock.fields if field in ("WW", "--")]
    for date, time, first in product(_DATES, _TIMES, (True, False)):
        year: Field = "YYYY" if "YYYY" in clock.fields else "YY"
        six: list[Field] = [year if field == "YY" else field for field in ((*date, *time) if first else (*time, *date))]
        orders += _with(six, beside)
    for format_, fields in product(("bcd", "binary"), orders):
        yield clock.model_copy(update={"format": format_, "fields": fields})


def _with(fields: list[Field], beside: list[Field]) -> Iterator[list[Field]]:
    """These fields with the others put in at the front, in the middle or at the end."""
    if not beside:
        yield fields
        return
    for at in (0, 3, len(fields)):
        yield from _with([*fields[:at], beside[0], *fields[at:]], beside[1:])
