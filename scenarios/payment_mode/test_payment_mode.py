"""In postpaid nothing is cut for want of credit, and what is used is billed; back in prepaid the balance counts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import HOUR, SECOND
from rig.contracts import Capability, PaymentMode, RelayState
from rig.money import rupees
from rig.scenario import Absent, Money, Start, Timed, scenario
from scenarios.limits.credit import cut_once_gone
from scenarios.limits.policy import no_cut_at_zero, prepaid
from scenarios.limits.recharge import reclosed_in_time

if TYPE_CHECKING:
    from rig.bench import Bench

WATTS = 1234
NEEDS = frozenset({Capability.CREDIT_CUT, Capability.RECHARGE, Capability.ACCOUNT_PRESET})
NO_CUT = "in postpaid the balance may be below zero, and supply goes on"


@scenario(
    "PAY-1",
    "To postpaid and back",
    requires=("PAYMENT-MODE", "CREDIT-CUT", "POWER-FAIL"),
    needs=NEEDS | {Capability.PAYMENT_MODE},
    reads=("balance", "payment_mode"),
    unless=no_cut_at_zero,
    starts=Start(credit=rupees("23.45"), arrears=0, settings={"load_limit": 9000}, cuts=True),
    catches={"P6": "no cut in postpaid"},
    judges=(
        Absent("no cut in postpaid", "opening", 40 * SECOND, NO_CUT),
        Money("balance in postpaid"),
        Timed("cut when prepaid again", cut_once_gone),
        Timed("closed by a recharge", reclosed_in_time),
        Money("balance afterwards"),
    ),
    wall_seconds=150,
)
def test_to_postpaid_and_back(bench: Bench) -> None:
    """Far below zero under load, over a power failure in the second cycle; then prepaid again, and the debt counts."""
    for number in (1, 2):
        bench.set_payment_mode(PaymentMode.POSTPAID)
        bench.preset(balance=rupees("-50.03"))
        bench.draw_watts(WATTS)
        bench.stays("no cut in postpaid", RelayState.CLOSED)
        if number == 2:
            bench.power_off()
            bench.sleep("3.3")
            bench.power_on()
            bench.stays("no cut in postpaid", RelayState.CLOSED)
        bench.load_off()
        bench.sleep("2.3")
        bench.observe_balance("balance in postpaid")
        back = bench.set_payment_mode(PaymentMode.PREPAID)
        bench.awaits("cut when prepaid again", RelayState.OPEN, since=back)
        bench.awaits("closed by a recharge", RelayState.CLOSED, since=bench.recharge_to_close())
    bench.observe_balance("balance afterwards")


@scenario(
    "PAY-2",
    "Postpaid by policy: no cut in an hour below zero",
    requires=("PAYMENT-MODE", "CREDIT-DEBIT"),
    needs={Capability.RECHARGE, Capability.ACCOUNT_PRESET},
    reads=("balance",),
    unless=prepaid,
    starts=Start(credit=rupees("0.05"), arrears=0, settings={"load_limit": 9000}),
    catches={"P6": "no cut in postpaid"},
    judges=(
        Absent("no cut in postpaid", "opening", HOUR, NO_CUT),
        Money("balance far below zero", moved=rupees("10.00")),
        Money("balance afterwards", moved=rupees("10.00")),
    ),
    wall_seconds=3700,
)
def test_an_hour_below_zero(bench: Bench) -> None:
    """Through zero under load, an hour on, a power failure, a recharge that leaves a debt, and on again."""
    bench.draw_watts(WATTS)
    bench.stays("no cut in postpaid", RelayState.CLOSED)
    bench.load_off()
    bench.sleep("2.3")
    bench.observe_balance("balance far below zero")
    bench.power_off()
    bench.sleep("3.3")
    bench.power_on()
    bench.recharge(rupees("1.01"))
    bench.draw_watts(WATTS)
    bench.sleep(60)
    bench.load_off()
    bench.observe_balance("balance afterwards")
