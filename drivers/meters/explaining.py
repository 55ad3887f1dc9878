"""Why a register does not show what was measured: another order of its words, another scale, type or address that would."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from drivers.meters.item_codec import codec_of
from drivers.meters.map_model import Register
from drivers.meters.register_map import RegisterMap

Words = tuple[int, ...]
Neighbour = Callable[[int], Words | None]
"""The words of an item when it stood so many addresses further on; None when they cannot be read."""

_TYPES = {1: ("u16", "i16"), 2: ("u32", "i32", "float32"), 4: ("u64", "i64")}
_ORDERS = (("high_first", "big"), ("low_first", "big"), ("high_first", "little"), ("low_first", "little"))
_SHIFTS = (0, 1, -1)
_POWERS = (0, *(sign * power for power in range(1, 5) for sign in (1, -1)))
_SHOWN = 3


class Way(NamedTuple):
    """One way to read an item otherwise than the map says: in how many respects, and in words."""

    changes: int
    words: str
    register: Register
    shift: int


def explained(map_: RegisterMap, item: str, words: Neighbour, measured: Decimal, within: Decimal) -> list[str]:
    """How else the item would read `measured` (the rig's unit, give or take `within`); the fewest changes, at most three.

    Neighbouring addresses are read only when no order, scale or type fits.
    """
    found: list[tuple[int, str]] = []
    for way in sorted(_ways(map_.file.registers[item]), key=lambda way: (way.changes, way.shift != 0)):
        if found and way.changes > found[0][0]:
            break
        taken = words(way.shift)
        if taken is not None and _reads(map_, item, way.register, taken, measured, within):
            found.append((way.changes, way.words))
    return [text for _, text in found[:_SHOWN]]


def agrees(map_: RegisterMap, item: str, words: Words, measured: Decimal, within: Decimal) -> bool:
    """True when the item as the map has it reads `measured`, give or take `within`."""
    return _reads(map_, item, map_.file.registers[item], words, measured, within)


def _reads(map_: RegisterMap, item: str, register: Register, words: Words, measured: Decimal, within: Decimal) -> bool:
    codec = codec_of(item, register, map_.file.clock, map_.file.wallet_unit)
    value = codec.decode(struct.pack(f">{len(words)}H", *words), 0)
    return isinstance(value, int | Decimal) and abs(Decimal(value) - measured) <= within


def _ways(register: Register) -> Iterator[Way]:
    """Every way with one or two changes."""
    size = {"u32": 2, "i32": 2, "float32": 2, "u64": 4, "i64": 4}.get(register.type, 1)
    plain = register.mask is None and register.byte is None and register.type != "bcd"
    orders = [one for one in _ORDERS if size > 1 or one[0] == register.word_order] if plain else [_own(register)]
    types = _TYPES[size] if plain else (register.type,)
    for order, type_, power, shift in product(orders, types, _POWERS, _SHIFTS):
        said = [
            *([f'word_order = "{order[0]}"'] if order[0] != register.word_order else []),
            *([f'byte_order = "{order[1]}"'] if order[1] != register.byte_order else []),
            *([f'type = "{type_}"'] if type_ != register.type else []),
            *([f'scale = "{_scale(register, power)}"'] if power else []),
            *([f"address = 0x{register.address + shift:04X}"] if shift else []),
        ]
        if 1 <= len(said) <= 2:
            changed = {"word_order": order[0], "byte_order": order[1], "type": type_, "scale": _scale(register, power)}
            yield Way(len(said), " and ".join(said), register.model_copy(update=changed), shift)


def _own(register: Register) -> tuple[str, str]:
    return register.word_order, register.byte_order


def _scale(register: Register, power: int) -> str:
    return f"{Decimal(register.scale).scaleb(power).normalize():f}" if power else register.scale
