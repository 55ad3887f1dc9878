"""What a ledger asks of whoever knows the price of energy and who gets what of a recharge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Protocol

from rig.interval import Interval
from rig.money import MoneyUnit
from rig.policies.pricing import Pricing
from rig.policies.sharing import Share
from rig.policies.sinks import Instalment
from rig.policies.supply import EmergencyCredit


@dataclass(frozen=True, slots=True)
class Charge:
    """What a day or a period takes off the balance (paise), and why, in words."""

    amount: Fraction
    words: str


class MoneyRules(Protocol):
    """The four questions that a ledger asks of a policy. Answers are exact; nothing is remembered between them."""

    @property
    def money(self) -> MoneyUnit:
        """What an amount is called."""

    @property
    def paise_per_wh(self) -> Fraction:
        """The most that a Wh can cost."""

    @property
    def prices(self) -> Pricing:
        """What a Wh costs, by slab and hour."""

    @property
    def capped_periods(self) -> Mapping[str, str]:
        """Kind of every sink with a cap per period, and that period: day, week or month."""

    @property
    def instalment(self) -> Instalment | None:
        """The plan by which arrears come off the balance day by day."""

    @property
    def emergency_credit(self) -> EmergencyCredit | None:
        """What is lent when the balance is used up."""

    def takes_recharge(self, amount: int, owed: Mapping[str, int], taken: Mapping[str, int]) -> Sequence[Share]:
        """How a recharge (paise) is shared among the sinks; `owed` is what each kind is still due, `taken` what each sink with
        a cap per period got in that period before (paise)."""

    def takes_energy(self, energy_wh: Interval, used_wh: Interval, at_rate: Interval) -> Interval:
        """What this energy (Wh) costs (paise) when the month had used `used_wh` before, at `at_rate` times the rate."""

    def opens_day(self, on: date) -> Sequence[Charge]:
        """What the beginning of a day costs, whatever is consumed: on the 1st, also what the month costs."""

    def closes_period(self, on: date) -> Sequence[Charge]:
        """What the end of a billing period settles."""
