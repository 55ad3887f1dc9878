"""A share of the dues that has to be paid before supply is back, on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.credit import cut_when_credit_ends, longer_than_a_reclosing
from scenarios.limits.dues import ARREARS, asks_for_no_dues
from scenarios.limits.protected import some_free_time
from scenarios.limits.recharge import reclosed_in_time

if TYPE_CHECKING:
    from rig.bench import Bench


@scenario(
    "EXH-16",
    "A paisa less than the share of the dues closes nothing, credit or not; the share does",
    requires=("RECONNECT-DUES", "CREDIT-RESTORE", "POWER-FAIL"),
    needs={
        Capability.CREDIT_CUT,
        Capability.RECHARGE,
        Capability.ARREARS,
        Capability.ACCOUNT_PRESET,
        Capability.CLOCK,
        Capability.CLOCK_SET,
    },
    reads=("balance", "arrears"),
    unless=asks_for_no_dues,
    starts=Start(credit=rupees("5.03"), arrears=ARREARS, cuts=True),
    catches={"P9": "stays open below the share", "P8": "closed by the share"},
    judges=(
        Timed("cut when credit is over", cut_when_credit_ends),
        Absent(
            "stays open below the share",
            "closing",
            longer_than_a_reclosing,
            "credit alone does not close the relay: the share of the dues has to be paid",
        ),
        Equal("register views below the share", True, "output state and control state say what the contact does"),
        Money("balance below the share"),
        Timed("closed by the share", reclosed_in_time),
        Money("balance afterwards"),
    ),
)
def test_the_share_of_the_dues(bench: Bench) -> None:
    """98 hundredths of the share (49 % of the dues where it is 50), then the rest; again to a paisa, over a power failure."""
    for less in (2, 0):
        bench.preset(balance=rupees("5.03"), arrears=ARREARS)
        over = bench.end_credit_at(some_free_time(bench.policy))
        bench.awaits("cut when credit is over", RelayState.OPEN, since=over)
        bench.recharge(bench.less_than_the_dues() * (100 - less) // 100)
        bench.stays("stays open below the share", RelayState.OPEN)
        bench.power_off()
        bench.sleep("3.3")
        bench.power_on()
        bench.observe_balance("balance below the share")
        bench.observe_views("register views below the share", "credit")
        bench.awaits("closed by the share", RelayState.CLOSED, since=bench.recharge_to_close())
    bench.observe_balance("balance afterwards")
