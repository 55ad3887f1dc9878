"""The windows that follow from what a meter's maker promises: every limit of a scenario is a sum of these.

A window is a `Span` of durations since its cause (ns). It is what a healthy meter may take; what the sampling channel
adds is no part of it. What is promised itself is in `rig.promised`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rig.clock import DAY, SECOND, Span
from rig.interval import Interval
from rig.promised import ALWAYS, NEEDED, Promised

if TYPE_CHECKING:
    from rig.money_rules import MoneyRules

__all__ = ["ALWAYS", "NEEDED", "Promises"]


@dataclass(frozen=True, slots=True)
class Promises(Promised):
    """The promises of one map, and what follows from them. Durations are ns, money is paise."""

    # windows that follow

    def trip_window(self, delay_s: int) -> Span:
        """From the step above the limit to the open contact, for a limiter that waits `delay_s` (s).

        Earliest: delay - window: a step far above the limit late in a window makes that whole window count.
        Latest: delay + window + window + contact: the window that the step only began in is lost, the decision may wait
        for the end of another, and the contact moves (protocols.md 5.3: D + 2 T + 0.1).
        """
        return self.trip_after(delay_s * SECOND)

    def trip_after(self, delay: int) -> Span:
        """As `trip_window`, for a limiter that waits `delay` (ns)."""
        return Span(max(delay - self.metering_window, 0), delay + 2 * self.metering_window + self.contact)

    def overload_delay(self, settings: Mapping[str, int]) -> int:
        """How long a definite-time limiter waits (ns): as promised, or as its register over_threshold_duration (s) says."""
        promised = self.table.overload.delay_s if self.table.overload else None
        return settings.get("over_threshold_duration", 0) * SECOND if promised is None else promised

    @property
    def overload_begins_at(self) -> Fraction:
        """Above so many times the load limit a load is too high: one, or what the first pair of an inverse limiter says."""
        pairs = self.table.overload.pairs if self.table.overload else []
        return pairs[0].times if pairs else Fraction(1)

    @property
    def trip_tail(self) -> int:
        """How long after an overload ended its trip may still come (ns): window + window + contact, as in `trip_window`."""
        return 2 * self.metering_window + self.contact

    @property
    def cut_allowance(self) -> Span:
        """From credit gone to the open contact: nothing, up to window + tick + contact.

        A window until the energy is known, a tick until the balance is looked at. What a quantum adds depends on the load,
        and is the account's `grain`.
        """
        return Span(0, self.metering_window + self.ledger_tick + self.contact)

    @property
    def reclose_after_recharge(self) -> Span:
        """From the commit of a recharge that brings credit to the closed contact: recharge + reclose + contact, at most."""
        return Span(0, self.recharge_time + self._needed("reclose_after_recharge_s") + self.contact)

    @property
    def command_window(self) -> Span:
        """From a remote command taken to the contact: command + contact, at most."""
        return Span(0, self._needed("command_s") + self.contact)

    def reclose_interval_window(self, interval_s: int) -> Span:
        """From the open contact of an overload trip to the next attempt's closed contact, for an interval of `interval_s` (s).

        Earliest: interval - contact - drift: the interval counts from the decision, the contact opens after it.
        Latest: interval + window + contact + drift: the limiter decides once a window, then the contact moves.
        Drift is what the meter's clock may run off in the interval.
        """
        return self._waited(interval_s)

    def lock_out_window(self, lock_out_s: int) -> Span:
        """From the open contact of the trip that locked out to the closed contact, summed as `reclose_interval_window`."""
        return self._waited(lock_out_s)

    def _waited(self, wait_s: int) -> Span:
        wait = wait_s * SECOND
        drift = math.ceil(wait * (self.table.clock_s_per_day or 0) * SECOND / DAY)
        return Span(max(wait - self.contact - drift, 0), wait + self.metering_window + self.contact + drift)

    def noticed(self, lasts: int) -> int:
        """How long after something began that must last `lasts` (ns) its event surely stands in the log: two windows and a refresh more."""
        return lasts + 2 * self.metering_window + self.status_refresh

    def unnoticed(self, lasts: int) -> int:
        """How long (ns) something may go on that is told after `lasts` (ns), and surely is not told: a window less, and then some."""
        return max(lasts - self.metering_window, 0) * 7 // 10

    @property
    def tamper_window(self) -> Span | None:
        """From tampering, or its end, to the contact, as `trip_after`; None where it moves no relay."""
        promised = self.table.tamper
        return self.trip_after(promised.lasts_s) if promised is not None and promised.opens_relay else None

    @property
    def balance_lag(self) -> int:
        """How far the balance register may be behind what was consumed (ns): tick + refresh."""
        return self.ledger_tick + self.status_refresh

    @property
    def registers_follow(self) -> int:
        """How long after a drive the registers have followed the contact (ns): contact + refresh."""
        return self.contact + self.status_refresh

    # money that follows

    def metered(self, energy_wh: Interval) -> Interval:
        """What the meter may make of this energy (Wh), by its class."""
        if not energy_wh.hi:
            return energy_wh
        unsure = self.energy_uncertainty
        return Interval(energy_wh.lo * (1 - unsure), energy_wh.hi * (1 + unsure))

    def quantum_cost(self, policy: MoneyRules) -> Fraction:
        """What one count of the energy register costs (paise)."""
        return self.energy_quantum * policy.paise_per_wh

    def opening_balance(self, shown: int, policy: MoneyRules) -> Interval:
        """What a settled balance register that shows `shown` (paise) may stand for.

        Up to one step more, because it shows whole steps; up to one quantum less, because energy below a whole count has
        flowed and was not charged yet.
        """
        return Interval.of(shown - self.quantum_cost(policy), shown + self.balance_step)
