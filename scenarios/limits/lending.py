"""Emergency credit, as the policy lends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rig.policy import Policy


A_DEBT = 5003
"""Paise below what was lent: a debt that the smallest recharges do not pay."""


def lends_nothing_by_itself(policy: Policy) -> str:
    """Why emergency credit that is lent by itself cannot be judged."""
    lent = policy.file.emergency_credit
    if lent is None:
        return "lends no emergency credit"
    return "" if lent.granted == "automatic" else "lends emergency credit at the meter's button only"


def lends_nothing_at_the_button(policy: Policy) -> str:
    """Why emergency credit that is lent at the meter's button cannot be judged."""
    lent = policy.file.emergency_credit
    if lent is None:
        return "lends no emergency credit"
    if lent.granted == "automatic":
        return "lends emergency credit by itself, without the meter's button"
    return "" if lent_paise(policy) else "bounds what it lends at the button by days alone"


def lent_paise(policy: Policy) -> int:
    """What is lent (paise); 0 where only its days bound it."""
    lent = policy.file.emergency_credit
    if lent is None or (lent.amount is None and not lent.by_category):
        return 0
    return lent.paise


def debt_without_more(policy: Policy) -> int:
    """A debt (paise) with which nothing more is lent: half of what was lent once, beyond all of it where parts are lent again."""
    lent = policy.file.emergency_credit
    most = lent_paise(policy)
    return most // 2 if lent is not None and lent.once else most + A_DEBT


def debt_within(policy: Policy, paise: int) -> int:
    """A debt of so many paise, or as much of it as what is lent surely covers."""
    lent = lent_paise(policy)
    return min(paise, lent * 2 // 3) if lent else paise
