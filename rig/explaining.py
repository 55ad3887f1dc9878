"""What a policy makes of one recharge, sink by sink, in words and in numbers, with what it says of supply beside."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rig.entries import Split
from rig.errors import ConfigError
from rig.money import in_rupees, rupees
from rig.policy import Number, Policy


@dataclass(frozen=True, slots=True)
class Case:
    """A recharge, and what stood before it (paise)."""

    recharge: int
    arrears: int = 0
    balance: int = 0
    emergency_used: int = 0
    missed: int = 0

    @classmethod
    def typed(cls, **amounts: str) -> Case:
        """From rupees as they were typed. ConfigError with everything that is wrong."""
        problems, read = [], {}
        for name, text in amounts.items():
            option = f"--{name.replace('_', '-')}"
            try:
                read[name] = rupees(text)
            except ValueError as error:
                problems.append(f"{option}: {error}")
                continue
            if name == "recharge" and read[name] <= 0:
                problems.append(f"{option}: {text} is no recharge; give an amount above zero")
            elif name != "balance" and read[name] < 0:
                problems.append(f"{option}: {text} is below zero; nobody owes less than nothing")
        if problems:
            raise ConfigError(problems)
        case = cls(**read)
        if case.emergency_used > max(-case.balance, 0):
            raise ConfigError(
                f"--emergency-used: {in_rupees(case.emergency_used)} cannot be in use with a balance of "
                f"{in_rupees(case.balance)}; what is lent lies below zero: give --balance -{in_rupees(case.emergency_used)} or less"
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
        parts = [f"{in_rupees(amount)} {kind.replace('_', ' ')}" for kind, amount, _ in self.steps if amount]
        told = [words for _, _, words in self.steps]
        told.append(f"sum: {' + '.join(parts)} = {in_rupees(self.case.recharge)}, the recharge")
        told.append(f"arrears: {in_rupees(self.case.arrears)} before, {in_rupees(self.arrears_left)} left")
        told.append(f"balance: {in_rupees(self.case.balance)} before, {in_rupees(self.balance_after)} after")
        rule = self.policy.file.reconnection
        if rule is not None:
            enough = "enough" if self.balance_after >= rule.least_balance else "not enough"
            told.append(f"reconnection: {in_rupees(rule.least_balance)} are needed on the balance; this is {enough}")
        return told

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
            "words": self.sentences(),
            "rules": [asdict(number) for number in self.rules],
        }  # fmt: skip


def explain(policy: Policy, case: Case) -> Explained:
    """What this policy makes of this recharge."""
    shares = policy.takes_recharge(case.recharge, case.owed)
    steps = tuple((share.kind, share.amount, share.words) for share in shares)
    return Explained(policy, case, steps, Split.of(case.recharge, {kind: amount for kind, amount, _ in steps}))
