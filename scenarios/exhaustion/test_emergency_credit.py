"""Emergency credit: lent when the balance ends, repaid where the policy says, cut when it is over, and lent once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import SECOND
from rig.contracts import Capability, DisconnectCause, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.arrears.test_large_arrears import CREDITED, TAKEN, judge
from scenarios.limits.credit import cut_when_credit_ends, longer_than_a_reclosing
from scenarios.limits.lending import A_DEBT, debt_within, lends_nothing_by_itself, lent_paise
from scenarios.limits.protected import some_free_time
from scenarios.limits.recharge import reclosed_in_time

if TYPE_CHECKING:
    from rig.bench import Bench

WATTS = 4321
NEEDS = frozenset(
    {Capability.CREDIT_CUT, Capability.RECHARGE, Capability.ACCOUNT_PRESET, Capability.CLOCK, Capability.CLOCK_SET}
)
CLOSED = Timed("closed by a recharge", reclosed_in_time)


@scenario(
    "EXH-12",
    "Into emergency credit without a cut, and repaid before anything comes on top",
    requires=("EMERGENCY-CREDIT", "ARREARS-ORDER", "CREDIT-DEBIT"),
    needs=NEEDS | {Capability.ARREARS},
    reads=("balance", "arrears"),
    unless=lends_nothing_by_itself,
    starts=Start(credit=rupees("5.03"), arrears=rupees("70.71"), settings={"load_limit": 9000}, cuts=True),
    catches={"C13": "credited beside the rule"},
    judges=(
        Absent(
            "supply goes on into emergency credit", "opening", 40 * SECOND, "emergency credit keeps the relay closed"
        ),
        Money("balance below zero"),
        TAKEN,
        CREDITED,
        Money("balance afterwards"),
    ),
    wall_seconds=150,
)
def test_into_emergency_credit_and_repaid(bench: Bench) -> None:
    """Past zero by two counts at least; small recharges against debt and arrears together; over a power failure; once more."""
    paid = []
    for amounts in (("1.01", "31.07"), ("20.06", "123.45")):
        bench.preset(balance=rupees("0.05"))
        bench.draw_watts(bench.at_most(WATTS))
        bench.sleep_until_taken(2 * bench.promises.energy_quantum)
        bench.stays("supply goes on into emergency credit", RelayState.CLOSED)
        bench.load_off()
        bench.sleep("2.3")
        bench.observe_balance("balance below zero")
        bench.preset(balance=-debt_within(bench.policy, rupees("50.03")))
        bench.sleep_ns(bench.promises.cut_allowance.hi)
        paid.append(bench.recharge(rupees(amounts[0])))
        bench.power_off()
        bench.sleep("3.3")
        bench.power_on()
        paid.append(bench.recharge(rupees(amounts[1])))
    judge(bench, paid)
    bench.observe_balance("balance afterwards")


@scenario(
    "EXH-13",
    "Emergency credit comes to its end, and is lent again only when it was repaid whole",
    requires=("EMERGENCY-CREDIT", "CREDIT-CUT", "CREDIT-RESTORE", "POWER-FAIL"),
    needs=NEEDS,
    reads=("balance", "disconnect_cause"),
    unless=lends_nothing_by_itself,
    starts=Start(credit=rupees("5.03"), arrears=0, cuts=True),
    catches={"C18": "cut when emergency credit is over", "C19": "cut when emergency credit is over"},
    judges=(
        Timed("cut when emergency credit is over", cut_when_credit_ends),
        Equal("disconnect cause", DisconnectCause.CREDIT.name, "the meter says that credit is gone"),
        Absent(
            "not lent again before it is repaid",
            "closing",
            longer_than_a_reclosing,
            "what was lent once is lent again only when repaid",
        ),
        Money("balance in debt"),
        CLOSED,
        Absent("lent again once repaid", "opening", 20 * SECOND, "repaid whole, emergency credit is there again"),
        Money("balance afterwards"),
    ),
)
def test_emergency_credit_comes_to_its_end(bench: Bench) -> None:
    """Used up, or its days over; a recharge that leaves a debt; a power failure; one that ends the debt. Twice."""
    lent = lent_paise(bench.policy)
    for amount in (rupees("10.01"), rupees("31.07")):
        over = bench.end_credit_at(some_free_time(bench.policy))
        bench.awaits("cut when emergency credit is over", RelayState.OPEN, since=over)
        bench.settle_registers()
        bench.observe_cause("disconnect cause")
        bench.preset(balance=-lent - A_DEBT)
        bench.recharge(amount)
        bench.stays("not lent again before it is repaid", RelayState.OPEN)
        bench.power_off()
        bench.sleep("3.3")
        bench.power_on()
        bench.observe_balance("balance in debt")
        bench.awaits("closed by a recharge", RelayState.CLOSED, since=bench.recharge_to_close())
        bench.preset(balance=0)
        bench.stays("lent again once repaid", RelayState.CLOSED)
        bench.preset(balance=rupees("5.03"))
    bench.observe_balance("balance afterwards")
