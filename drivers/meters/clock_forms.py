"""Patterns into civil time and back: seconds since an epoch, or fields of a date one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from drivers.meters.map_model import Clock

_ZERO = timedelta(0)
_SECOND = timedelta(seconds=1)
_FIELDS = {"YY": "year", "YYYY": "year", "MM": "month", "DD": "day", "hh": "hour", "mm": "minute", "ss": "second"}


@dataclass(frozen=True, slots=True)
class TimeForm:
    """`time(pattern)` is naive, in the meter's own zone, None where the pattern is no time; `pattern(time)` cuts below a second.

    `pattern` raises ValueError for a time that the registers cannot hold.
    """

    time: Callable[[int], datetime | None]
    pattern: Callable[[datetime], int]


def zone_distance(zone: str) -> timedelta:
    """ "+05:30" as a distance from UTC."""
    return datetime.fromisoformat(f"2000-01-01T00:00:00{zone}").utcoffset() or _ZERO


def seconds_form(clock: Clock, bits: int) -> TimeForm:
    """Seconds since the map's epoch; an epoch with a zone of its own (Z) is brought into the meter's zone."""
    epoch = datetime.fromisoformat(clock.epoch)
    if (distance := epoch.utcoffset()) is not None:
        epoch = epoch.replace(tzinfo=None) - distance + zone_distance(clock.zone)

    def time(pattern: int) -> datetime | None:
        try:
            return epoch + timedelta(seconds=pattern)
        except OverflowError:
            return None

    def pattern(time: datetime) -> int:
        seconds = (time - epoch) // _SECOND
        if not 0 <= seconds < 1 << bits:
            raise ValueError(f"{time.isoformat()} is outside what {bits} bits of seconds since {clock.epoch} hold")
        return seconds

    return TimeForm(time, pattern)


def field_widths(clock: Clock) -> list[int]:
    """Bytes of each field of a written date."""
    if clock.field_in == "register":
        return [2] * len(clock.fields)
    return [2 if field == "YYYY" else 1 for field in clock.fields]


def date_registers(clock: Clock) -> int:
    """Registers that a written date takes."""
    return (sum(field_widths(clock)) + 1) // 2


def fields_form(clock: Clock) -> TimeForm:
    """Fields in the order of the map, BCD or binary. Two-digit years are of this century; WW is 1 for Monday to 7."""
    widths = field_widths(clock)
    padding = 8 * (2 * date_registers(clock) - sum(widths))
    bcd = clock.format == "bcd"

    def time(pattern: int) -> datetime | None:
        numbers = _numbers(pattern >> padding, widths, bcd=bcd)
        if numbers is None:
            return None
        parts = {_FIELDS[f]: n for f, n in zip(clock.fields, numbers, strict=True) if f in _FIELDS}
        if "YY" in clock.fields:
            parts["year"] += 2000
        try:
            return datetime(**parts)  # type: ignore[arg-type]
        except ValueError:
            return None

    def pattern(time: datetime) -> int:
        if "YY" in clock.fields and not 2000 <= time.year <= 2099:
            raise ValueError(f"{time.isoformat()}: a two-digit year holds 2000 to 2099")
        packed = 0
        for field, width in zip(clock.fields, widths, strict=True):
            number = _part(time, field)
            packed = packed << 8 * width | (int(str(number), 16) if bcd else number)
        return packed << padding

    return TimeForm(time, pattern)


def _numbers(pattern: int, widths: Sequence[int], *, bcd: bool) -> list[int] | None:
    numbers: list[int] = []
    for width in reversed(widths):
        part = pattern & ((1 << 8 * width) - 1)
        pattern >>= 8 * width
        if bcd:
            digits = f"{part:x}"
            if not digits.isdecimal():
                return None
            part = int(digits)
        numbers.append(part)
    return numbers[::-1]


def _part(time: datetime, field: str) -> int:
    if field == "WW":
        return time.isoweekday()
    if field == "--":
        return 0
    number: int = getattr(time, _FIELDS[field])
    return number % 100 if field == "YY" else number
