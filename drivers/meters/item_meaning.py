"""What a pattern means: sentinels, scale, unit, named values, text and time. Layered on number forms, exact throughout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from drivers.meters.clock_forms import fields_form, seconds_form
from drivers.meters.map_model import Clock, Coding
from drivers.meters.number_forms import Form, form_of
from drivers.meters.units import EXACT, TEXTS, Kind, factor_of, kind_of
from rig.contracts import DisconnectCause, Value

_NO_NUMBER = Decimal("NaN")
_CAUSES = {cause.name.lower(): int(cause) for cause in DisconnectCause if cause.name}


@dataclass(frozen=True, slots=True)
class Meaning:
    """Pattern to value, value to pattern exactly (ValueError when it does not fit), value to pattern as a meter shows it."""

    value: Callable[[int], Value]
    encode: Callable[[Value], int]
    show: Callable[[Value], int]


def meaning_of(item: str, coding: Coding, clock: Clock | None, wallet_unit: str, bits: int) -> Meaning:
    """The meaning of an item whose pattern has `bits` bits."""
    if coding.type == "string":
        meaning = _text(bits // 8)
    elif coding.format == "clock" and clock is not None:
        meaning = _time(clock, coding.type, bits)
    else:
        form = form_of(coding.type, coding.digits or 0, bits if coding.type in ("u16", "u32") else 0)
        if item in TEXTS:
            meaning = _digits(form, coding.digits or 0 if coding.leading_zeros else 0)
        elif coding.values:
            meaning = _choice(
                form, {int(key, 0): to for key, to in coding.values.items()}, truth=item == "output_state"
            )
        elif coding.flags:
            meaning = _flags({1 << int(bit, 0): _CAUSES[cause] for bit, cause in coding.flags.items()})
        else:
            meaning = _quantity(item, coding, form, wallet_unit)
    nothing = [pattern & ((1 << bits) - 1) for pattern in (*coding.sentinel, *coding.never)]
    return _with_nothing(meaning, nothing)


def _with_nothing(meaning: Meaning, nothing: list[int]) -> Meaning:
    """None for the patterns that stand for "no value", and back."""

    def refused(value: Value) -> int:
        if value is None and nothing:
            return nothing[0]
        if value is None:
            raise ValueError("the register has no pattern for 'no value'")
        return meaning.encode(value)

    def show(value: Value) -> int:
        return meaning.show(value) if value is not None else refused(None)

    if not nothing:
        return Meaning(meaning.value, refused, show)
    patterns, value_of = frozenset(nothing), meaning.value

    def value(pattern: int) -> Value:
        return None if pattern in patterns else value_of(pattern)

    return Meaning(value, refused, show)


def _text(size: int) -> Meaning:
    def value(pattern: int) -> Value:
        return pattern.to_bytes(size, "big").decode("ascii", "replace").rstrip("\0 ")

    def encode(value: Value) -> int:
        text = str(value)
        if not text.isascii() or len(text) > size:
            raise ValueError(f"at most {size} ASCII characters fit")
        return int.from_bytes(text.encode("ascii").ljust(size, b"\0"), "big")

    return Meaning(value, encode, encode)


def _digits(form: Form, least: int) -> Meaning:
    """A text that the meter keeps as a whole number: its digits, `least` or more of them, since a serial 007 is not 7.

    A meter with a longer text shows the last that fit.
    """

    def value(pattern: int) -> Value:
        number = form.number(pattern)
        return None if number is None else str(number).zfill(least)

    def encode(value: Value) -> int:
        text = str(value)
        if not text.isdecimal():
            raise ValueError("only digits fit")
        return form.pattern(int(text))

    def show(value: Value) -> int:
        digits = "".join(one for one in str(value) if one.isdecimal()) or "0"
        return form.pattern(int(digits) if int(digits) <= form.most else int(digits[1 - len(str(form.most)) :]))

    return Meaning(value, encode, show)


def _time(clock: Clock, type_: str, bits: int) -> Meaning:
    form = fields_form(clock) if type_ == "date" else seconds_form(clock, bits)

    def show(value: Value) -> int:
        if not isinstance(value, datetime) or value.tzinfo is not None:
            raise ValueError("a date and time without a zone, in the meter's own, is needed")
        return form.pattern(value)

    def encode(value: Value) -> int:
        if isinstance(value, datetime) and value.microsecond:
            raise ValueError("the meter's clock counts whole seconds")
        return show(value)

    return Meaning(form.time, encode, show)


def _choice(form: Form, names: Mapping[int, int | str], *, truth: bool) -> Meaning:
    """A number that stands for a name or another number; one that the map does not name decodes to its own digits."""
    patterns = {form.pattern(number): to for number, to in names.items()}
    back = {to: pattern for pattern, to in reversed(patterns.items())}
    spelt = any(isinstance(to, str) for to in names.values())

    def value(pattern: int) -> Value:
        to = patterns.get(pattern)
        if to is None:
            number = form.number(pattern)
            return None if number is None or truth else str(number) if spelt else int(number)
        return bool(to) if truth else to

    def encode(value: Value) -> int:
        pattern = back.get(value)  # type: ignore[arg-type]
        if pattern is None:
            raise ValueError(f"one of {', '.join(str(to) for to in names.values())} is needed")
        return int(pattern)

    return Meaning(value, encode, encode)


def _flags(causes: Mapping[int, int]) -> Meaning:
    """The meter's own bits into those of `DisconnectCause`; bits that the map does not name are left out."""

    def value(pattern: int) -> Value:
        return sum({cause for bit, cause in causes.items() if pattern & bit})

    def encode(value: Value) -> int:
        wanted = int(value)  # type: ignore[arg-type]
        return sum({cause: bit for bit, cause in causes.items() if wanted & cause}.values())

    return Meaning(value, encode, encode)


def _quantity(item: str, coding: Coding, form: Form, wallet_unit: str) -> Meaning:
    factor = factor_of(item, coding.unit, coding.scale, wallet_unit)
    kind = kind_of(item, coding.unit, wallet_unit, scaled=coding.scale != "1" or not form.whole)
    own = EXACT.divide(factor, Decimal(coding.scale))
    least = None if coding.least is None else EXACT.multiply(Decimal(coding.least), own)
    most = None if coding.most is None else EXACT.multiply(Decimal(coding.most), own)

    def within(value: Decimal) -> None:
        if least is not None and value < least:
            raise ValueError(f"{value} is below the least, {least}")
        if most is not None and value > most:
            raise ValueError(f"{value} is above the most, {most}")

    def encode(value: Value) -> int:
        number = _decimal(value)
        within(number)
        if not form.whole:
            return form.pattern(EXACT.divide(number, factor))
        if EXACT.remainder(number, factor):
            raise ValueError(f"{value} is not a multiple of the register's step, {factor}")
        return form.pattern(EXACT.divide_int(number, factor))

    def show(value: Value) -> int:
        number = _decimal(value)
        return form.pattern(EXACT.divide_int(number, factor) if form.whole else EXACT.divide(number, factor))

    if factor == 1 and form.whole and kind is not Kind.DECIMAL:
        return Meaning(_plain(form, kind), encode, lambda value: form.pattern(int(value)))  # type: ignore[arg-type]
    return Meaning(_scaled(form, kind, factor), encode, show)


def _decimal(value: Value) -> Decimal:
    """A number as the caller gave it: whole, decimal, or decimal text."""
    if isinstance(value, datetime) or value is None:
        raise ValueError(f"a number is needed, not {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = _NO_NUMBER
    if not number.is_finite() or number.adjusted() > 45:
        raise ValueError(f"a number is needed, not {value!r}")
    return number


def _plain(form: Form, kind: Kind) -> Callable[[int], Value]:
    number = form.number
    if kind is not Kind.TRUTH:
        return number

    def truth(pattern: int) -> Value:
        found = number(pattern)
        return None if found is None else bool(found)

    return truth


def _scaled(form: Form, kind: Kind, factor: Decimal) -> Callable[[int], Value]:
    number, multiply = form.number, EXACT.multiply

    def decimal(pattern: int) -> Value:
        found = number(pattern)
        return None if found is None else multiply(Decimal(found), factor)

    def paise(pattern: int) -> Value:
        # A float32 cannot hold every paisa: what it shows is taken to the nearest.
        found = number(pattern)
        return None if found is None else int(multiply(Decimal(found), factor).to_integral_value(ROUND_HALF_EVEN))

    def whole(pattern: int) -> Value:
        found = number(pattern)
        if found is None:
            return None
        value = multiply(Decimal(found), factor)
        return int(value) if value == value.to_integral_value() else value

    def truth(pattern: int) -> Value:
        found = number(pattern)
        return None if found is None else bool(found)

    return {Kind.DECIMAL: decimal, Kind.MONEY: paise, Kind.WHOLE: whole, Kind.TRUTH: truth}[kind]
