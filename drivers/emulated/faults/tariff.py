"""Faults of prices: slabs of the month, time of use, rebate."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, Setting, fails
from drivers.emulated.meter.tariff import Tariff


class FirstSlabForAll(Tariff):
    """Every Wh of a month costs what the first one does."""

    @property
    def price(self) -> int:
        return self._prices[self._window][0]


class HourLate(Tariff):
    """Prices by the time of day change an hour late."""

    def window_of(self, minute: int) -> int:
        return super().window_of((minute - 60) % 1440)


class RebateTwice(Tariff):
    """A rebate of 2 % is given twice."""

    @property
    def price(self) -> int:
        return super().price * 98 // 100


FAULTS = (
    Fault(
        "A11",
        "slabs are not counted",
        "tariff",
        "above a slab's edge energy costs what it cost below",
        (FirstSlabForAll,),
        ends_in=fails("CHG-4", "debited beside the tariff"),
        needs=Setting(policy="trial"),
    ),
    Fault(
        "A13",
        "time of use an hour late",
        "tariff",
        "the price changes an hour after it should",
        (HourLate,),
        ends_in=fails("CHG-5", "debited beside the tariff"),
        needs=Setting(policy="trial"),
    ),
    Fault(
        "A14",
        "rebate given twice",
        "tariff",
        "energy costs 2 % less than it should",
        (RebateTwice,),
        ends_in=fails("CHG-6", "debited beside the tariff"),
        needs=Setting(policy="trial"),
    ),
)
