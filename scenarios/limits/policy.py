"""What the policy in force says that a scenario needs: its edges, and in words why it has nothing to do with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rig.policy import Policy


def share_edges(policy: Policy) -> list[int]:
    """Arrears (paise) up to which one share of a recharge is taken, and above which another."""
    slabs = [slab for sink in policy.file.sinks if sink.kind == "arrears" for slab in sink.slabs or ()]
    return [slab.upto for slab in slabs if slab.upto is not None]


def shares_without_slabs(policy: Policy) -> str:
    """Why share by slab cannot be judged."""
    return "" if share_edges(policy) else "the share of a recharge that goes to arrears does not depend on the arrears"


def takes_no_share(policy: Policy) -> str:
    """Why arrears that come off a recharge cannot be judged."""
    kinds = [sink.kind for sink in policy.file.sinks]
    return "" if "arrears" in kinds else "no part of a recharge goes to arrears"


def postpaid(policy: Policy) -> str:
    """Why a cut for want of credit cannot be judged."""
    return "" if policy.prepaid else "is postpaid: supply is not cut for want of credit"


def no_cut_at_zero(policy: Policy) -> str:
    """Why a cut at the end of the balance cannot be judged."""
    if postpaid(policy):
        return postpaid(policy)
    lent = policy.file.emergency_credit
    if lent is not None and lent.granted == "automatic":
        return (
            "lends emergency credit where the balance ends: the cut comes after that, and is judged by other scenarios"
        )
    return ""


def prepaid(policy: Policy) -> str:
    """Why supply on account cannot be judged."""
    return "is prepaid" if policy.prepaid else ""


def gives_no_notice(policy: Policy) -> str:
    """Why notices cannot be judged."""
    return "" if policy.file.notices else "gives no notice before credit is gone"


def bounds_no_share(policy: Policy) -> str:
    """Why floor and cap cannot be judged."""
    bounds = [
        bound
        for sink in policy.file.sinks
        for bound in (sink.floor, sink.cap, sink.cap_per_period)
        if bound is not None
    ]
    return "" if bounds else "bounds no share of a recharge"


def cap_amounts(policy: Policy) -> list[int]:
    """Recharges (paise) of which a percentage is a little less, and a little more, than floor and cap; and some large ones."""
    amounts = []
    for sink in policy.file.sinks:
        for bound in (sink.floor, sink.cap):
            if bound is not None and sink.percent:
                at = int(bound * 100 / sink.percent)
                amounts += [at - 3, at + 3]
    return [*(amount for amount in amounts if amount > 100), 33333, 77777, 12345]
