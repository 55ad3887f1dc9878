"""Amounts at which numbers run over, and balances that are so large that a careless number loses their paise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rig.contracts import Capability, RechargeOutcome
from rig.money import rupees
from rig.scenario import Equal, Money, Start, scenario
from scenarios.limits.recharge import amounts_around_powers_of_two, awkward_balances

if TYPE_CHECKING:
    from rig.bench import Bench

ALMOST_NOTHING = Start(credit=rupees("0.37"), arrears=0)


@scenario(
    "RCH-4",
    "Amounts at and around every power of two, the smallest and the largest",
    requires=("RECHARGE-CREDIT", "RECHARGE-RECORD", "RECHARGE-REFUSED"),
    needs={Capability.RECHARGE},
    reads=("balance", "last_recharge_amount", "total_recharged"),
    starts=ALMOST_NOTHING,
    catches={"P11": "credited beside what was due", "K7": "credited beside what was due"},
    judges=(
        Equal("every one is", RechargeOutcome.ACCEPTED.value, "every amount between smallest and largest is taken"),
        Equal("credited beside what was due", 0, "the balance rises by what the policy leaves of the amount", "paise"),
        Equal("last recharge amount beside what was paid", 0, "the last recharge amount is what was paid", "paise"),
        Equal("total beside what was paid", 0, "the total rises by what was paid", "paise"),
        Equal(
            "one beyond each end is refused", True, "a paisa below the smallest and one above the largest is refused"
        ),
        Money("balance afterwards"),
    ),
    wall_seconds=75,
)
def test_amounts_around_powers_of_two(bench: Bench) -> None:
    """A paisa below, at and above each power of two; the ends of the range; then a paisa beyond each end."""
    outcomes, credited, records, totals = [], [], [], []
    for amount in amounts_around_powers_of_two(bench.promises):
        paid = bench.recharge(amount)
        told, rise = paid.result.outcome, paid.rise("balance")
        outcomes.append((told.value, f"{bench.told(amount)} was {told}"))
        words = f"balance rose by {bench.told(rise)} after one recharge of {bench.told(amount)}, id {paid.id}"
        credited.append((rise - paid.to_balance, words))
        last = paid.after.number("last_recharge_amount")
        records.append((last - amount, f"the meter says {bench.told(last)}, paid was {bench.told(amount)}"))
        totals.append((paid.rise("total_recharged") - amount, f"after {bench.told(amount)}"))
    bench.observe_each("every one is", outcomes)
    bench.observe_each("credited beside what was due", credited)
    bench.observe_each("last recharge amount beside what was paid", records)
    bench.observe_each("total beside what was paid", totals)
    for amount in bench.carried((bench.promises.smallest_recharge - 1, bench.promises.largest_recharge + 1)):
        refused = bench.refused(amount)
        words = f"{bench.told(amount)} was {'refused' if refused else 'taken'}"
        bench.observe("one beyond each end is refused", refused, words)
    bench.observe_balance("balance afterwards")


@scenario(
    "RCH-5",
    "A large balance keeps its paise",
    requires=("RECHARGE-CREDIT", "CREDIT-DEBIT", "POWER-FAIL"),
    needs={Capability.RECHARGE, Capability.ACCOUNT_PRESET},
    starts=replace(ALMOST_NOTHING, settings={"load_limit": 9000}),
    catches={"L2": "credited beside what was due"},
    judges=(
        Equal("credited beside what was due", 0, "a small recharge raises a large balance by itself, exactly", "paise"),
        Equal("lost with the power", 0, "a large balance survives a power failure to the paisa", "paise"),
        Money("balance under load"),
        Money("balance afterwards"),
    ),
    wall_seconds=60,
)
def test_a_large_balance_keeps_its_paise(bench: Bench) -> None:
    """Balances just below and above the largest whole numbers of 16, 24 and 31 bits; a small recharge, a power failure, a load."""
    for balance in awkward_balances():
        bench.preset(balance=balance)
        paid = bench.recharge(rupees("1.01"))
        rise = paid.rise("balance")
        words = f"{bench.told(balance)} rose by {bench.told(rise)} after a recharge of {bench.told(paid.amount)}"
        bench.observe("credited beside what was due", rise - paid.to_balance, words)
    before = bench.read_money().number("balance")
    bench.power_off()
    bench.sleep("3.3")
    bench.power_on()
    bench.observe("lost with the power", before - bench.read_money().number("balance"))
    bench.draw_watts(bench.at_most(4321))
    bench.sleep(13)
    bench.load_off()
    bench.sleep("2.3")
    bench.observe_balance("balance under load")
    bench.recharge(rupees("1.03"))
    bench.observe_balance("balance afterwards")
