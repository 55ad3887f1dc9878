"""One item's registers into its value in the rig's units and back. Pure, exact, and compiled once from the map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.meters.clock_forms import date_registers
from drivers.meters.item_meaning import Meaning, meaning_of
from drivers.meters.map_model import BITS, Clock, Coding, Register
from drivers.meters.word_order import Order, order_of
from rig.contracts import Value

_REGISTERS = {"u32": 2, "i32": 2, "float32": 2, "u64": 4, "i64": 4}


@dataclass(frozen=True, slots=True)
class Codec:
    """How one item is read and written.

    `decode(answer, at)`: the value from bytes as they stand on the wire, `at` in bytes (of a coil or discrete input: in bits).
    `encode(value)`: its pattern, exactly; ValueError when the register cannot hold it.
    `show(value)`: its pattern as a meter shows it, cut to the register's step.
    `mask`: the bits of the pattern that belong to the item; the others belong to items beside it.
    """

    registers: int
    pattern: Callable[[bytes, int], int]
    words: Callable[[int], tuple[int, ...]]
    decode: Callable[[bytes, int], Value]
    encode: Callable[[Value], int]
    show: Callable[[Value], int]
    mask: int
    whole: bool

    def merged(self, old: int, new: int) -> int:
        """The pattern `old` with this item's bits from `new`."""
        return old & ~self.mask | new & self.mask


def registers_of(coding: Coding, clock: Clock | None) -> int:
    """Registers (coils, discrete inputs) that the item takes."""
    if coding.type == "string":
        return coding.length or 1
    if coding.type == "bcd":
        return ((coding.digits or 1) + 3) // 4
    if coding.type == "date":
        return date_registers(clock) if clock is not None else 1
    return _REGISTERS.get(coding.type, 1)


def mask_of(coding: Coding, bits: int) -> int:
    """The bits of the pattern that belong to the item."""
    if coding.byte is not None:
        return 0xFF00 if coding.byte == "high" else 0x00FF
    return coding.mask if coding.mask is not None else (1 << bits) - 1


def codec_of(item: str, coding: Coding, clock: Clock | None, wallet_unit: str) -> Codec:
    """Compile an item that the checks have passed."""
    registers = registers_of(coding, clock)
    if isinstance(coding, Register) and coding.table in BITS:
        order = Order(1, _bit, _word)
        full = 1
    else:
        order = order_of(registers, coding.word_order, coding.byte_order)
        full = (1 << order.bits) - 1
    mask = mask_of(coding, order.bits) & full
    shift = (mask & -mask).bit_length() - 1
    meaning = meaning_of(item, coding, clock, wallet_unit, (mask >> shift).bit_length())
    if mask == full:
        return Codec(
            registers, order.pattern, order.words, _decoder(order, meaning), meaning.encode, meaning.show, mask, True
        )
    return Codec(
        registers,
        order.pattern,
        order.words,
        _part_decoder(order, meaning, mask, shift),
        lambda value: meaning.encode(value) << shift,
        lambda value: meaning.show(value) << shift,
        mask,
        False,
    )


def _bit(answer: bytes, at: int) -> int:
    return answer[at >> 3] >> (at & 7) & 1


def _word(pattern: int) -> tuple[int, ...]:
    return (pattern,)


def _decoder(order: Order, meaning: Meaning) -> Callable[[bytes, int], Value]:
    pattern, value = order.pattern, meaning.value

    def decode(answer: bytes, at: int) -> Value:
        return value(pattern(answer, at))

    return decode


def _part_decoder(order: Order, meaning: Meaning, mask: int, shift: int) -> Callable[[bytes, int], Value]:
    pattern, value = order.pattern, meaning.value

    def decode(answer: bytes, at: int) -> Value:
        return value((pattern(answer, at) & mask) >> shift)

    return decode
