"""Supply is not cut in protected time; a cut that falls into it is made when it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.credit import cut_when_credit_ends, longer_than_credit_ends
from scenarios.limits.protected import (
    Moment,
    day_moments,
    edge_moments,
    held_over_days,
    lends_for_no_days_into_protected_time,
    protects_no_day_or_lends_for_days,
    protects_nothing,
    protects_nothing_or_lends_for_days,
    some_end,
)
from scenarios.limits.recharge import reclosed_in_time

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset(
    {Capability.CREDIT_CUT, Capability.RECHARGE, Capability.ACCOUNT_PRESET, Capability.CLOCK, Capability.CLOCK_SET}
)
START = Start(credit=rupees("5.03"), arrears=0, settings={"load_limit": 9000})
HELD = Absent("held in protected time", "opening", longer_than_credit_ends, "supply is not cut in protected time")
CUT = Timed("cut outside of it", cut_when_credit_ends)
CLOSED = Timed("closed by a recharge", reclosed_in_time)


def edges(bench: Bench) -> list[Moment]:
    """The moments around the edges of protected time, far enough from them that each can be told."""
    cut, held = bench.longest("cut outside of it"), bench.longest("held in protected time")
    return edge_moments(bench.policy, bench.promises, cut, held)


def visit(bench: Bench, moments: list[Moment]) -> None:
    """Credit ends at each moment; the relay opens, or it is held; then there is credit again."""
    kept = []
    for moment in moments:
        bench.preset(balance=rupees("5.03"))
        over = bench.end_credit_at(moment.at)
        if moment.protected is None:  # an opening that comes after protected time has begun is a finding
            bench.sleep_ns(bench.longest("held in protected time"))
        elif moment.protected:
            bench.stays("held in protected time", RelayState.CLOSED, since=over)
        else:
            bench.awaits("cut outside of it", RelayState.OPEN, since=over)
        closed = bench.relay() is RelayState.CLOSED
        right = moment.protected in (None, closed)
        kept.append((right, f"{moment.words}: {'held' if closed else 'cut'}"))
        if not closed:
            bench.awaits("closed by a recharge", RelayState.CLOSED, since=bench.recharge_to_close())
    bench.observe_each("by the policy's calendar", kept)


@scenario(
    "EXH-8",
    "The edges of protected time on a working day",
    requires=("PROTECTED-TIME", "CREDIT-CUT"),
    needs=NEEDS,
    unless=protects_nothing_or_lends_for_days,
    starts=START,
    catches={"C10": "by the policy's calendar", "C15": "by the policy's calendar"},
    judges=(
        HELD,
        CUT,
        CLOSED,
        Equal("by the policy's calendar", True, "the cut is made or held as the policy says"),
        Money("balance afterwards"),
    ),
    wall_seconds=180,
)
def test_edges_of_protected_time(bench: Bench) -> None:
    """Credit ends just before, a second before, at and just after each edge of the daily windows."""
    visit(bench, edges(bench))
    bench.observe_balance("balance afterwards")


@scenario(
    "EXH-9",
    "Protected days and days that are none; ends of month and year",
    requires=("PROTECTED-TIME", "CREDIT-CUT"),
    needs=NEEDS,
    unless=protects_no_day_or_lends_for_days,
    starts=START,
    catches={"C16": "by the policy's calendar"},
    judges=(
        HELD,
        CUT,
        CLOSED,
        Equal("by the policy's calendar", True, "the cut is made or held as the policy says"),
        Money("balance afterwards"),
    ),
    wall_seconds=240,
)
def test_protected_days(bench: Bench) -> None:
    """Credit ends at an hour at which cuts are made; only the day differs."""
    visit(bench, day_moments(bench.policy))
    bench.observe_balance("balance afterwards")


@scenario(
    "EXH-10",
    "A cut that was held back is made when protected time ends",
    requires=("PROTECTED-TIME", "CREDIT-CUT", "CREDIT-DEBIT", "POWER-FAIL"),
    needs=NEEDS,
    unless=protects_nothing_or_lends_for_days,
    starts=START,
    catches={"C5": "cut when protected time ends"},
    judges=(
        HELD,
        Timed("cut when protected time ends", cut_when_credit_ends),
        Money("balance below zero"),
        CLOSED,
        Absent(
            "no cut after a recharge in time",
            "opening",
            longer_than_credit_ends,
            "a recharge before the end calls the cut off",
        ),
        Money("balance afterwards"),
    ),
    wall_seconds=420,
)
def test_a_held_cut_is_made_afterwards(bench: Bench) -> None:
    """Under load into debt; again over a power failure; and a third time with a recharge just before protected time ends."""
    end = some_end(bench.policy)
    for number in (1, 2, 3):
        bench.preset(balance=rupees("5.03"))
        over = bench.end_credit_at(end - timedelta(seconds=60))
        bench.draw_watts(bench.at_most(4321))
        bench.stays("held in protected time", RelayState.CLOSED, since=over)
        if number == 2:
            bench.power_off()
            bench.sleep("3.3")
            bench.power_on()
            bench.draw_watts(bench.at_most(1234))
        if number < 3:
            when = bench.wait_until_clock_shows(end)
            bench.awaits("cut when protected time ends", RelayState.OPEN, since=when)
            bench.load_off()
            bench.observe_balance("balance below zero")
            bench.awaits("closed by a recharge", RelayState.CLOSED, since=bench.recharge_to_close())
        else:
            bench.wait_until_clock_shows(end - timedelta(seconds=11))
            bench.recharge(rupees("123.45"))
            bench.wait_until_clock_shows(end)
            bench.stays("no cut after a recharge in time", RelayState.CLOSED)
            bench.load_off()
    bench.observe_balance("balance afterwards")


@scenario(
    "EXH-11",
    "Held over nights and protected days, in their whole length",
    requires=("PROTECTED-TIME", "CREDIT-CUT"),
    needs=NEEDS,
    unless=protects_nothing,
    starts=START,
    catches={"C16": "held over all of it"},
    judges=(
        Equal("held over all of it", True, "supply is not cut before protected time ends"),
        Timed("cut when protected time ends", cut_when_credit_ends),
        CLOSED,
        Money("balance afterwards"),
    ),
)
def test_held_over_nights_and_days(bench: Bench) -> None:
    """From the beginning of protected time, over a night, a weekend and a holiday, to the first hour at which cuts are made."""
    kept = []
    for begins, ends in held_over_days(bench.policy):
        bench.preset(balance=rupees("5.03"))
        bench.end_credit_at(begins)
        bench.wait_until_clock_shows(ends - timedelta(seconds=7))
        kept.append((bench.relay() is RelayState.CLOSED, f"from {begins} to {ends}"))
        when = bench.wait_until_clock_shows(ends)
        bench.awaits("cut when protected time ends", RelayState.OPEN, since=when)
        bench.awaits("closed by a recharge", RelayState.CLOSED, since=bench.recharge_to_close())
    bench.observe_each("held over all of it", kept)
    bench.observe_balance("balance afterwards")


@scenario(
    "EXH-14",
    "Days of emergency credit that end at the edges of protected time, and on protected days",
    requires=("PROTECTED-TIME", "EMERGENCY-CREDIT", "CREDIT-CUT"),
    needs=NEEDS,
    unless=lends_for_no_days_into_protected_time,
    starts=START,
    catches={"C10": "by the policy's calendar", "C16": "by the policy's calendar", "C17": "by the policy's calendar"},
    judges=(
        HELD,
        CUT,
        CLOSED,
        Equal("by the policy's calendar", True, "the cut is made or held as the policy says"),
        Money("balance afterwards"),
    ),
)
def test_days_of_credit_end_in_protected_time(bench: Bench) -> None:
    """The days are waited out before each moment: there is no other way to the end of what is lent."""
    visit(bench, [*edges(bench), *day_moments(bench.policy)])
    bench.observe_balance("balance afterwards")
