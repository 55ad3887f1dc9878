"""Emergency credit, as the policy lends it."""

from __future__ import annotations

from rig.policy import Policy

A_DEBT = 5003
"""Paise below what was lent: a debt that the smallest recharges do not pay."""


def lends_nothing_by_itself(policy: Policy) -> str:
    """Why emergency credit that is lent by itself cannot be judged."""
    lent = policy.file.emergency_credit
    if lent is None:
        return "lends no emergency credit"
    return "" if lent.granted == "automatic" else "lends emergency credit at the meter's button only"


def lent_paise(policy: Policy) -> int:
    """What is lent (paise); 0 where only its days bound it."""
    lent = policy.file.emergency_credit
    if lent is None or (lent.amount is None and not lent.by_category):
        return 0
    return lent.paise
