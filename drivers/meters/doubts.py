"""What a reading itself says against the map: settings that make sense only with their words the other way round."""

from __future__ import annotations

from drivers.meters.register_map import RegisterMap
from rig.contracts import MeterReading, Value


def doubts(map_: RegisterMap, reading: MeterReading) -> list[str]:
    """One sentence for each item that lies outside the map's own least and most, and inside with its words swapped."""
    found = []
    for name, register in map_.file.registers.items():
        bounded = register.least is not None or register.most is not None
        if not bounded or name not in reading.values or map_.items[name].registers < 2:
            continue
        shown = reading.values[name]
        if _fits(map_, name, shown):
            continue
        words = b"".join(word.to_bytes(2, "big") for word in reversed(reading.raw[name]))
        other = map_.items[name].codec.decode(words, 0)
        if _fits(map_, name, other):
            unit = f" {register.unit}" if register.unit else ""
            found.append(
                f"{name} reads {shown}{unit}, and the map allows {register.least or 'any'} to {register.most or 'any'}; "
                f"with its words the other way round it reads {other}: compare word_order with the manual and the meter"
            )
    return found


def _fits(map_: RegisterMap, name: str, value: Value) -> bool:
    try:
        map_.items[name].codec.encode(value)
    except ValueError:
        return False
    return True
