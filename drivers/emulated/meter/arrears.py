"""How a recharge is shared between arrears and balance. A rule takes and gives whole paise and knows nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

ArrearsRule = Callable[[int, int], int]
"""(recharge, arrears still owed) -> what goes to the arrears; never more than either."""


def whole_recharge_first(recharge: int, arrears: int) -> int:
    """The whole recharge pays arrears until none are left."""
    return min(recharge, arrears)


def nothing(_recharge: int, _arrears: int) -> int:
    """The arrears are collected elsewhere."""
    return 0


ARREARS_RULES: Mapping[str, ArrearsRule] = {"first": whole_recharge_first, "none": nothing}
"""By the name in `MeterSettings.arrears_mode`."""
