"""What the utility promises: what energy costs, and who gets which part of a recharge, in which order.

A policy is a list of charges and sinks behind `rig.money_rules`; the ledger asks those questions and no others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from rig.clock import IST, utc_now
from rig.contracts import Capability
from rig.energy_wallet import energy_unit, in_energy, in_unit
from rig.interval import Interval
from rig.kept_policy import kept_by, needed_by
from rig.money import RUPEES, MoneyUnit
from rig.money_rules import Charge
from rig.neutral_money import plain_money
from rig.policies.pricing import NONE_USED, PLAIN, Pricing
from rig.policies.sharing import Share, shared
from rig.policies.sinks import Instalment
from rig.policies.supply import EmergencyCredit
from rig.policies.unjudged import Unjudged, why
from rig.policies.values import Stated
from rig.policy_file import PolicyFile, read_policy_file

NOBODY: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Number:
    """A number or rule of the policy, and where it was read."""

    path: str
    value: str
    unit: str
    source: str
    date: str
    mark: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file that was read and checked; `sha256` is the file's."""

    file: PolicyFile
    sha256: str = ""
    unjudged: tuple[Unjudged, ...] = ()
    """What rules of the utility's file need and the meter's map does not declare; those rules are left out of `file`."""
    whole: PolicyFile | None = None
    """The utility's own file, where rules were left out."""
    money: MoneyUnit = RUPEES
    """What its amounts are called in the meter's wallet."""
    prices: Pricing = field(init=False, repr=False, compare=False)
    _by_day: tuple[Fraction, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tariff = self.file.tariff
        object.__setattr__(self, "prices", Pricing(tariff))
        object.__setattr__(self, "_by_day", (tariff.daily, tariff.monthly))

    @property
    def name(self) -> str:
        """The name in the file."""
        return self.file.name

    @property
    def prepaid(self) -> bool:
        """True when the relay opens for want of credit."""
        return self.file.payment_mode == "prepaid"

    @property
    def closes_from(self) -> int:
        """The least balance (paise, or steps of the wallet) at which a relay that opened for want of credit closes."""
        asked = self.file.reconnection
        return max((asked and asked.least_balance) or 1, 1)

    @property
    def overload_allowed(self) -> bool:
        """True when the meter may open the relay because of too much load."""
        return self.file.overload.allowed

    def expired(self, on: date) -> bool:
        """True when the policy is no longer valid on this day."""
        return self.file.valid_to is not None and on > self.file.valid_to

    def numbers(self) -> list[Number]:
        """Every number and rule with its source, for the report. A second reading stands in the mark.

        Those of the utility that this meter is not judged by stand last, and their mark says so.
        """
        numbers = [_number(self.file, in_unit(stated, self.money)) for stated in self.file.stated()]
        kept = {one.path for one in numbers}
        left = [stated for stated in self.utilitys.file.stated() if stated[0] not in kept]
        mark = f"not judged: {why(self.unjudged)}" if left else ""
        return numbers + [_number(self.utilitys.file, stated, mark) for stated in left]

    def facts(self, on: date | None = None) -> dict[str, Any]:
        """What the evidence keeps of the policy; `expired` is as of `on`, or of today in the utility's zone."""
        file = self.file
        return {
            "name": file.name,
            "title": file.title,
            "utility": file.utility,
            "valid_from": file.valid_from.isoformat(),
            "valid_to": file.valid_to.isoformat() if file.valid_to else None,
            "reviewed_on": file.reviewed_on.isoformat(),
            "expired": self.expired(on or utc_now().astimezone(IST).date()),
            "sha256": self.sha256,
            "numbers": [asdict(number) for number in self.numbers()],
        }

    @property
    def charges_by_day(self) -> bool:
        """True when the beginning of a day moves money."""
        return bool(any(self._by_day) or self.file.instalment)

    def for_wallet(self, step_wh: Fraction | None, map_name: str) -> Policy:
        """As a meter with this map keeps it: itself for money, in steps of `step_wh` (Wh) for a wallet of energy."""
        if step_wh is None:
            return self
        return Policy(in_energy(self.file, step_wh, map_name), self.sha256, money=energy_unit(step_wh))

    def for_meter(
        self, capabilities: Collection[Capability], map_name: str, absent: Collection[Capability] = ()
    ) -> Policy:
        """As a meter with these capabilities keeps it, `absent` being those that its map declares absent."""
        lacking = {one: said for one, said in needed_by(self.file).items() if one not in capabilities}
        if not lacking:
            return self
        unjudged = tuple(Unjudged(one, lacking[one], map_name, one in absent) for one in sorted(lacking))
        return Policy(kept_by(self.file, lacking, map_name), self.sha256, unjudged, self.file, self.money)

    @property
    def utilitys(self) -> Policy:
        """As the utility wrote it, for a meter that has everything."""
        return Policy(self.whole, self.sha256, money=self.money) if self.whole else self

    def without(self, capability: Capability) -> Policy:
        """As a meter keeps it that lacks this capability only."""
        return Policy(kept_by(self.file, [capability], ""), self.sha256, money=self.money)

    @property
    def carries(self) -> bool:
        """True when a day's charge is no whole number of paise: a meter carries what is below one."""
        return self.file.tariff.daily.denominator != 1

    def plain_money(self) -> dict[str, Any]:
        """The plain numbers that an emulated meter needs; see `rig.neutral_money`. ConfigError for what has no plain form."""
        return plain_money(self.file)

    # what the ledger asks

    @property
    def capped_periods(self) -> Mapping[str, str]:
        """See `MoneyRules`."""
        return {sink.kind: sink.period for sink in self.file.sinks if sink.period is not None}

    @property
    def instalment(self) -> Instalment | None:
        """See `MoneyRules`."""
        return self.file.instalment

    @property
    def emergency_credit(self) -> EmergencyCredit | None:
        """See `MoneyRules`."""
        return self.file.emergency_credit

    @property
    def paise_per_wh(self) -> Fraction:
        """See `MoneyRules`: rupees per kWh are tenths of a paisa per Wh."""
        return self.prices.dearest

    def takes_recharge(self, amount: int, owed: Mapping[str, int], taken: Mapping[str, int] = NOBODY) -> list[Share]:
        """See `MoneyRules`: each sink in its turn, the last one takes the rest."""
        return shared(self.file.sinks, amount, owed, taken, self.money)

    def takes_energy(self, energy_wh: Interval, used_wh: Interval = NONE_USED, at_rate: Interval = PLAIN) -> Interval:
        """See `MoneyRules`: by slab and hour, with duty and rebate."""
        return self.prices.cost(energy_wh, used_wh, at_rate)

    def opens_day(self, on: date) -> Sequence[Charge]:
        """See `MoneyRules`: the month's charge on the 1st, and the day's."""
        (daily, monthly), charges = self._by_day, []
        if on.day == 1 and monthly:
            charges.append(Charge(Fraction(monthly), f"charge of the month that begins on {on}"))
        if daily:
            charges.append(Charge(daily, f"charge of the day {on}"))
        return charges

    def closes_period(self, _on: date) -> Sequence[Charge]:
        """See `MoneyRules`: what is charged as it is used leaves nothing to settle."""
        return ()


def _number(file: PolicyFile, stated: Stated, mark: str = "") -> Number:
    path, told, unit = stated
    source = file.sources[path]
    return Number(
        path, told, unit, source.source, source.date, "; ".join(filter(None, (source.mark, source.otherwise, mark)))
    )


def load_policy(file: Traversable | Path) -> Policy:
    """Read and check a policy file. ConfigError names every problem, with file and key path."""
    return Policy(read_policy_file(file), hashlib.sha256(file.read_bytes()).hexdigest())
