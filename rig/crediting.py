"""A recharge as it can have been shared, where it is not known to the paisa what was owed before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from rig.interval import Interval
from rig.lending import Lending
from rig.money_rules import MoneyRules
from rig.policies.sharing import Share
from rig.standing import MOST_TRIED, Standing

Way = tuple[Standing, Sequence[Share]]
"""What an account stands at afterwards, and who got what."""


def ways(
    rules: MoneyRules,
    standings: Iterable[Standing],
    amount: int,
    lending: Lending,
    taken: Mapping[str, int],
    off: Interval,
    shown: int | None,
) -> list[Way]:
    """Every way in which `amount` (paise) can have been shared; where the arrears `shown` afterwards fit some, those only.

    `off` is how far the meter's balance may be from a standing's (paise), `taken` what sinks with a cap by the period got.
    """
    sharings = [
        (standing, standing.debts(off), _sharing(rules, standing, amount, lending, taken, in_use))
        for standing in standings
        for in_use in lending.uses
    ]
    if shown is not None:
        fitting = [
            way for standing, debts, shares in sharings for way in _fitting(standing, amount, debts, shares, off, shown)
        ]
        if fitting:
            return fitting
    return [
        (standing.owing(debt, debt, off).after_recharge(amount, shares(debt)), shares(debt))
        for standing, debts, shares in sharings
        for debt in _some(debts)
    ]


def _sharing(
    rules: MoneyRules, standing: Standing, amount: int, lending: Lending, taken: Mapping[str, int], in_use: bool
) -> Callable[[int], Sequence[Share]]:
    """Who gets what, by what the balance was below zero (paise)."""

    @cache
    def shares(debt: int) -> Sequence[Share]:
        lent = lending.owed(debt, in_use)
        owed = {
            "arrears": standing.arrears, "charges": standing.missed,
            "emergency_credit": lent, "negative_balance": debt - lent,
        }  # fmt: skip
        return rules.takes_recharge(amount, owed, taken)

    return shares


def _some(debts: range) -> Iterable[int]:
    return debts if len(debts) <= MOST_TRIED else (debts[0], debts[-1])


def _fitting(
    standing: Standing, amount: int, debts: range, shares: Callable[[int], Sequence[Share]], off: Interval, shown: int
) -> Iterator[Way]:
    """The debts after which the arrears stand as shown: the more was owed, the less was left for arrears."""

    def left(debt: int) -> int:
        return standing.arrears - sum(share.amount for share in shares(debt) if share.kind in ("arrears", "charges"))

    first = bisect_left(debts, shown, key=left)
    last = bisect_right(debts, shown, lo=first, key=left) - 1
    if last >= first:
        middle = shares(debts[(first + last) // 2])
        yield standing.owing(debts[first], debts[last], off).after_recharge(amount, middle), middle
