"""What energy costs by the policy, held against the meter's own energy register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from rig.contracts import MeterReading
from rig.hands.mains import Mains
from rig.hands.waiting import Waiting
from rig.interval import Interval

A_SECOND = timedelta(seconds=1)
"""What a clock of whole seconds does not show."""


class Costs(Mains, Waiting):
    """Consumes, and compares what was debited with what the meter itself counted."""

    def consume_wh(self, energy_wh: Fraction | int, watts: int) -> None:
        """Draw `watts` (W) for as long as that takes for so much energy (Wh), then switch the load off and let it settle."""
        drawn = self.at_most(watts)
        self.draw_watts(drawn)
        self.sleep_ns(int(Fraction(energy_wh) * 3600 * 10**9 / drawn))
        self.settle_costs()

    def settle_costs(self) -> Bill:
        """Load off; when everything counted has reached the balance, read both."""
        self.load_off()
        self.sleep_ns(self.promises.balance_lag + 2 * self.promises.metering_window)
        reading = self.read_meter(*(item for item in ("energy", "balance", "clock") if item in self.meter.items))
        self._books.settle(reading.at.hi)
        account = self._books.account
        charged = Interval.of(0) if account is None else account.charged
        return Bill(reading, Fraction(reading.energy_wh or 0), reading.number("balance"), charged)

    def used_in_month(self) -> Fraction:
        """What the meter says that this month of its clock has used so far (Wh); nothing where it does not say."""
        if "energy_of_month" not in self.meter.items:
            return Fraction(0)
        return Fraction(str(self.read_meter("energy_of_month").values["energy_of_month"] or 0))

    def observe_cost(
        self, judgement: str, before: Bill, after: Bill, used_wh: Fraction, at_rate: Fraction | None = None
    ) -> None:
        """Judge what was debited beside what the meter's own energy costs, in a month that had used `used_wh` before (Wh).

        `at_rate` is what the hour multiplies the rate by; left out, every hour between the bills counts. What days and
        months cost that began in between is left out of it.
        """
        energy = Interval.of(after.counted_since(before))
        rates = self._rates(before, after) if at_rate is None else Interval.of(at_rate)
        due = self.policy.takes_energy(energy, Interval.of(used_wh), rates)
        due += after.charged - before.charged
        debited = before.balance - after.balance
        self._journal.observation(
            judgement, {"interval": Interval(debited - due.hi, debited - due.lo)}, after.reading.at
        )

    def _rates(self, before: Bill, after: Bill) -> Interval:
        """What the rate was multiplied by between two bills, by the meter's clock."""
        began, ended = before.reading.values.get("clock"), after.reading.values.get("clock")
        if isinstance(began, datetime) and isinstance(ended, datetime):
            return self.policy.prices.rates_between(began, ended + A_SECOND)
        return self.policy.prices.rates_between(datetime.min, datetime.max)


@dataclass(frozen=True, slots=True)
class Bill:
    """What the meter had counted (Wh) and what was on its balance (paise), and what days and months had cost by the oracle."""

    reading: MeterReading
    energy_wh: Fraction
    balance: int
    charged: Interval

    def counted_since(self, before: Bill) -> Fraction:
        """What the meter's energy register counted since another bill (Wh)."""
        return self.energy_wh - before.energy_wh
