"""An id is credited once for ever: out of turn, after a power failure, with another amount, and while arrears are owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RechargeOutcome
from rig.money import rupees
from rig.scenario import Equal, Money, Start, scenario

if TYPE_CHECKING:
    from rig.bench import Bench, Recharge

NOT_AGAIN = "an id that was credited moves no money again"


def moved(paid: Recharge) -> int:
    """What a recharge moved in the account (paise): balance up and arrears down."""
    items = [item for item in ("balance", "arrears") if item in paid.after]
    return sum(abs(paid.rise(item)) for item in items)


def judge_repeat(bench: Bench, again: Recharge) -> None:
    """A repeat is no recharge, and moves nothing."""
    told = again.result.outcome
    bench.observe("a repeat is credited", told is RechargeOutcome.ACCEPTED, f"id {again.id} came again and was {told}")
    words = f"{bench.told(moved(again))} were moved when id {again.id} came again with {bench.told(again.amount)}"
    bench.observe("moved by a repeat", moved(again), words)


@scenario(
    "RCH-6",
    "Ids out of turn, after a power failure, and with another amount",
    requires=("RECHARGE-ONCE", "POWER-FAIL"),
    needs={Capability.RECHARGE},
    reads=("balance",),
    starts=Start(credit=rupees("523.45"), arrears=0),
    catches={"P2": "moved by a repeat", "S2": "moved by a repeat"},
    judges=(
        Equal("a repeat is credited", False, NOT_AGAIN),
        Equal("moved by a repeat", 0, NOT_AGAIN, "paise"),
        Money("balance afterwards"),
    ),
    wall_seconds=25,
)
def test_ids_out_of_turn(bench: Bench) -> None:
    """A, B, A again; a power failure; A and B again; then B with another amount, and C."""
    first = bench.recharge(rupees("123.45"))
    second = bench.recharge(rupees("77.77"))
    judge_repeat(bench, bench.recharge_again(first))
    bench.power_off()
    bench.sleep("3.3")
    bench.power_on()
    judge_repeat(bench, bench.recharge_again(first))
    judge_repeat(bench, bench.recharge_again(second))
    judge_repeat(bench, bench.recharge_again(second, rupees("77.76")))
    bench.recharge(rupees("10.01"))
    bench.observe_balance("balance afterwards")


@scenario(
    "RCH-7",
    "A repeat while arrears are owed, and a new id that nearly is the old one",
    requires=("RECHARGE-ONCE", "ARREARS-ORDER"),
    needs={Capability.RECHARGE, Capability.ARREARS, Capability.ACCOUNT_PRESET},
    starts=Start(credit=rupees("23.45"), arrears=rupees("500.03")),
    catches={"P2": "moved by a repeat", "P19": "the twin is"},
    judges=(
        Equal("a repeat is credited", False, NOT_AGAIN),
        Equal("moved by a repeat", 0, NOT_AGAIN, "paise"),
        Equal("the twin is", RechargeOutcome.ACCEPTED.value, "an id that differs in one high bit is another recharge"),
        Equal("moved by the twin beside its amount", 0, "another recharge is credited whole", "paise"),
        Money("balance afterwards"),
    ),
    wall_seconds=12,
)
def test_a_repeat_while_arrears_are_owed(bench: Bench) -> None:
    """Twice: a recharge, its repeat, and the same amount under an id that only a careful meter tells from the first."""
    for amount in (rupees("123.45"), rupees("99.99")):
        first = bench.recharge(amount)
        judge_repeat(bench, bench.recharge_again(first))
        twin = bench.recharge_twin(first)
        bench.observe(
            "the twin is", twin.result.outcome.value, f"id {twin.id} after id {first.id}: {twin.result.outcome}"
        )
        beside = moved(twin) - twin.to_arrears - twin.to_balance
        bench.observe("moved by the twin beside its amount", beside)
        judge_repeat(bench, bench.recharge_again(first, amount + 1))
    bench.observe_balance("balance afterwards")


@scenario(
    "RCH-8",
    "A refused recharge leaves no trace, and its id stays good",
    requires=("RECHARGE-REFUSED", "RECHARGE-RECORD"),
    needs={Capability.RECHARGE},
    reads=("balance",),
    starts=Start(credit=rupees("523.45"), arrears=0),
    catches={"P15": "refused", "P18": "the record moved"},
    judges=(
        Equal("refused", True, "an amount outside the promised range is refused"),
        Equal("the record moved", False, "a refused recharge leaves the record of the last one as it was"),
        Equal("a good one under the refused id is", RechargeOutcome.ACCEPTED.value, "a refused recharge uses up no id"),
        Money("balance afterwards"),
    ),
    wall_seconds=12,
)
def test_a_refused_recharge_leaves_no_trace(bench: Bench) -> None:
    """Too much under an id of its own; too little and then a good amount under one id; twice."""
    for good in (rupees("31.07"), rupees("204.09")):
        bench.recharge(good + 1)
        before = bench.read_money()
        for amount in bench.carried((bench.promises.largest_recharge + 1,)):
            bench.observe("refused", bench.refused(amount))
        after = bench.read_money()
        changed = [item for item in before.values if item != "balance" and before.values[item] != after.values[item]]
        bench.observe("the record moved", bool(changed), ", ".join(changed) or "every item of the record is as before")
        refused, paid = bench.refused_then_good(bench.promises.smallest_recharge - 1, good)
        bench.observe("refused", refused)
        bench.observe("a good one under the refused id is", paid.result.outcome.value)
    bench.observe_balance("balance afterwards")
