"""What the utility promises: what energy costs, and who gets which part of a recharge, in which order.

A policy is a list of charges and sinks behind `MoneyRules`; the ledger asks those questions and no others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from rig.clock import IST, utc_now
from rig.config import read_toml
from rig.errors import ConfigError
from rig.interval import Interval
from rig.money import in_rupees
from rig.opener import problems
from rig.policy_file import PolicyFile, Sink


@dataclass(frozen=True, slots=True)
class Share:
    """What one sink gets of a recharge (paise), and why, in words."""

    kind: str
    amount: int
    words: str


@dataclass(frozen=True, slots=True)
class Charge:
    """What a day or a period takes off the balance (paise), and why, in words."""

    amount: Fraction
    words: str


class MoneyRules(Protocol):
    """The four questions that a ledger asks of a policy. Answers are exact; nothing is remembered between them."""

    @property
    def paise_per_wh(self) -> Fraction:
        """What the next Wh costs."""

    def takes_recharge(self, amount: int, owed: Mapping[str, int]) -> Sequence[Share]:
        """How a recharge (paise) is shared among the sinks; `owed` is what each kind is still due (paise)."""

    def takes_energy(self, energy_wh: Interval) -> Interval:
        """What this energy (Wh) costs (paise)."""

    def opens_day(self, on: date) -> Sequence[Charge]:
        """What the beginning of a day costs, whatever is consumed."""

    def closes_period(self, on: date) -> Sequence[Charge]:
        """What the end of a billing period settles."""


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

    @property
    def name(self) -> str:
        """The name in the file."""
        return self.file.name

    @property
    def prepaid(self) -> bool:
        """True when the relay opens for want of credit."""
        return self.file.payment_mode == "prepaid"

    @property
    def overload_allowed(self) -> bool:
        """True when the meter may open the relay because of too much load."""
        return self.file.overload.allowed

    def expired(self, on: date) -> bool:
        """True when the policy is no longer valid on this day."""
        return self.file.valid_to is not None and on > self.file.valid_to

    def numbers(self) -> list[Number]:
        """Every number and rule with its source, for the report. A second reading stands in the mark."""
        return [
            Number(
                path, told, unit, source.source, source.date, "; ".join(filter(None, (source.mark, source.otherwise)))
            )
            for path, told, unit in self.file.stated()
            for source in (self.file.sources[path],)
        ]

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

    def plain_money(self) -> dict[str, Any]:
        """The plain numbers that an emulated meter needs. ConfigError for a rule that its firmware does not have."""
        price = self.file.tariff.energy_charge * 100
        whole = price == price.to_integral_value()
        return {
            "price_paise_per_kwh": int(price) if whole else str(price),
            "arrears_mode": self._arrears_mode(),
            "payment_mode": self.file.payment_mode,
        }

    def _arrears_mode(self) -> str:
        *before, _balance = self.file.sinks
        if not before:
            return "none"
        if [(s.kind, s.mode, s.cap) for s in before] == [("arrears", "all", None)]:
            return "first"
        raise ConfigError(f"policy {self.name}: sinks: the emulated meter can take all arrears first, or none at all")

    # what the ledger asks

    @property
    def paise_per_wh(self) -> Fraction:
        """See `MoneyRules`: rupees per kWh are tenths of a paisa per Wh."""
        return Fraction(self.file.tariff.energy_charge) / 10

    def takes_recharge(self, amount: int, owed: Mapping[str, int]) -> list[Share]:
        """See `MoneyRules`: each sink in its turn, the last one takes the rest."""
        rest, shares = amount, []
        for sink in self.file.sinks:
            asked = _asked(sink, amount, rest)
            taken = min(asked, rest, *([owed.get(sink.kind, 0)] if sink.kind != "balance" else []))
            shares.append(Share(sink.kind, taken, _words(sink, taken, asked, amount, rest)))
            rest -= taken
        return shares

    def takes_energy(self, energy_wh: Interval) -> Interval:
        """See `MoneyRules`: one rate for every Wh."""
        return energy_wh.times(self.paise_per_wh)

    def opens_day(self, _on: date) -> Sequence[Charge]:
        """See `MoneyRules`: a file of format 1 knows no charge by the day."""
        return ()

    def closes_period(self, _on: date) -> Sequence[Charge]:
        """See `MoneyRules`: energy at one rate leaves nothing to settle."""
        return ()


def _asked(sink: Sink, amount: int, rest: int) -> int:
    base = amount if sink.base == "gross" else rest
    asked = base
    if sink.fixed is not None:
        asked = sink.fixed
    elif sink.percent is not None:
        asked = _rounded(base * Fraction(sink.percent) / 100, sink.rounding)
    asked = max(asked, sink.floor or 0)
    return asked if sink.cap is None else min(asked, sink.cap)


def _rounded(paise: Fraction, rule: str) -> int:
    if rule == "half_even":
        return round(paise)
    return int(paise + Fraction(1, 2)) if rule == "half_up" else int(paise)


def _words(sink: Sink, taken: int, asked: int, amount: int, rest: int) -> str:
    """ "12.34 of 100.00 to arrears: all of the rest goes first, and no more is owed"."""
    base = "the recharge" if sink.base == "gross" else "the rest"
    rule = {"all": f"all of {base}", "percent": f"{sink.percent} % of {base}", "fixed": "a fixed amount"}[sink.mode]
    to = sink.kind.replace("_", " ")
    said = f"{in_rupees(taken)} of {in_rupees(amount)} to {to}: {rule}"
    if sink.kind == "balance":
        return said
    bound = f"{', and no more is owed' if taken < min(asked, rest) else ''}"
    return f"{said} goes first{bound}"


def load_policy(file: Traversable | Path) -> Policy:
    """Read and check a policy file. ConfigError names every problem, with file and key path."""
    try:
        read = PolicyFile.model_validate(read_toml(file))
    except ValidationError as error:
        raise ConfigError(problems(error, str(file))) from None
    if found := list(read.findings()):
        raise ConfigError([f"{file}: {path}: {text}" for path, text in found])
    return Policy(read, hashlib.sha256(file.read_bytes()).hexdigest())
