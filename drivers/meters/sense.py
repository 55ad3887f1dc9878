"""What one item of a map that is tried says by itself: does it make sense, and does it fit a contact that is closed?"""

from __future__ import annotations

import struct
from decimal import Decimal

from drivers.meters.explaining import Words
from drivers.meters.register_map import Item, RegisterMap
from rig.contracts import Value

_SENSIBLE = {
    "voltage": (80, 300), "current": (-200, 200), "power": (-60_000, 60_000), "frequency": (45, 65),
    "power_factor": (-1, 1),
}  # fmt: skip
"""V, A, W, Hz: what a meter on a bench can show."""

AGREES, WRONG, SENSIBLE, DOUBTFUL, SILENT = "agrees", "WRONG", "sensible", "doubtful", "no answer"
WHILE_CLOSED = ("output_state", "control_state")
"""Items of which it is known what they say while the contact is closed."""


def bare(item: Item, words: Words) -> tuple[int, int]:
    """The item's own bits of what its registers hold, moved down, and how many they are."""
    mask = item.codec.mask
    shift = (mask & -mask).bit_length() - 1
    pattern = (
        item.codec.pattern(struct.pack(f">{len(words)}H", *words), 0)
        if item.read_table in ("input", "holding")
        else words[0]
    )
    return (pattern & mask) >> shift, (mask >> shift).bit_length()


def of_the_relay(map_: RegisterMap, name: str, value: Value) -> tuple[str, str]:
    """What `output_state` or `control_state` says while the contact is closed."""
    if value == 1:
        return AGREES, "the load side is live, so the contact is closed"
    if name == "control_state":
        return WRONG, f"says {value}, and the load side is live: 1 is connected; check address, mask and values"
    turned = "take values out" if map_.file.registers[name].values else "write values = { 0 = 1, 1 = 0 }"
    return WRONG, f"says open, and the load side is live, so the contact is closed: {turned}"


def senseless(map_: RegisterMap, item: Item, words: Words, value: Value) -> str:
    """Why this value makes no sense by itself; empty when it does."""
    register = map_.file.registers[item.name]
    if isinstance(value, str):
        if register.type == "string" and not value.isprintable():
            return "is no text: check address, length and byte order"
        known = {str(to) for to in register.values.values()}
        return f"{value} is none that the map names" if known and value not in known else ""
    least, most = _SENSIBLE.get(item.name, (None, None))
    if least is not None and most is not None and isinstance(value, int | Decimal) and not least <= value <= most:
        return f"is outside {least} to {most}: check address, scale and word order"
    other = item.codec.decode(struct.pack(f">{len(words)}H", *reversed(words)), 0) if len(words) > 1 else None
    if (register.least, register.most) != (None, None) and not _fits(item, value):
        swapped = f"; with its words the other way round it reads {other}" if _fits(item, other) else ""
        return f"is outside the map's own least and most{swapped}"
    whole = register.type in ("u32", "i32", "u64", "i64") and register.format == "number"
    if whole and words[-1] == 0 and any(words[:-1]) and register.word_order == "high_first":
        return f"its lowest word is 0 and another is not; with its words the other way round it reads {other}"
    if whole and words[0] == 0 and any(words[1:]) and register.word_order == "low_first":
        return f"its lowest word is 0 and another is not; with its words the other way round it reads {other}"
    return ""


def _fits(item: Item, value: Value) -> bool:
    try:
        item.codec.encode(value)
    except ValueError:
        return False
    return True
