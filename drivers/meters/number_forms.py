"""Patterns into numbers and back: two's complement, BCD and IEEE 754 single precision. Scale and unit come later."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Form:
    """How a pattern of `bits` bits stands for a number.

    `number(pattern)` is None where the pattern stands for none (a BCD digit above nine, a float that is no number);
    `pattern(number)` raises ValueError for a number that does not fit. `least`..`most` is the range of whole numbers.
    """

    bits: int
    number: Callable[[int], int | Decimal | None]
    pattern: Callable[[int | Decimal], int]
    least: int
    most: int
    whole: bool = True


_INTEGER_BITS = {"bit": 1, "u8": 8, "i8": 8, "u16": 16, "i16": 16, "u32": 32, "i32": 32, "u64": 64, "i64": 64}
NUMBER_TYPES = frozenset(_INTEGER_BITS) | {"float32", "bcd"}


def form_of(type_: str, digits: int = 0, bits: int = 0) -> Form:
    """The form of a map's `type`. `digits` of a BCD number; `bits` when only so many of an unsigned register belong to it."""
    if type_ == "float32":
        return Form(32, _float_number, _float_pattern, -(2**127), 2**127, whole=False)
    if type_ == "bcd":
        return _bcd(digits)
    return _integer(bits or _INTEGER_BITS[type_], signed=type_.startswith("i"))


def _integer(bits: int, *, signed: bool) -> Form:
    least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    full = 1 << bits

    def as_it_is(pattern: int) -> int:
        return pattern

    def twos_complement(pattern: int) -> int:
        return pattern - full if pattern > most else pattern

    def pattern(number: int | Decimal) -> int:
        whole = int(number)
        if not least <= whole <= most:
            raise ValueError(f"outside {least}..{most} of the register")
        return whole & (full - 1)

    return Form(bits, twos_complement if signed else as_it_is, pattern, least, most)


def _bcd(digits: int) -> Form:
    def number(pattern: int) -> int | None:
        text = f"{pattern:x}"
        return int(text) if text.isdecimal() else None

    def pattern(number: int | Decimal) -> int:
        whole = int(number)
        if not 0 <= whole < 10**digits:
            raise ValueError(f"outside 0..{10**digits - 1}, which {digits} BCD digits hold")
        return int(str(whole), 16)

    return Form(4 * digits, number, pattern, 0, 10**digits - 1)


_SINGLE = struct.Struct(">f")
_BITS = struct.Struct(">I")


def _float_number(pattern: int) -> Decimal | None:
    """The shortest decimal that is this float and no other: 43668000 is 230.5, and 3DCCCCCD is 0.1."""
    number: float = _SINGLE.unpack(_BITS.pack(pattern))[0]
    if not math.isfinite(number):
        return None
    for digits in (6, 7, 8):
        text = f"{number:.{digits}g}"
        if _SINGLE.unpack(_SINGLE.pack(float(text)))[0] == number:
            return Decimal(text)
    return Decimal(f"{number:.9g}")


def _float_pattern(number: int | Decimal) -> int:
    try:
        pattern: int = _BITS.unpack(_SINGLE.pack(float(number)))[0]
    except OverflowError:
        raise ValueError("too large for a float32 register") from None
    return pattern
