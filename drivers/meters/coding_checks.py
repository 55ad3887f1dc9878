"""Does the coding of one item make sense by itself? Each check yields (key, what is wrong and what to do)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from drivers.meters.clock_forms import date_registers
from drivers.meters.item_codec import mask_of, registers_of
from drivers.meters.map_model import Clock, Coding, MapFile
from drivers.meters.number_forms import form_of
from drivers.meters.units import CHOICES, NUMBERED, TEXTS, TIMES, UNITS, expected_quantity, factor_of, is_money

Finding = tuple[str, str]


def coding_findings(item: str, coding: Coding, file: MapFile) -> Iterator[Finding]:
    """Everything wrong with how `item` is coded."""
    shape = [*_shape(coding), *_time(item, coding, file.clock)]
    yield from shape
    yield from _unit(item, coding, file.wallet_unit)
    if not shape:
        yield from _patterns(item, coding, file.clock)
        yield from _bounds(coding)


def _shape(coding: Coding) -> Iterator[Finding]:
    for key, given, kind in (("length", coding.length, "string"), ("digits", coding.digits, "bcd")):
        if coding.type == kind and given is None:
            yield key, f"is missing; say how many {'registers' if kind == 'string' else 'digits'} the {kind} has"
        if coding.type != kind and given is not None:
            yield key, f"belongs to type {kind} only; take it out or change the type"
    if coding.type != "bcd" and not coding.leading_zeros:
        yield "leading_zeros", "belongs to type bcd only; take it out or change the type"
    if (coding.byte is None) == (coding.type in ("u8", "i8")):
        yield "byte", "types u8 and i8, and only these, say which byte of the register they are: high or low"
    if coding.mask is not None:
        lowest = coding.mask & -coding.mask
        if coding.type not in ("u16", "u32"):
            yield "mask", "only types u16 and u32 have a mask; change the type"
        elif (coding.mask + lowest) & coding.mask:
            yield "mask", f"0x{coding.mask:X} has a hole; the bits of one item stand side by side"
        elif coding.type == "u16" and coding.mask > 0xFFFF:
            yield "mask", f"0x{coding.mask:X} is wider than the register"


def _time(item: str, coding: Coding, clock: Clock | None) -> Iterator[Finding]:
    timed = coding.format == "clock"
    if item in TIMES and not timed:
        yield "format", 'is a time; write format = "clock"'
    if item in TEXTS and coding.type not in NUMBERED:
        yield (
            "type",
            "is a text; write type string with a length in registers, or the whole number that it is (u16 … bcd)",
        )
    if coding.type == "date" and not timed:
        yield "format", 'type date needs format = "clock"'
    if not timed:
        return
    if clock is None:
        yield "format", "there is no [clock] table that says how times are written; add it"
    elif clock.format == "seconds" and coding.type not in ("u32", "u64"):
        yield "type", "the [clock] table counts seconds: u32 or u64 is needed"
    elif clock.format != "seconds" and coding.type != "date":
        yield "type", "the [clock] table writes fields: type date is needed"
    elif clock.format != "seconds" and not clock.fields:
        yield "type", "the [clock] table lists no fields; add fields, such as YY MM DD hh mm ss"
    if coding.scale != "1" or coding.unit:
        yield "format", "a time has neither scale nor unit; take them out"


def _unit(item: str, coding: Coding, wallet_unit: str) -> Iterator[Finding]:
    if coding.unit not in UNITS:
        yield "unit", f"{coding.unit!r} is not a known unit; known are {', '.join(unit for unit in UNITS if unit)}"
        return
    quantity = UNITS[coding.unit][0]
    wanted = expected_quantity(item, wallet_unit)
    if wanted is not None and quantity != wanted:
        fitting = ", ".join(unit or "none" for unit, (kind, _) in UNITS.items() if kind == wanted)
        yield "unit", f"{item} cannot be measured in {coding.unit or 'nothing'}; fitting: {fitting}"
        return
    if coding.type in ("string", "date", "bit"):
        if coding.scale != "1" or coding.unit:
            yield "scale", f"type {coding.type} has neither scale nor unit; take them out"
        return
    factor = factor_of(item, coding.unit, coding.scale, wallet_unit)
    if is_money(item, coding.unit, wallet_unit) and factor != int(factor) and coding.type != "float32":
        yield (
            "scale",
            f"{coding.scale} {coding.unit} is finer than one paisa, and the rig counts whole paise; check the manual",
        )


def _patterns(item: str, coding: Coding, clock: Clock | None) -> Iterator[Finding]:
    bits = _bits(coding, clock)
    for key, patterns in (("sentinel", coding.sentinel), ("never", coding.never)):
        for pattern in patterns:
            if not -(1 << bits - 1) <= pattern < 1 << bits:
                yield key, f"{pattern} does not fit the {bits} bits of the item"
    if coding.never and coding.format != "clock":
        yield "never", "belongs to times only; use sentinel"
    if (coding.values or coding.flags) and (coding.format == "clock" or coding.type in ("string", "date", "float32")):
        yield "values", f"type {coding.type} has no named values; take them out"
        return
    yield from _names(item, coding, bits)


def _names(item: str, coding: Coding, bits: int) -> Iterator[Finding]:
    numbers = [*_numbers("values", coding.values), *_numbers("flags", coding.flags)]
    for key, found in numbers:
        if isinstance(found, str):
            yield key, found
    form = (
        form_of(coding.type, coding.digits or 0, bits if coding.type in ("u16", "u32") else 0)
        if coding.values
        else None
    )
    for key, found in numbers:
        if key == "values" and isinstance(found, int) and form is not None and not form.least <= found <= form.most:
            yield key, f"{found} is outside {form.least}..{form.most} of the register"
        if key == "flags" and isinstance(found, int) and not 0 <= found < bits:
            yield key, f"there is no bit {found}; bits count from 0 to {bits - 1}"
    if coding.flags and item != "disconnect_cause":
        yield "flags", "belongs to disconnect_cause only; use mask, one item a bit"
    if coding.values and item in CHOICES and (odd := set(coding.values.values()) - CHOICES[item]):
        allowed = ", ".join(sorted(str(one) for one in CHOICES[item]))
        yield "values", f"{', '.join(map(str, odd))}: {item} means one of {allowed}"
    if item == "payment_mode" and not coding.values:
        yield "values", "are missing; say which numbers mean prepaid and postpaid"


def _bits(coding: Coding, clock: Clock | None) -> int:
    if coding.type == "bit":
        return 1
    registers = date_registers(clock) if coding.type == "date" and clock is not None else registers_of(coding, clock)
    mask = mask_of(coding, 16 * registers)
    return mask.bit_count()


def _numbers(key: str, names: Mapping[str, object]) -> Iterator[tuple[str, int | str]]:
    for number in names:
        try:
            yield key, int(number, 0)
        except ValueError:
            yield key, f"{number!r} is not a whole number; write the register's own, such as 0 or 0xFF00"


def _bounds(coding: Coding) -> Iterator[Finding]:
    if coding.least is None and coding.most is None:
        return
    if coding.values or coding.flags or coding.format == "clock" or coding.type in ("string", "date"):
        yield "least", "least and most belong to numbers only; take them out"
        return
    if coding.least is not None and coding.most is not None and Decimal(coding.least) > Decimal(coding.most):
        yield "least", f"{coding.least} is above most, {coding.most}"
