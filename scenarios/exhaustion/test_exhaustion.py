"""Consumption draws the balance down; at its end the relay opens by itself, and a recharge closes it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import SECOND
from rig.contracts import Capability, DisconnectCause, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, Within, scenario
from scenarios.limits.credit import credit_at_cut
from scenarios.limits.policy import no_cut_at_zero
from scenarios.limits.recharge import credited_in_time, reclosed_in_time

if TYPE_CHECKING:
    from rig.bench import Bench

WATTS = 4321
LONG = rupees("5.23")
SHORT = rupees("0.01")
NEEDS = frozenset({Capability.CREDIT_CUT, Capability.RECHARGE, Capability.ACCOUNT_PRESET})
OUT_OF_THE_WAY = {"load_limit": 9000}


@scenario(
    "EXH-1",
    "The relay opens when credit is gone, neither early nor late",
    requires=("CREDIT-DEBIT", "CREDIT-CUT"),
    needs=NEEDS,
    unless=no_cut_at_zero,
    starts=Start(credit=LONG, arrears=0, settings=OUT_OF_THE_WAY, cuts=True),
    catches={
        "C1": "credit at the cut",
        "C2": "credit at the cut",
        "C7": "balance on the way",
        "C9": "balance on the way",
    },
    judges=(
        Money("balance on the way", "consumption lowers the balance by the energy charge", moved=LONG),
        Within("credit at the cut", credit_at_cut(WATTS, LONG), "paise"),
        Equal("disconnect cause", DisconnectCause.CREDIT.name, "the meter says that credit is gone"),
        Money("balance after the cut", moved=LONG),
        Absent("stays open", "closing", 30 * SECOND, "the relay stays open without credit"),
        Timed("closed again by a recharge", reclosed_in_time),
        Money("balance after the recharge", moved=LONG),
    ),
    wall_seconds=820,
)
def test_the_relay_opens_when_credit_is_gone(bench: Bench) -> None:
    """Judged in money at the cut, by the energy that flowed; then watched on."""
    bench.draw_watts(bench.at_most(WATTS))
    bench.sleep(150)
    bench.observe_balance("balance on the way")
    cut = bench.wait_for_cut()
    bench.observe_credit_at("credit at the cut", cut)
    bench.settle_registers()
    bench.observe_cause("disconnect cause")
    bench.observe_balance("balance after the cut")
    bench.stays("stays open", RelayState.OPEN)
    paid = bench.recharge(rupees("31.07"))
    bench.awaits("closed again by a recharge", RelayState.CLOSED, since=paid.result.sent)
    bench.load_off()
    bench.observe_balance("balance after the recharge")


@scenario(
    "EXH-2",
    "A recharge closes the relay again: credited first, closed after",
    requires=("CREDIT-CUT", "CREDIT-RESTORE"),
    needs=NEEDS,
    unless=no_cut_at_zero,
    starts=Start(credit=SHORT, arrears=0, settings=OUT_OF_THE_WAY, cuts=True),
    catches={"P8": "time to closed", "R2": "time to closed"},
    judges=(
        Within("credit at the cut", credit_at_cut(WATTS, SHORT), "paise"),
        Timed("time to credited", credited_in_time),
        Timed("time to closed", reclosed_in_time),
        Equal("disconnect cause", DisconnectCause.NONE.name, "no cause is left"),
        Money("balance afterwards"),
    ),
    wall_seconds=8,
)
def test_a_recharge_closes_the_relay_again(bench: Bench) -> None:
    """The load stays on across the cut, so that the closing is seen under load."""
    bench.draw_watts(bench.at_most(WATTS))
    cut = bench.wait_for_cut()
    bench.observe_credit_at("credit at the cut", cut)
    paid = bench.recharge(rupees("57.91"))
    bench.observe_credited("time to credited", paid.result)
    bench.awaits("time to closed", RelayState.CLOSED, since=paid.result.sent)
    bench.settle_registers()
    bench.observe_cause("disconnect cause")
    bench.load_off()
    bench.observe_balance("balance afterwards")
