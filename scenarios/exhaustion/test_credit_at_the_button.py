"""Emergency credit that is lent when somebody presses the meter's button: not before, once, and again when it was repaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import SECOND
from rig.contracts import Capability, DisconnectCause, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.credit import cut_once_gone, cut_when_credit_ends, longer_than_a_reclosing
from scenarios.limits.lending import debt_without_more, lends_nothing_at_the_button, lent_paise
from scenarios.limits.protected import some_free_time
from scenarios.limits.recharge import reclosed_in_time

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset(
    {
        Capability.CREDIT_CUT,
        Capability.RECHARGE,
        Capability.ACCOUNT_PRESET,
        Capability.CLOCK,
        Capability.CLOCK_SET,
        Capability.BUTTON,
    }
)


@scenario(
    "EXH-15",
    "Emergency credit is lent at the button only, once, and again when it was repaid",
    requires=("EMERGENCY-CREDIT", "CREDIT-CUT", "CREDIT-RESTORE"),
    needs=NEEDS,
    reads=("balance", "disconnect_cause"),
    unless=lends_nothing_at_the_button,
    starts=Start(credit=rupees("5.03"), arrears=0, cuts=True),
    catches={"C18": "not lent again before it is repaid", "C20": "cut with nothing left"},
    judges=(
        Timed("cut with nothing left", cut_when_credit_ends),
        Absent("nothing is lent without the button", "closing", 13 * SECOND, "time lends nothing"),
        Timed("closed by the button", reclosed_in_time),
        Timed("cut when emergency credit is used up", cut_once_gone),
        Equal("disconnect cause", DisconnectCause.CREDIT.name, "the meter says that credit is gone"),
        Absent(
            "not lent again before it is repaid",
            "closing",
            longer_than_a_reclosing,
            "what was lent once is lent again only when repaid",
        ),
        Timed("closed by a recharge", reclosed_in_time),
        Money("balance afterwards"),
    ),
    wall_seconds=70,
)
def test_emergency_credit_at_the_button(bench: Bench) -> None:
    """Nothing left; the button; used up, half repaid, and the button in vain; repaid whole. Twice, a power failure in the first."""
    lent = lent_paise(bench.policy)
    for number in (1, 2):
        gone = bench.end_credit_at(some_free_time(bench.policy))
        if bench.awaits("cut with nothing left", RelayState.OPEN, since=gone) is None:
            return
        if number == 1:
            bench.power_off()
            bench.sleep("3.3")
            bench.power_on()
        bench.stays("nothing is lent without the button", RelayState.OPEN)
        pressed = bench.press_button()
        if bench.awaits("closed by the button", RelayState.CLOSED, since=pressed) is None:
            return
        gone = bench.preset(balance=-lent)
        bench.awaits("cut when emergency credit is used up", RelayState.OPEN, since=gone)
        bench.settle_registers()
        bench.observe_cause("disconnect cause")
        bench.preset(balance=-debt_without_more(bench.policy))
        pressed = bench.press_button()
        bench.stays("not lent again before it is repaid", RelayState.OPEN, since=pressed)
        bench.awaits("closed by a recharge", RelayState.CLOSED, since=bench.recharge_to_close())
    bench.observe_balance("balance afterwards")
