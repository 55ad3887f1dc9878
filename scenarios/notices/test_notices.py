"""Notices of the policy, at percentages of what the last recharge brought: once each, and again after a recharge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Equal, Money, Start, scenario
from scenarios.limits.policy import gives_no_notice

if TYPE_CHECKING:
    from rig.bench import Bench

WATTS = 4321


def pass_each(bench: Bench, credited: int) -> list[tuple[object, str]]:
    """Just above each notice, below it, and a little on; how often it was told beside how often it had to be."""
    seen: list[tuple[object, str]] = []
    blur = bench.blur(WATTS)
    notices = bench.policy.file.notices
    assert notices is not None, "the policy gives notice"
    for number, percent in enumerate(notices.percent, 1):
        name = f"credit notice {number}"
        threshold = credited * int(percent) // 100
        bench.preset(balance=threshold + blur + 1)
        mark = bench.mark_log()
        bench.wait_until_credit_is_missed()
        before = bench.logged(name, mark)
        bench.draw_watts(bench.at_most(WATTS))
        if threshold or bench.policy.file.emergency_credit:
            bench.wait_until_below(threshold)
        else:
            bench.wait_for_cut()
        bench.load_off()
        bench.wait_until_credit_is_missed()
        after = bench.logged(name, mark)
        words = f"{name} at {bench.told(threshold)}, {percent} % of {bench.told(credited)}"
        seen += [(before, f"{words}: told {before} time(s) above it"), (after - 1, f"{words}: told {after} time(s)")]
    return seen


@scenario(
    "NOT-2",
    "Notices at parts of the last recharge",
    requires=("CREDIT-NOTICE", "EVENTS"),
    needs={
        Capability.RECHARGE, Capability.EVENTS, Capability.ACCOUNT_PRESET, Capability.CREDIT_CUT, Capability.NOTICES,
    },
    reads=("balance",),
    unless=gives_no_notice,
    starts=Start(credit=rupees("1.03"), arrears=0, settings={"load_limit": 9000}, cuts=True),
    catches={"E10": "told beside what was due", "E11": "told beside what was due"},
    judges=(
        Equal("told beside what was due", 0, "each notice is told once when the balance falls to it"),
        Money("balance afterwards"),
    ),
    wall_seconds=150,
)  # fmt: skip
def test_notices_at_parts_of_the_last_recharge(bench: Bench) -> None:
    """After a recharge, and after another one of another amount."""
    seen = []
    for amount in (rupees("10.07"), rupees("31.31")):
        paid = bench.recharge(amount)
        bench.sleep("3.3")
        seen += pass_each(bench, paid.to_balance)
    bench.observe_each("told beside what was due", seen)
    bench.recharge(rupees("20.03"))
    bench.observe_balance("balance afterwards")
