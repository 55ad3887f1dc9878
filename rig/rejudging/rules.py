"""In which rules two policies differ for one meter, and whether a scenario, as it went, had anything to do with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rig.contracts import Capability
from rig.evidence import Record
from rig.policy import Policy
from rig.results import ScenarioResult
from rig.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Rule:
    """A group of rules. `touches`: why they had to do with a scenario as it went; empty where they had not.

    `course`: they decide what happens, not only what it costs, so that everything in such a scenario hangs on them.
    """

    words: str
    paths: tuple[str, ...]
    touches: Callable[[Scenario, ScenarioResult], str]
    course: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One number or rule that differs, as both policies say it; "none" where one says nothing of it."""

    path: str
    was: str
    now: str


def _energy_flowed(_: Scenario, result: ScenarioResult) -> str:
    drawn = max((int(r.get("watts") or 0) for r in result.of("command")), default=0)
    return f"up to {drawn} W were drawn, and the account was charged for it by the run's own prices" if drawn else ""


def _days_passed(_: Scenario, result: ScenarioResult) -> str:
    days = {str(text)[:10] for text in _clocks(result.records)}
    return "the meter's clock showed more than one day" if len(days) > 1 else ""


def _clocks(records: Sequence[Record]) -> list[Any]:
    """Every time that the meter's clock showed, or was set to."""
    shown = [r["values"].get("clock") for r in records if r["kind"] == "reading"]
    shown += [r["seen"] for r in records if r["kind"] == "watch" and r["what"] == "clock"]
    shown += [r["written"] for r in records if r["kind"] == "setting" and r["item"] == "clock"]
    return [one for one in shown if one]


def _credit_ended(scenario: Scenario, result: ScenarioResult) -> str:
    if needed := scenario.needs & {Capability.CREDIT_CUT, *_OF_CREDIT}:
        return f"it is about {', '.join(sorted(needed))}, and its hours and amounts were chosen by the run's own policy"
    lowest = min((Fraction(r["oracle"][0]) for r in result.of("ledger")), default=Fraction(1))
    return "the credit came to its end in it" if lowest <= 0 else ""


_OF_CREDIT = (Capability.EMERGENCY_CREDIT, Capability.NO_CUT_WINDOWS, Capability.PAYMENT_MODE)


def _notices(scenario: Scenario, result: ScenarioResult) -> str:
    if Capability.NOTICES in scenario.needs:
        return "it is about notices, and the marks that it passed were the run's own"
    recharged = any(Fraction(r.get("amount") or 0) for r in result.of("ledger") if r["entry"] == "recharge")
    return (
        "a recharge was used up in part, so that a notice may have been due"
        if recharged and _energy_flowed(scenario, result)
        else ""
    )


def _overload(scenario: Scenario, _: ScenarioResult) -> str:
    return "it is about overload" if Capability.OVERLOAD in scenario.needs else ""


def _nothing_by_itself(_: Scenario, __: ScenarioResult) -> str:
    return ""


RULES = (
    Rule("who gets what of a recharge", ("sinks",), _nothing_by_itself),
    Rule("what energy costs", ("tariff.energy_charge", "tariff.slabs", "tariff.time_of_use", "tariff.duty", "tariff.rebate"),
         _energy_flowed),
    Rule("what days and months cost", ("tariff.daily", "tariff.monthly", "tariff.fixed", "instalment"), _days_passed),
    Rule("when supply may be cut for want of credit",
         ("no_cut", "emergency_credit", "payment_mode", "reconnection", "negative_balance_allowed"), _credit_ended, True),
    Rule("notices", ("notices",), _notices, True),
    Rule("overload", ("overload",), _overload, True),
)  # fmt: skip


def differences(was: Policy, now: Policy) -> list[Difference]:
    """What two policies, as one meter keeps them, say differently; sources and dates are no difference."""
    first, second = ({n.path: f"{n.value} {n.unit}".strip() for n in one.numbers()} for one in (was, now))
    paths = dict.fromkeys([*first, *second])
    told = [Difference(path, first.get(path, "none"), second.get(path, "none")) for path in paths]
    return [one for one in told if one.was != one.now]


def differing(found: Sequence[Difference]) -> list[Rule]:
    """The groups of rules in which anything differs."""
    return [rule for rule in RULES if any(one.path.startswith(rule.paths) for one in found)]
