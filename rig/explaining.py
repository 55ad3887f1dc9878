"""What a policy makes of one recharge, sink by sink, in words and in numbers, with what it says of supply beside."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rig.entries import Split
from rig.errors import ConfigError
from rig.money import RUPEES, MoneyUnit
from rig.policy import Number, Policy


@dataclass(frozen=True, slots=True)
class Case:
    """A recharge, and what stood before it (paise, or steps of a wallet of energy)."""

    recharge: int
    arrears: int = 0
    balance: int = 0
    emergency_used: int = 0
    missed: int = 0
    taken: Mapping[str, int] = field(default_factory=dict)
    """What sinks with a cap per period had in their period before (paise)."""

    @classmethod
    def typed(cls, taken: Sequence[str] = (), unit: MoneyUnit = RUPEES, **amounts: str) -> Case:
        """From figures as they were typed, `taken` as SINK=FIGURE. ConfigError with everything that is wrong."""
        problems: list[str] = []
        read: dict[str, int] = {}
        had = {kind: paise for text in taken for kind, paise in _had(text, problems, unit)}
        for name, text in amounts.items():
            option = f"--{name.replace('_', '-')}"
            try:
                read[name] = unit.read(text)
            except ValueError as error:
                problems.append(f"{option}: {error}")
                continue
            if name == "recharge" and read[name] <= 0:
                problems.append(f"{option}: {text} is no recharge; give an amount above zero")
            elif name != "balance" and read[name] < 0:
                problems.append(f"{option}: {text} is below zero; nobody owes less than nothing")
        if problems:
            raise ConfigError(problems)
        case = cls(**read, taken=had)
        if case.emergency_used > max(-case.balance, 0):
            raise ConfigError(
                f"--emergency-used: {unit.told(case.emergency_used)} cannot be in use with a balance of "
                f"{unit.told(case.balance)}; what is lent lies below zero: give --balance -{unit.bare(case.emergency_used)} or less"
            )
        return case

    @property
    def owed(self) -> dict[str, int]:
        """What each kind of sink is due (paise)."""
        return {
            "arrears": self.arrears,
            "charges": min(self.missed, self.arrears),
            "emergency_credit": self.emergency_used,
            "negative_balance": max(-self.balance, 0) - self.emergency_used,
        }


@dataclass(frozen=True, slots=True)
class Explained:
    """One recharge under one policy. Amounts are paise."""

    policy: Policy
    case: Case
    steps: tuple[tuple[str, int, str], ...]
    split: Split

    @property
    def arrears_left(self) -> int:
        """Arrears after the recharge."""
        return self.case.arrears - self.split.to_arrears - self.split.charges

    @property
    def balance_after(self) -> int:
        """Balance after the recharge."""
        return self.case.balance + self.split.to_balance + self.split.to_emergency

    @property
    def rules(self) -> list[Number]:
        """Every number of the policy that is no rate, with its source."""
        return [number for number in self.policy.numbers() if not number.path.startswith("no_cut.holidays")]

    def sentences(self) -> list[str]:
        """The sums in words."""
        told_in = self.policy.money.told
        parts = [f"{told_in(amount)} {kind.replace('_', ' ')}" for kind, amount, _ in self.steps if amount]
        told = [
            f"{told_in(had)} had gone to {kind.replace('_', ' ')} in this {self.policy.capped_periods[kind]} before"
            for kind, had in self.case.taken.items()
        ]
        told += [words for _, _, words in self.steps]
        told.append(f"sum: {' + '.join(parts)} = {told_in(self.case.recharge)}, the recharge")
        told.append(f"arrears: {told_in(self.case.arrears)} before, {told_in(self.arrears_left)} left")
        told.append(f"balance: {told_in(self.case.balance)} before, {told_in(self.balance_after)} after")
        return told + list(self._reconnection())

    @property
    def demanded(self) -> int | None:
        """What had to be paid (paise) for reconnection, had supply been cut with what stood before; None where nothing is."""
        rule, case = self.policy.file.reconnection, self.case
        if rule is None or rule.dues is None:
            return None
        return math.ceil(rule.dues.asked_for(case.arrears, max(-case.balance, 0)))

    def _reconnection(self) -> Iterator[str]:
        rule, demanded = self.policy.file.reconnection, self.demanded
        if rule is not None and rule.least_balance is not None:
            enough = "enough" if self.balance_after >= rule.least_balance else "not enough"
            yield f"reconnection: {self.policy.money.told(rule.least_balance)} are needed on the balance; this is {enough}"
        if rule is not None and rule.dues is not None and demanded is not None:
            enough = "enough" if self.case.recharge >= demanded else "not enough"
            words = rule.dues.words
            yield (
                f"reconnection after a cut with this owed: {words}: {self.policy.money.told(demanded)} have to be paid; this is {enough}"
            )

    def as_json(self) -> dict[str, Any]:
        """Everything, amounts in paise."""
        return {
            "policy": self.policy.name,
            "title": self.policy.file.title,
            "before": asdict(self.case),
            "sinks": [{"kind": kind, "paise": amount, "words": words} for kind, amount, words in self.steps],
            "after": {"arrears": self.arrears_left, "balance": self.balance_after},
            "sum": {"arrears_taken": self.split.to_arrears, "emergency_repaid": self.split.to_emergency,
                    "charges": self.split.charges, "balance_added": self.split.to_balance},
            "demanded_for_reconnection": self.demanded,
            "words": self.sentences(),
            "rules": [asdict(number) for number in self.rules],
        }  # fmt: skip


def _had(text: str, problems: list[str], unit: MoneyUnit) -> Iterator[tuple[str, int]]:
    kind, _, amount = text.partition("=")
    try:
        paise = unit.read(amount)
    except ValueError as error:
        problems.append(f"--taken {text}: write it as arrears=120.00: {error}")
        return
    if paise < 0:
        problems.append(f"--taken {text}: is below zero; nobody had less than nothing")
        return
    yield kind, paise


def _unfit(policy: Policy, case: Case) -> list[str]:
    """What was typed that the policy knows nothing of; to pass it over in silence would explain another case."""
    found, capped = [], policy.capped_periods
    if case.missed and policy.instalment is None:
        found.append(f"--missed: policy {policy.name} plans no instalments that could be missed")
    elif case.missed and "charges" not in {sink.kind for sink in policy.file.sinks}:
        found.append(f"--missed: policy {policy.name} takes missed instalments out of no recharge")
    if case.emergency_used and policy.emergency_credit is None:
        found.append(f"--emergency-used: policy {policy.name} lends no emergency credit")
    bounded = ", ".join(f"{kind} (by the {period})" for kind, period in capped.items()) or "none"
    found += [
        f"--taken {kind}: policy {policy.name} has no cap per period for it; it caps {bounded}"
        for kind in case.taken
        if kind not in capped
    ]
    return found


def explain(policy: Policy, case: Case) -> Explained:
    """What this policy makes of this recharge. ConfigError for what was said and the policy knows nothing of."""
    if unfit := _unfit(policy, case):
        raise ConfigError(unfit)
    shares = policy.takes_recharge(case.recharge, case.owed, case.taken)
    steps = tuple((share.kind, share.amount, share.words) for share in shares)
    return Explained(policy, case, steps, Split.of(case.recharge, {kind: amount for kind, amount, _ in steps}))
