"""What days and months cost, whatever is used; and arrears that come off by the day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Equal, Money, Start, Timed, scenario
from scenarios.arrears.test_large_arrears import CREDITED, TAKEN, judge
from scenarios.limits.charges import (
    MONTH_END,
    NIGHTS,
    ONE_DAY,
    OTHER_ENDS,
    charged_at,
    charges_nothing_by_the_day,
    plans_no_instalments,
)
from scenarios.limits.relay import remote_command

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset({Capability.RECHARGE, Capability.ACCOUNT_PRESET, Capability.CLOCK, Capability.CLOCK_SET})
BEFORE, AFTER = timedelta(seconds=50), timedelta(seconds=50)
"""More than the clock may run off in the whole of it."""
A_MONTH = rupees("20.00")
"""Where prices go by the hour, the oracle is a little less sure with every change of them."""
JUST_AFTER = timedelta(seconds=9)


def midnight_after(civil: datetime) -> datetime:
    """The next 00:00."""
    return civil.replace(hour=0, minute=0, second=0) + ONE_DAY


def pass_midnight(bench: Bench, midnight: datetime) -> None:
    """Nothing is taken before 00:00, and once what the day costs afterwards."""
    bench.wait_until_clock_shows(midnight - BEFORE)
    bench.observe_balance("balance before midnight")
    bench.wait_until_clock_shows(midnight + AFTER)
    bench.observe_balance("balance after midnight")


@scenario(
    "CHG-1",
    "A month of days without consumption, and the ends of months of every length and of the year",
    requires=("DAILY-CHARGES", "POWER-FAIL"),
    needs=NEEDS,
    reads=("balance",),
    unless=charges_nothing_by_the_day,
    starts=Start(credit=rupees("23.45")),
    catches={"A7": "balance after midnight", "A21": "balance after midnight", "A22": "balance after midnight"},
    judges=(
        Money("balance before midnight", "nothing is taken before the day begins", moved=A_MONTH),
        Money("balance after midnight", "what the day costs is taken once", moved=A_MONTH),
        Money("balance afterwards", moved=A_MONTH),
    ),
)
def test_a_month_of_days(bench: Bench) -> None:
    """Every night is looked at. In the second one the mains dip just after 00:00, in the fourth one across it."""
    bench.set_clock(MONTH_END)
    bench.preset(balance=rupees("3000.07"), arrears=rupees("3000.01"))
    midnight = midnight_after(MONTH_END)
    for night in range(NIGHTS):
        if night != 1:
            pass_midnight(bench, midnight)
        else:
            bench.wait_until_clock_shows(midnight + JUST_AFTER)
            bench.power_off()
            bench.sleep("3.3")
            bench.power_on()
            bench.observe_balance("balance after midnight")
        if night == 2:
            bench.wait_until_clock_shows(midnight + ONE_DAY - BEFORE)
            bench.power_off()
            bench.wait_until_clock_shows(midnight + ONE_DAY + AFTER)
            bench.power_on()
            bench.observe_balance("balance after midnight")
            midnight += ONE_DAY
        midnight += ONE_DAY
    for begins, nights in OTHER_ENDS:
        bench.set_clock(begins)
        for night in range(nights):
            pass_midnight(bench, midnight_after(begins) + night * ONE_DAY)
    bench.recharge(rupees("123.45"))
    bench.observe_balance("balance afterwards")


@scenario(
    "CHG-2",
    "Daily instalments: missed, caught up, the last one, and then nothing",
    requires=("INSTALMENTS", "ARREARS-ORDER"),
    needs=NEEDS | {Capability.ARREARS},
    reads=("balance", "arrears"),
    unless=plans_no_instalments,
    starts=Start(credit=rupees("23.45")),
    catches={"A23": "arrears beside the plan", "A24": "arrears beside the plan"},
    judges=(
        Money("balance before midnight", "nothing is taken before the day begins"),
        Money("balance after midnight", "an instalment comes off the balance when it covers it"),
        Equal("arrears beside the plan", 0, "arrears fall by what came off the balance for them", "paise"),
        TAKEN,
        CREDITED,
        Money("balance afterwards"),
    ),
)
def test_daily_instalments(bench: Bench) -> None:
    """Two nights without enough, recharges below and above what was missed, then nights to the end of the arrears and beyond."""
    plan = bench.policy.file.instalment
    assert plan is not None, "the policy plans instalments"
    for _ in (1, 2):
        bench.set_clock(MONTH_END)
        bench.preset(balance=rupees("5.03"), arrears=4 * plan.per_day + rupees("0.07"))
        midnight = midnight_after(MONTH_END)
        seen, missed = [], 0
        for night in range(8):
            if night == 2:
                judge(bench, [bench.recharge(rupees(amount)) for amount in ("20.01", "70.07", "200.03")])
            before = bench.read_money()
            pass_midnight(bench, midnight + night * ONE_DAY)
            after = bench.read_money()
            charged = charged_at(bench.policy, midnight.date() + night * ONE_DAY)
            paid = before.number("balance") - after.number("balance") - charged
            owed = before.number("arrears") - after.number("arrears")
            asked = min(plan.per_day + missed, before.number("arrears"))
            due = asked if before.number("balance") - charged >= asked else 0
            missed = asked - due if plan.catch_up == "next_day" else 0
            seen += [(owed - paid, f"night {night + 1}: {owed} paise of arrears for {paid} of the balance")]
            seen += [(owed - due, f"night {night + 1}: {owed} paise of arrears, {due} due")]
        bench.observe_each("arrears beside the plan", seen)
    bench.observe_balance("balance afterwards")


@scenario(
    "CHG-3",
    "A clock that is set a year ahead and back charges no year",
    requires=("DAILY-CHARGES", "CLOCK-SET"),
    needs=NEEDS,
    reads=("balance",),
    unless=charges_nothing_by_the_day,
    starts=Start(credit=rupees("3000.07"), arrears=0),
    catches={"A9": "balance after the clock was set"},
    judges=(
        Money("balance after the clock was set", "a clock that is set catches up no days in excess"),
        Money("balance before midnight", "nothing is taken before the day begins"),
        Money("balance after midnight", "what the day costs is taken once"),
    ),
    wall_seconds=800,
)
def test_a_clock_set_a_year_ahead(bench: Bench) -> None:
    """A year ahead, a night there, back again, a night here; and once more."""
    for _ in (1, 2):
        for at in (MONTH_END.replace(year=2027), MONTH_END):
            bench.set_clock(at)
            bench.sleep("3.3")
            bench.observe_balance("balance after the clock was set")
            pass_midnight(bench, midnight_after(at))


@scenario(
    "CHG-7",
    "Days on which nobody asks the meter, and days with its relay open",
    requires=("DAILY-CHARGES", "RELAY-COMMAND", "POWER-FAIL"),
    needs=NEEDS | {Capability.REMOTE_RELAY},
    reads=("balance",),
    unless=charges_nothing_by_the_day,
    starts=Start(credit=rupees("23.45")),
    catches={"A25": "balance after days with the relay open"},
    judges=(
        Money("balance after days that nobody looked at", "each day costs what it costs, and once", moved=A_MONTH),
        Timed("time to open", remote_command),
        Money("balance after days with the relay open", "a day costs as much when nothing can flow", moved=A_MONTH),
        Timed("time to closed", remote_command),
        Money("balance afterwards", moved=A_MONTH),
    ),
)
def test_days_without_a_link_and_days_without_supply(bench: Bench) -> None:
    """Three midnights and a month's end unseen, a recharge; two midnights disconnected, the mains failing before the second."""
    bench.set_clock(MONTH_END)
    bench.preset(balance=rupees("3000.07"), arrears=rupees("3000.01"))
    midnight = midnight_after(MONTH_END)
    bench.wait_until_clock_shows(midnight + 2 * ONE_DAY + AFTER)
    bench.recharge(rupees("123.45"))
    bench.observe_balance("balance after days that nobody looked at")
    asked = bench.remote_disconnect()
    bench.awaits("time to open", RelayState.OPEN, since=asked)
    bench.wait_until_clock_shows(midnight + 3 * ONE_DAY + AFTER)
    bench.power_cycle()
    bench.wait_until_clock_shows(midnight + 4 * ONE_DAY + AFTER)
    bench.observe_balance("balance after days with the relay open")
    asked = bench.remote_reconnect()
    bench.awaits("time to closed", RelayState.CLOSED, since=asked)
    bench.recharge(rupees("31.07"))
    bench.observe_balance("balance afterwards")
