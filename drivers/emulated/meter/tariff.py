"""What a quantum of energy costs: by slab of the month and by time of day, as whole parts of a paisa."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from drivers.emulated.meter.money_table import DAY_MINUTES, MoneyTable
from rig.clock import FOREVER

MONTHS_KEPT = 14
"""So many months of consumption are kept, for a clock that is set back."""


class Tariff:
    """Prices that change: every change of a price is an instant, so that between two of them a quantum has one cost.

    A quantum belongs to the slab in which it is completed, and to the time of day at which it is booked.
    """

    def __init__(self, prices: Sequence[Sequence[int]], edges: Sequence[int], windows: MoneyTable) -> None:
        """`prices`[time of use][slab] (parts of a paisa a quantum); `edges`: last quantum of each slab of a month."""
        self._prices = prices
        self._edges = edges
        self._windows = [(begins, ends) for begins, ends, _ in windows.time_of_use]
        self._window = 0
        self._slab = 0
        self._month = date.min
        self.used: dict[date, int] = {}
        """Quanta of a month (its first day), the newest last."""

    @property
    def price(self) -> int:
        """What the next quantum costs (parts of a paisa)."""
        return self._prices[self._window][self._slab]

    @property
    def used_in_month(self) -> int:
        """Quanta of this month so far."""
        return self.used.get(self._month, 0)

    @property
    def left(self) -> int:
        """Quanta that are left at this price; FOREVER when no slab follows."""
        left = self._edges[self._slab] - self.used.get(self._month, 0)
        return left if left > 0 else FOREVER

    def take(self, quanta: int) -> None:
        """So many quanta (no more than are left) were booked."""
        used = self.used.get(self._month, 0) + quanta
        self.used[self._month] = used
        self._slab = self.slab_of(used)

    def slab_of(self, used: int) -> int:
        """The slab of the next quantum when so many were used in the month."""
        return next(number for number, edge in enumerate(self._edges) if used < edge)

    def look(self, now: datetime) -> None:
        """It is `now` on the meter's clock: month and time of use follow."""
        self._month = now.date().replace(day=1)
        self._slab = self.slab_of(self.used.get(self._month, 0))
        self._window = self.window_of(now.hour * 60 + now.minute)
        for old in sorted(self.used)[:-MONTHS_KEPT]:
            del self.used[old]

    def window_of(self, minute: int) -> int:
        """Number of the time-of-use window of this minute; 0 outside all of them."""
        for number, (begins, ends) in enumerate(self._windows, 1):
            inside = begins <= minute < ends if begins < ends else minute >= begins or minute < ends
            if inside:
                return number
        return 0


def priced(rate: Fraction, table: MoneyTable) -> tuple[int, list[list[int]]]:
    """(divisor, prices[time of use][slab]): prices / divisor are paise per kWh with duty and rebate on the energy charge."""
    percent = 100 + table.duty_percent - table.rebate_percent
    rates = [slab_rate for _, slab_rate in table.slabs] or [rate]
    windows = [Fraction(0), *(more for _, _, more in table.time_of_use)]
    exact = [[one * (100 + more) * percent / 10_000 for one in rates] for more in windows]
    divisor = math.lcm(*(price.denominator for row in exact for price in row))
    return divisor, [[int(price * divisor) for price in row] for row in exact]


def edges_of(table: MoneyTable, imp_per_kwh: int) -> list[int]:
    """The last quantum of each slab, counted from the first of the month."""
    return [FOREVER if upto is None else upto * imp_per_kwh // 1000 for upto, _ in table.slabs] or [FOREVER]


def switch_minutes(table: MoneyTable) -> list[int]:
    """Minutes of the day at which the price may change, 0 always among them, in order."""
    edges = {edge % DAY_MINUTES for begins, ends, _ in table.time_of_use for edge in (begins, ends)}
    return sorted(edges | {0})
