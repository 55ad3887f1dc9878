"""Arrears so large that a careless number runs over, and arrears of somebody who is below zero too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Equal, Money, Start, Timed, scenario
from scenarios.limits.arrears import LARGE
from scenarios.limits.credit import cut_once_gone
from scenarios.limits.policy import no_cut_at_zero

if TYPE_CHECKING:
    from rig.bench import Bench, Recharge

NEEDS = frozenset({Capability.RECHARGE, Capability.ARREARS, Capability.ACCOUNT_PRESET})
TAKEN = Equal("taken beside the rule", 0, "the arrears fall by what the policy takes of the recharge", "paise")
CREDITED = Equal("credited beside the rule", 0, "the balance rises by what the policy leaves", "paise")


def judge(bench: Bench, paid: list[Recharge]) -> None:
    """What went to the arrears and to the balance, beside the rule, for each recharge."""
    taken, credited = [], []
    for one in paid:
        owed = bench.told(one.before.number("arrears"))
        to_arrears, rise = -one.rise("arrears"), one.rise("balance")
        words = f"of {bench.told(one.amount)} with {owed} owed, {bench.told(to_arrears)} went to arrears"
        taken.append((to_arrears - one.to_arrears, words))
        credited.append((rise - one.to_balance, f"{words}, {bench.told(rise)} to the balance"))
    bench.observe_each("taken beside the rule", taken)
    bench.observe_each("credited beside the rule", credited)


@scenario(
    "ARR-5",
    "Large arrears, at the edges of 16, 24 and 31 bits",
    requires=("ARREARS-ORDER", "POWER-FAIL"),
    needs=NEEDS,
    reads=("balance", "arrears"),
    starts=Start(credit=rupees("23.45"), arrears=0),
    catches={"A17": "taken beside the rule"},
    judges=(
        TAKEN,
        CREDITED,
        Equal("arrears lost with the power", 0, "large arrears survive a power failure", "paise"),
        Money("balance afterwards"),
    ),
    wall_seconds=45,
)
def test_large_arrears(bench: Bench) -> None:
    """A small recharge at each; then a power failure, and the largest recharge twice, which takes them over an edge."""
    paid = []
    for owed in LARGE:
        bench.preset(arrears=owed)
        paid.append(bench.recharge(rupees("123.45")))
    before = bench.read_money().number("arrears")
    bench.power_off()
    bench.sleep("3.3")
    bench.power_on()
    bench.observe("arrears lost with the power", before - bench.read_money().number("arrears"))
    bench.preset(arrears=2**24 + bench.promises.largest_recharge // 2)
    paid += [bench.recharge(bench.promises.largest_recharge) for _ in range(2)]
    judge(bench, paid)
    bench.observe_balance("balance afterwards")


@scenario(
    "ARR-6",
    "Arrears and a balance below zero: who is paid first",
    requires=("ARREARS-ORDER", "CREDIT-RESTORE", "CREDIT-CUT"),
    needs=NEEDS | {Capability.CREDIT_CUT},
    reads=("balance", "arrears"),
    unless=no_cut_at_zero,
    starts=Start(credit=rupees("23.45"), arrears=rupees("100.01"), cuts=True),
    catches={"A6": "taken beside the rule"},
    judges=(
        Timed("opens below zero", cut_once_gone),
        TAKEN,
        CREDITED,
        Money("balance below zero"),
        Money("balance afterwards"),
    ),
    wall_seconds=60,
)
def test_arrears_and_a_balance_below_zero(bench: Bench) -> None:
    """Recharges below the arrears, over their end, and up to credit; again with other sums after a power failure."""
    for below, owed, amounts in (
        (rupees("-50.03"), rupees("100.01"), ("31.07", "77.77", "10.01", "200.03")),
        (rupees("-123.45"), rupees("20.07"), ("20.06", "20.08", "300.09")),
    ):
        written = bench.preset(balance=below, arrears=owed)
        bench.awaits("opens below zero", RelayState.OPEN, since=written)
        bench.power_off()
        bench.sleep("3.3")
        bench.power_on()
        bench.observe_balance("balance below zero")
        judge(bench, [bench.recharge(rupees(amount)) for amount in amounts])
        bench.sleep("7.3")
    bench.observe_balance("balance afterwards")
