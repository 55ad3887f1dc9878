"""What an item is measured in: the map's unit into the rig's, and the unit that each known item must have."""

from __future__ import annotations

import enum
from decimal import Context, Decimal

from rig.contracts import ELECTRICAL, ITEMS, PHASES

EXACT = Context(prec=60)
"""Wide enough that nothing is rounded: 20 digits of a u64 by nine of a scale and three of a unit."""

_MEASURED = ("V", "A", "W", "VA", "var", "Wh", "VAh", "varh", "Hz")

UNITS: dict[str, tuple[str, Decimal]] = {
    "": ("", Decimal(1)),
    "%": ("%", Decimal(1)),
    **{
        prefix + unit: (unit, Decimal(factor))
        for unit in _MEASURED
        for prefix, factor in (("m", "0.001"), ("", "1"), ("k", "1000"), ("M", "1000000"))
    },
    "ms": ("s", Decimal("0.001")),
    "s": ("s", Decimal(1)),
    "min": ("s", Decimal(60)),
    "h": ("s", Decimal(3600)),
    "INR": ("money", Decimal(100)),
    "paise": ("money", Decimal(1)),
}
"""Unit as a map writes it -> quantity, and how much of the rig's unit (V, A, W, Wh, Hz, s, paise) one of it is."""

MONEY_ITEMS = frozenset({
    "balance", "arrears", "emergency_used", "emergency_limit", "last_recharge_amount", "last_recharge_to_arrears", "total_recharged",
    "alarm_1", "alarm_2", "recharge_amount",
})  # fmt: skip

_QUANTITIES = {
    "voltage": "V", "current": "A", "power": "W", "energy": "Wh", "frequency": "Hz", "load_limit": "W",
    "neutral_current": "A", "reactive_power": "var", "energy_exported": "Wh", "energy_of_month": "Wh",
    "over_threshold_duration": "s", "under_threshold_duration": "s", "reclose_interval": "s", "lock_out_duration": "s",
    **dict.fromkeys(MONEY_ITEMS, "money"),
    **{item: {"voltage": "V", "current": "A", "power": "W"}[item.split("_")[0]] for item in PHASES},
}  # fmt: skip

TIMES = frozenset({"clock", "last_recharge_time"})
TEXTS = frozenset({"serial", "firmware"})
NUMBERED = frozenset({"string", "u16", "u32", "u64", "bcd"})
"""What a text may be coded as; a whole number is read as its digits."""
CHOICES: dict[str, frozenset[int | str]] = {
    "payment_mode": frozenset({"prepaid", "postpaid"}),
    "output_state": frozenset({0, 1}),
    "control_state": frozenset({0, 1, 2}),
    "overload_enabled": frozenset({0, 1}),
}
"""What `values` of these items may stand for."""


class Kind(enum.Enum):
    """What a decoded value is: a whole number, a decimal, money (paise or steps), a yes or no."""

    WHOLE = enum.auto()
    DECIMAL = enum.auto()
    MONEY = enum.auto()
    TRUTH = enum.auto()


def expected_quantity(item: str, wallet_unit: str) -> str | None:
    """The quantity that a known item must be measured in ("V", "money", ...); None: the map is free to say."""
    quantity = _QUANTITIES.get(item)
    if quantity == "money" and wallet_unit == "kWh":
        return "Wh"
    if quantity is None and item in ITEMS:
        return ""
    return quantity


def is_money(item: str, unit: str, wallet_unit: str) -> bool:
    """True for paise, and in a kWh wallet for the items that would be money elsewhere."""
    return UNITS[unit][0] == "money" or (wallet_unit == "kWh" and item in MONEY_ITEMS)


def kind_of(item: str, unit: str, wallet_unit: str, *, scaled: bool) -> Kind:
    """What the item decodes to. `scaled`: a scale or float makes an item of the map's own a decimal."""
    if is_money(item, unit, wallet_unit):
        return Kind.MONEY
    if item == "output_state":
        return Kind.TRUTH
    if item in ELECTRICAL or item in PHASES or (item not in ITEMS and (scaled or UNITS[unit][0] in _MEASURED)):
        return Kind.DECIMAL
    return Kind.WHOLE


def factor_of(item: str, unit: str, scale: str, wallet_unit: str) -> Decimal:
    """What one step of the register is in the rig's unit; in a kWh wallet money counts the register's own steps."""
    if wallet_unit == "kWh" and item in MONEY_ITEMS:
        return Decimal(1)
    factor = EXACT.multiply(Decimal(scale), UNITS[unit][1])
    return Decimal(int(factor)) if factor == factor.to_integral_value() else factor.normalize(EXACT)
