"""Registers and bytes into one unsigned pattern and back, in every order that meters use."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """How `registers` words make one unsigned pattern, most significant bit first after sorting.

    `pattern(answer, at)` takes it out of bytes as they stand on the wire, from byte `at`;
    `words(pattern)` gives the register words to put on the wire.
    """

    registers: int
    pattern: Callable[[bytes, int], int]
    words: Callable[[int], tuple[int, ...]]

    @property
    def bits(self) -> int:
        """Width of the pattern."""
        return 16 * self.registers


_WHOLE = {1: "H", 2: "I", 4: "Q"}


def order_of(registers: int, word_order: str = "high_first", byte_order: str = "big") -> Order:
    """ABCD is high_first big, CDAB low_first big, BADC high_first little, DCBA low_first little."""
    low_first = word_order == "low_first"
    as_words = struct.Struct(f">{registers}H")
    sign = "<" if byte_order == "little" else ">"
    straight = registers == 1 or low_first == (sign == "<")
    pattern = (
        _straight(sign, registers)
        if straight and registers in _WHOLE
        else _shuffled(sign, registers, low_first=low_first)
    )
    if registers == 1 and sign == ">":
        return Order(1, pattern, _single)

    on_wire = struct.Struct(f"{sign}{registers}H")

    def words(number: int) -> tuple[int, ...]:
        parts = [(number >> shift) & 0xFFFF for shift in range(16 * (registers - 1), -1, -16)]
        if low_first:
            parts.reverse()
        return as_words.unpack(on_wire.pack(*parts))

    return Order(registers, pattern, words)


def _single(number: int) -> tuple[int, ...]:
    return (number,)


def _straight(sign: str, registers: int) -> Callable[[bytes, int], int]:
    take = struct.Struct(sign + _WHOLE[registers]).unpack_from

    def pattern(answer: bytes, at: int) -> int:
        number: int = take(answer, at)[0]
        return number

    return pattern


def _shuffled(sign: str, registers: int, *, low_first: bool) -> Callable[[bytes, int], int]:
    take = struct.Struct(f"{sign}{registers}H").unpack_from

    def pattern(answer: bytes, at: int) -> int:
        words = take(answer, at)
        number = 0
        for word in reversed(words) if low_first else words:
            number = number << 16 | word
        return number

    return pattern
