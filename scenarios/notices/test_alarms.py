"""Low-credit alarms are told once each time the balance falls to them, and again after a recharge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Equal, Money, Start, scenario
from scenarios.limits.policy import postpaid

if TYPE_CHECKING:
    from rig.bench import Bench

WATTS = 4321
ONCE = "told once for each time that the balance fell to it"


def judge_told(bench: Bench, mark: int, first: int, second: int) -> None:
    """How often each alarm was told since `mark`, beside how often it had to be."""
    for number, due in enumerate((first, second), 1):
        name = f"low credit alarm {number}"
        told = bench.logged(name, mark)
        at = bench.told(bench.setting(f"alarm_{number}"))
        bench.observe(f"{name} beside what was due", told - due, f"{told} alarm(s) at {at}, {due} due")


@scenario(
    "NOT-1",
    "Low-credit alarms: once a crossing, and again after a recharge",
    requires=("LOW-CREDIT-ALARM", "EVENTS"),
    needs={Capability.RECHARGE, Capability.EVENTS, Capability.ACCOUNT_PRESET, Capability.CREDIT_CUT},
    reads=("balance", "alarm_1", "alarm_2"),
    unless=postpaid,
    starts=Start(credit=rupees("23.45"), arrears=0, settings={"load_limit": 9000, "alarm_1": rupees("7.77")}),
    catches={"E6": "low credit alarm 1 beside what was due", "E7": "low credit alarm 1 beside what was due"},
    judges=(
        Equal("low credit alarm 1 beside what was due", 0, ONCE),
        Equal("low credit alarm 2 beside what was due", 0, ONCE),
        Money("balance afterwards", moved=rupees("23.45")),
    ),
    wall_seconds=130,
)
def test_alarms_once_a_crossing(bench: Bench) -> None:
    """Not above the first, at the first, at the second, on below; a recharge between the two; one above both; down again."""
    blur = bench.blur(WATTS)
    one = max(bench.setting("alarm_1"), 7 * blur)  # coarse counts of energy reach far
    two = one - 3 * blur
    if one != bench.setting("alarm_1"):
        bench.write_setting("alarm_1", one)
    bench.write_setting("alarm_2", two)
    bench.preset(balance=one + blur + 1)
    mark = bench.mark_log()
    bench.draw_watts(bench.at_most(WATTS))
    judge_told(bench, mark, 0, 0)
    bench.wait_until_below(one)
    judge_told(bench, mark, 1, 0)
    bench.wait_until_below(two)
    judge_told(bench, mark, 1, 1)
    bench.wait_until_below(two - blur)
    judge_told(bench, mark, 1, 1)
    bench.power_off()
    bench.sleep("3.3")
    bench.power_on()
    bench.sleep("2.9")
    judge_told(bench, mark, 1, 1)
    bench.recharge(rupees("31.07"))
    bench.preset(balance=one + blur)
    bench.draw_watts(bench.at_most(WATTS))
    bench.wait_until_below(two)
    judge_told(bench, mark, 2, 2)
    bench.load_off()
    bench.recharge(rupees("1.01"))
    bench.observe_balance("balance afterwards")
