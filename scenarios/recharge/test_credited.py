"""Recharges are credited exactly, once, and refused where they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RechargeOutcome
from rig.money import rupees
from rig.scenario import Equal, Money, Start, Timed, Within, scenario
from scenarios.limits.clock import clock_error
from scenarios.limits.recharge import credited_in_time

if TYPE_CHECKING:
    from rig.bench import Bench

WITH_CREDIT = Start(credit=rupees("523.45"), arrears=0)


@scenario(
    "RCH-1",
    "A recharge is credited exactly, and recorded",
    requires=("RECHARGE-CREDIT", "RECHARGE-RECORD", "EVENTS"),
    needs={Capability.RECHARGE},
    reads=("balance", "last_recharge_amount", "total_recharged", "recharge_count", "last_recharge_time"),
    starts=WITH_CREDIT,
    catches={
        "P1": "credited beside what was due",
        "P4": "last recharge amount beside what was paid",
        "P11": "credited beside what was due",
        "K1": "implausible",
        "K2": "credited beside what was due",
    },
    judges=(
        Timed("time to credited", credited_in_time),
        Equal(
            "credited beside what was due",
            0,
            "the balance rises by exactly what the policy leaves of the recharge",
            "paise",
        ),
        Equal("last recharge amount beside what was paid", 0, "the last recharge amount is what was paid", "paise"),
        Equal("total beside what was paid", 0, "the total rises by what was paid", "paise"),
        Equal("count", 1, "the count rises by one"),
        Within("last recharge time", clock_error, "s"),
        Money("balance afterwards"),
    ),
    wall_seconds=2,
)
def test_a_recharge_is_credited_exactly(bench: Bench) -> None:
    """Two recharges of odd amounts, the load off, so that nothing else moves."""
    for amount in (rupees("123.45"), rupees("1000.01")):
        paid = bench.recharge(amount)
        bench.observe_credited("time to credited", paid.result)
        rise = paid.rise("balance")
        bench.observe(
            "credited beside what was due",
            rise - paid.to_balance if paid.to_balance else rise - amount,
            f"balance rose by {bench.told(rise)} after one recharge of {bench.told(amount)}, id {paid.id}",
        )
        last = paid.after.number("last_recharge_amount")
        bench.observe(
            "last recharge amount beside what was paid",
            last - amount,
            f"the meter says {bench.told(last)}, paid was {bench.told(amount)}",
        )
        bench.observe("total beside what was paid", paid.rise("total_recharged") - amount)
        bench.observe("count", paid.rise("recharge_count"))
        bench.observe_meter_time("last recharge time", "last_recharge_time", paid.result.settled)
    bench.observe_balance("balance afterwards")


@scenario(
    "RCH-2",
    "One recharge id is credited once, though its answer was lost and it came again",
    requires=("RECHARGE-ONCE",),
    needs={Capability.RECHARGE},
    reads=("balance", "recharge_count"),
    starts=WITH_CREDIT,
    catches={"P2": "credited beside one recharge"},
    judges=(
        Equal("credited beside one recharge", 0, "one id is credited once", "paise"),
        Equal("the repeat is", RechargeOutcome.DUPLICATE.value, "the meter calls the repeat a duplicate"),
        Equal("count", 1, "the count rises by one"),
        Money("balance afterwards"),
    ),
    wall_seconds=6,
)
def test_one_id_is_credited_once(bench: Bench) -> None:
    """The answer to the commit is lost in the link, the outcome is read back, and the engine repeats all the same; twice."""
    for amount in (rupees("100.07"), rupees("333.33")):
        before = bench.read_money()
        bench.lose_next_answer()
        first = bench.recharge(amount)
        again = bench.recharge_again(first)
        rise = again.after.number("balance") - before.number("balance")
        bench.observe(
            "credited beside one recharge",
            rise - amount,
            f"balance rose by {bench.told(rise)} after one recharge of {bench.told(amount)}, id {first.id} sent twice",
        )
        bench.observe("the repeat is", again.result.outcome.value)
        count = again.after.number("recharge_count") - before.number("recharge_count")
        bench.observe("count", count)
    bench.observe_balance("balance afterwards")


@scenario(
    "RCH-3",
    "Bad amounts are refused, and nothing changes",
    requires=("RECHARGE-REFUSED",),
    needs={Capability.RECHARGE},
    reads=("balance", "recharge_count"),
    starts=WITH_CREDIT,
    catches={"P15": "refused"},
    judges=(
        Equal("refused", True, "an amount outside the promised range is refused"),
        Equal("balance moved by", 0, "a refused recharge changes nothing", "paise"),
        Equal("count", 0, "a refused recharge is not counted"),
        Equal("a good one afterwards", 0, "the smallest allowed amount is credited exactly", "paise"),
        Money("balance afterwards"),
    ),
    wall_seconds=3,
)
def test_bad_amounts_are_refused(bench: Bench) -> None:
    """Nothing, less than nothing, a paisa below the smallest and above the largest; then the smallest itself."""
    smallest, largest = bench.promises.smallest_recharge, bench.promises.largest_recharge
    for amount in bench.carried((0, -rupees("10.01"), smallest - 1, largest + 1)):
        before = bench.read_money()
        refused = bench.refused(amount)
        after = bench.read_money()
        bench.observe("refused", refused, f"{bench.told(amount)} was {'refused' if refused else 'taken'}")
        moved = after.number("balance") - before.number("balance")
        bench.observe(
            "balance moved by", moved, f"balance moved by {bench.told(moved)} after {bench.told(amount)} was offered"
        )
        bench.observe("count", after.number("recharge_count") - before.number("recharge_count"))
    good = bench.recharge(smallest)
    bench.observe("a good one afterwards", good.rise("balance") - smallest)
    bench.observe_balance("balance afterwards")
