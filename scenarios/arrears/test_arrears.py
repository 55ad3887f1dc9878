"""A recharge pays the arrears by the policy's rule, and the rest is balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Equal, Money, Start, scenario

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset({Capability.RECHARGE, Capability.ARREARS, Capability.ACCOUNT_PRESET})
REQUIRES = ("ARREARS-ORDER", "RECHARGE-CREDIT")
JUDGES = (
    Equal("taken beside the rule", 0, "the arrears fall by what the policy takes of the recharge", "paise"),
    Equal("credited beside the rule", 0, "the balance rises by what the policy leaves", "paise"),
    Equal("recorded beside the rule", 0, "the meter records the part that went to arrears", "paise"),
    Money("balance afterwards"),
)


def pay_and_judge(bench: Bench, amount: int) -> None:
    """One recharge, and what the policy makes of it, against the meter's own figures."""
    paid = bench.recharge(amount)
    taken, rise = -paid.rise("arrears"), paid.rise("balance")
    bench.observe(
        "taken beside the rule",
        taken - paid.to_arrears,
        f"{bench.told(taken)} of {bench.told(amount)} went to arrears, {bench.told(paid.to_arrears)} was due",
    )
    bench.observe(
        "credited beside the rule",
        rise - paid.to_balance,
        f"balance rose by {bench.told(rise)}, {bench.told(paid.to_balance)} was due",
    )
    recorded = paid.after.number("last_recharge_to_arrears")
    bench.observe("recorded beside the rule", recorded - paid.to_arrears)


@scenario(
    "ARR-1",
    "A recharge below the arrears",
    requires=REQUIRES,
    needs=NEEDS,
    reads=("balance", "arrears", "last_recharge_to_arrears"),
    starts=Start(credit=rupees("23.45"), arrears=rupees("500.03")),
    catches={"A1": "credited beside the rule"},
    judges=JUDGES,
    wall_seconds=2,
)
def test_below_the_arrears(bench: Bench) -> None:
    """Two recharges that together do not reach the arrears."""
    pay_and_judge(bench, rupees("123.45"))
    pay_and_judge(bench, rupees("77.77"))
    bench.observe_balance("balance afterwards")


@scenario(
    "ARR-2",
    "A recharge equal to the arrears",
    requires=REQUIRES,
    needs=NEEDS,
    reads=("balance", "arrears", "last_recharge_to_arrears"),
    starts=Start(credit=rupees("23.45"), arrears=rupees("123.45")),
    catches={"A1": "credited beside the rule"},
    judges=JUDGES,
    wall_seconds=2,
)
def test_equal_to_the_arrears(bench: Bench) -> None:
    """To the paisa; the next one is all balance."""
    pay_and_judge(bench, rupees("123.45"))
    pay_and_judge(bench, rupees("10.01"))
    bench.observe_balance("balance afterwards")


@scenario(
    "ARR-3",
    "A recharge above the arrears: the last instalment takes the remainder",
    requires=REQUIRES,
    needs=NEEDS,
    reads=("balance", "arrears", "last_recharge_to_arrears"),
    starts=Start(credit=rupees("23.45"), arrears=rupees("70.71")),
    catches={"A3": "credited beside the rule"},
    judges=JUDGES,
    wall_seconds=2,
)
def test_above_the_arrears(bench: Bench) -> None:
    """One paisa above, after arrears that are more than half of the recharge."""
    pay_and_judge(bench, rupees("70.70"))
    pay_and_judge(bench, rupees("100.02"))
    bench.observe_balance("balance afterwards")


@scenario(
    "ARR-4",
    "Once more when nothing is left",
    requires=REQUIRES,
    needs=NEEDS,
    reads=("balance", "arrears", "last_recharge_to_arrears"),
    starts=Start(credit=rupees("23.45"), arrears=0),
    catches={"A16": "credited beside the rule"},
    judges=JUDGES,
    wall_seconds=2,
)
def test_nothing_is_left(bench: Bench) -> None:
    """Without arrears a recharge is all balance, every time."""
    pay_and_judge(bench, rupees("100.01"))
    pay_and_judge(bench, rupees("3.21"))
    bench.observe_balance("balance afterwards")
