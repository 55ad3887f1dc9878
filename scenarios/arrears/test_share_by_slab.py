"""The share of a recharge goes by the slab that the arrears lie in before it, to the paisa on both sides of every edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Money, Start, scenario
from scenarios.arrears.test_large_arrears import CREDITED, TAKEN, judge
from scenarios.limits.policy import share_edges, shares_without_slabs

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset({Capability.RECHARGE, Capability.ARREARS, Capability.ACCOUNT_PRESET})
ODD = (rupees("333.33"), rupees("123.45"), rupees("99.95"))


@scenario(
    "ARR-7",
    "Share by slab: nothing and a paisa, and a paisa below, at and above every edge",
    requires=("ARREARS-SHARE", "ARREARS-ORDER"),
    needs=NEEDS,
    reads=("balance", "arrears"),
    unless=shares_without_slabs,
    starts=Start(credit=rupees("23.45"), arrears=0),
    catches={"A18": "taken beside the rule", "A20": "taken beside the rule"},
    judges=(TAKEN, CREDITED, Money("balance afterwards")),
    wall_seconds=60,
)
def test_share_by_slab(bench: Bench) -> None:
    """Amounts of which the share is no whole number of paise; twice in a row, so that the second one is shared anew."""
    paid = []
    for owed in (0, 1, *(edge + beside for edge in share_edges(bench.policy) for beside in (-1, 0, 1))):
        bench.preset(arrears=owed)
        paid += [bench.recharge(amount) for amount in ODD[:2]]
    judge(bench, paid)
    bench.observe_balance("balance afterwards")


@scenario(
    "ARR-8",
    "Out of one slab into the next, and the last instalment",
    requires=("ARREARS-SHARE", "ARREARS-ORDER", "POWER-FAIL"),
    needs=NEEDS,
    reads=("balance", "arrears"),
    unless=shares_without_slabs,
    starts=Start(credit=rupees("23.45"), arrears=0),
    catches={"A19": "taken beside the rule"},
    judges=(TAKEN, CREDITED, Money("balance afterwards")),
    wall_seconds=60,
)
def test_out_of_a_slab_and_the_last_instalment(bench: Bench) -> None:
    """A recharge that crosses each edge takes the share of the slab it came from, the next one that of the new slab."""
    paid = []
    for edge in reversed(share_edges(bench.policy)):
        bench.preset(arrears=edge + rupees("5.03"))
        paid += [bench.recharge(amount) for amount in ODD]
    bench.power_off()
    bench.sleep("3.3")
    bench.power_on()
    paid.append(bench.recharge(ODD[0]))
    bench.preset(arrears=rupees("30.00"))
    paid += [bench.recharge(rupees(amount)) for amount in ("123.45", "1000.07", "777.77", "1.01")]
    judge(bench, paid)
    bench.observe_balance("balance afterwards")
