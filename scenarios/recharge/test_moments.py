"""Recharges at a bad moment: under load, one after the other, into a power failure; and what is recorded of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Equal, Money, Start, Within, scenario
from scenarios.limits.clock import clock_error

if TYPE_CHECKING:
    from rig.bench import Bench

WATTS = 4321
OUT_OF_THE_WAY = {"load_limit": 9000}
A_FEW_HOURS = rupees("12.00")
"""More than a small load costs in some hours."""


@scenario(
    "RCH-9",
    "Recharges under load, and one right after the other",
    requires=("RECHARGE-CREDIT", "CREDIT-DEBIT", "RECHARGE-RECORD"),
    needs={Capability.RECHARGE},
    reads=("balance",),
    starts=Start(credit=rupees("23.45"), arrears=0, settings=OUT_OF_THE_WAY),
    catches={"P1": "balance after the first", "P20": "balance after the first"},
    judges=(
        Money("balance after the first", "a recharge forgives nothing that was consumed"),
        Equal("accepted of three in a row", 3, "each recharge of a row is taken"),
        Money("balance after the row"),
        Money("balance afterwards"),
    ),
    wall_seconds=45,
)
def test_recharges_under_load(bench: Bench) -> None:
    """The load stays on through all of them."""
    bench.draw_watts(bench.at_most(WATTS))
    bench.sleep("7.3")
    bench.recharge(rupees("31.07"))
    bench.observe_balance("balance after the first")
    bench.sleep("3.9")
    accepted = bench.recharge_in_a_row(rupees("10.01"), rupees("123.45"), rupees("7.77"))
    bench.observe("accepted of three in a row", accepted)
    bench.observe_balance("balance after the row")
    bench.sleep("7.1")
    bench.load_off()
    bench.sleep("2.3")
    bench.observe_balance("balance afterwards")


@scenario(
    "RCH-10",
    "The mains fail while a recharge is on its way",
    requires=("RECHARGE-ONCE", "RECHARGE-CREDIT", "POWER-FAIL"),
    needs={Capability.RECHARGE},
    reads=("balance",),
    starts=Start(credit=rupees("23.45")),
    catches={"P21": "credited in all beside one recharge"},
    judges=(
        Equal("half credited", False, "what survives a power failure is the whole recharge or nothing of it"),
        Equal("credited in all beside one recharge", 0, "with its repeat it is credited exactly once", "paise"),
        Money("balance afterwards"),
    ),
    wall_seconds=45,
)
def test_the_mains_fail_during_a_recharge(bench: Bench) -> None:
    """Power goes between the commit and its result; afterwards the engine repeats the recharge. Twice."""
    for amount in (rupees("123.45"), rupees("41.41")):
        first = bench.recharge_cut_off(amount)
        at_once = sum(abs(first.rise(item)) for item in ("balance", "arrears") if item in first.after)
        whole = first.to_arrears + first.to_balance
        words = f"{bench.told(at_once)} of {bench.told(amount)} were credited when the power came back"
        bench.observe("half credited", at_once != whole, words)
        again = bench.recharge_again(first)
        repeated = sum(abs(again.rise(item)) for item in ("balance", "arrears") if item in again.after)
        due = whole or again.to_arrears + again.to_balance or amount
        words = f"{bench.told(at_once)} before the repeat of {bench.told(amount)}, {bench.told(repeated)} with it"
        bench.observe("credited in all beside one recharge", at_once + repeated - due, words)
    bench.observe_balance("balance afterwards")


@scenario(
    "RCH-11",
    "Every recharge has its own record",
    requires=("RECHARGE-RECORD",),
    needs={Capability.RECHARGE, Capability.ARREARS, Capability.ACCOUNT_PRESET, Capability.CLOCK},
    reads=("last_recharge_amount", "last_recharge_to_arrears", "last_recharge_id", "last_recharge_time"),
    starts=Start(credit=rupees("23.45"), arrears=rupees("150.05")),
    catches={"P4": "last recharge amount beside what was paid"},
    judges=(
        Equal("last recharge amount beside what was paid", 0, "the last recharge amount is what was paid", "paise"),
        Equal("part to arrears beside the rule", 0, "the record has the part that went to arrears", "paise"),
        Equal("last recharge id beside the one paid under", 0, "the record has the id"),
        Within("last recharge time", clock_error, "s"),
        Money("balance afterwards"),
    ),
    wall_seconds=45,
)
def test_every_recharge_has_its_own_record(bench: Bench) -> None:
    """Four recharges some seconds apart: to the arrears, past them, and two more with a power failure before the last."""
    for amount in (rupees("123.45"), rupees("77.77"), rupees("31.07"), rupees("10.01")):
        bench.sleep("9.7")
        if amount == rupees("10.01"):
            bench.power_off()
            bench.sleep("3.3")
            bench.power_on()
        paid = bench.recharge(amount)
        record = paid.after
        bench.observe("last recharge amount beside what was paid", record.number("last_recharge_amount") - amount)
        part = record.number("last_recharge_to_arrears") - paid.to_arrears
        bench.observe("part to arrears beside the rule", part)
        bench.observe("last recharge id beside the one paid under", record.number("last_recharge_id") - paid.id)
        bench.observe_meter_time("last recharge time", "last_recharge_time", paid.result.settled)
    bench.observe_balance("balance afterwards")


@scenario(
    "RCH-12",
    "A recharge that never gets to its commit, and one that never arrives while the link is down for hours",
    requires=("RECHARGE-ONCE", "RECHARGE-CREDIT", "CREDIT-DEBIT", "POWER-FAIL"),
    needs={Capability.RECHARGE},
    reads=("balance",),
    starts=Start(credit=rupees("523.45"), arrears=0, settings=OUT_OF_THE_WAY),
    catches={"P24": "credited without a commit", "P2": "credited in all beside one recharge"},
    judges=(
        Equal("credited without a commit", 0, "what was not committed moves nothing", "paise"),
        Equal("credited in all beside one recharge", 0, "sent again, it is credited exactly once", "paise"),
        Money(
            "balance after hours without a link",
            "the meter charges what flows, whether anybody asks or not",
            moved=A_FEW_HOURS,
        ),
        Money("balance afterwards", moved=A_FEW_HOURS),
    ),
    wall_seconds=7300,
)
def test_a_recharge_that_never_arrives(bench: Bench) -> None:
    """The mains fail between the writes; then the link is down for two hours under load. Each time the engine sends it again, twice."""
    for amount, cut_short in ((rupees("123.45"), True), (rupees("41.41"), False)):
        if not cut_short:
            bench.draw_watts(517)
        first = bench.recharge_cut_short(amount) if cut_short else bench.recharge_lost(amount)
        moved = sum(abs(first.rise(item)) for item in ("balance", "arrears") if item in first.after)
        bench.observe("credited without a commit", moved)
        if not cut_short:
            bench.sleep(7200)
            bench.settle_costs()
            bench.observe_balance("balance after hours without a link")
        again = [bench.recharge_again(first) for _ in range(2)]
        credited = sum(abs(one.rise(item)) for one in again for item in ("balance", "arrears") if item in one.after)
        bench.observe("credited in all beside one recharge", credited - again[0].to_arrears - again[0].to_balance)
    bench.observe_balance("balance afterwards")
