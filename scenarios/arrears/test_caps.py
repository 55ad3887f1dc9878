"""What a recharge gives to the arrears at least and at most, and at most in a period."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Money, Start, scenario
from scenarios.arrears.test_large_arrears import CREDITED, TAKEN, judge
from scenarios.limits.charges import MONTH_END
from scenarios.limits.policy import bounds_no_share, cap_amounts

if TYPE_CHECKING:
    from rig.bench import Bench


@scenario(
    "ARR-9",
    "Floor and cap of a recharge's share, and the cap of a period",
    requires=("ARREARS-SHARE", "ARREARS-ORDER"),
    needs={
        Capability.RECHARGE, Capability.ARREARS, Capability.ACCOUNT_PRESET, Capability.CLOCK, Capability.CLOCK_SET,
    },
    reads=("balance", "arrears"),
    unless=bounds_no_share,
    starts=Start(credit=rupees("23.45"), arrears=0),
    catches={"A5": "taken beside the rule"},
    judges=(TAKEN, CREDITED, Money("balance afterwards")),
)  # fmt: skip
def test_floor_and_caps(bench: Bench) -> None:
    """Recharges on both sides of each bound, one after the other until the period gives no more; and again in the next period."""
    bench.set_clock(MONTH_END)
    bench.preset(arrears=rupees("9000.03"))
    paid = []
    for _ in range(2):
        paid += [bench.recharge(amount) for amount in cap_amounts(bench.policy)]
        bench.wait_until_clock_shows(MONTH_END + timedelta(days=3))
    judge(bench, paid)
    bench.observe_balance("balance afterwards")
