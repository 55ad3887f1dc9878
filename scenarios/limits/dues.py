"""What has to be paid of the dues before supply is back: whether a policy asks for it, and for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.money import rupees
from scenarios.limits.policy import postpaid

if TYPE_CHECKING:
    from rig.policy import Policy

ARREARS = rupees("1234.57")
A_LITTLE = rupees("25.00")


def asks_for_no_dues(policy: Policy) -> str:
    """Why a share of the dues cannot be judged apart from the balance."""
    if postpaid(policy):
        return postpaid(policy)
    rule = policy.file.reconnection
    if rule is None or rule.dues is None:
        return "asks for no share of the dues before supply is back"
    asked = int(rule.dues.asked_for(ARREARS, 0))
    if not asked:
        return "asks for a share of a negative balance alone, which has to be paid whole anyway"
    owed = {"arrears": ARREARS, "charges": 0, "emergency_credit": 0, "negative_balance": 0}
    brings = sum(s.amount for s in policy.takes_recharge(asked * 98 // 100, owed) if s.kind == "balance")
    if brings <= (rule.least_balance or 0) + A_LITTLE:
        return (
            "shares a recharge so that too little credit is left of it to tell the share of the dues from the balance"
        )
    return ""
