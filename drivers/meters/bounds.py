"""The ends of a setting's range as the map states them, and values beyond them, which a meter has to refuse."""

from __future__ import annotations

from decimal import Decimal

from drivers.meters.register_map import RegisterMap
from drivers.meters.units import factor_of
from drivers.meters.write_plan import Write, planned_writes


def bounds_of(map_: RegisterMap, item: str) -> tuple[int, int, int] | None:
    """Least, most and step of a setting (its unit as in `rig.contracts.ITEMS`); None where the map does not state both, whole."""
    register = map_.file.registers.get(item)
    if register is None or register.least is None or register.most is None or map_.items[item].write_table is None:
        return None
    step = Decimal(factor_of(item, register.unit, register.scale, map_.file.wallet_unit))
    own = step / Decimal(register.scale)
    ends = [Decimal(end) * own for end in (register.least, register.most)]
    if any(number != int(number) for number in (step, *ends)) or any(end % step for end in ends):
        return None
    return int(ends[0]), int(ends[1]), int(step)


def planned_beyond(map_: RegisterMap, item: str, setting: int) -> list[Write]:
    """The requests that write a setting that the map does not allow. ValueError where the register cannot carry it."""
    bounds = bounds_of(map_, item)
    if bounds is None:
        raise ValueError(
            f"{item}: the map states no least and most, so nothing is known to be beyond; nothing was sent"
        )
    allowed = map_.items[item]
    writes = planned_writes(map_, {item: bounds[0]})
    for write in writes:
        write.given = [
            (one, one.codec.show(setting) if one.name == allowed.name else pattern) for one, pattern in write.given
        ]
    return writes
