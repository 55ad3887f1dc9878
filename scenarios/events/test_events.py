"""The event log: every entry has its cause and its moment, and a log that is full forgets the oldest and nothing else."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Equal, Start, Timed, Within, scenario
from scenarios.limits.clock import clock_error
from scenarios.limits.relay import remote_command

if TYPE_CHECKING:
    from rig.bench import Bench

LIMITS = (4321, 4327)
"""W, written in turn: each write is an event that moves nothing."""
OUT_OF_THE_WAY = {"load_limit": LIMITS[1]}


@scenario(
    "EVT-1",
    "Every event bears the moment at which it happened",
    requires=("EVENTS", "POWER-FAIL"),
    needs={Capability.EVENTS, Capability.CLOCK, Capability.REMOTE_RELAY, Capability.RECHARGE, Capability.OVERLOAD},
    writes={"load_limit": LIMITS},
    starts=Start(credit=rupees("23.45"), settings=OUT_OF_THE_WAY),
    catches={
        "E1": "load switch connected",
        "E3": "load switch disconnected",
        "T2": "power restore",
        "T4": "recharge accepted",
    },
    judges=(
        Timed("time to open", remote_command),
        Within("load switch disconnected", clock_error, "s"),
        Timed("time to closed", remote_command),
        Within("load switch connected", clock_error, "s"),
        Within("load limit set", clock_error, "s"),
        Within("recharge accepted", clock_error, "s"),
        Within("power fail", clock_error, "s"),
        Within("power restore", clock_error, "s"),
    ),
    wall_seconds=85,
)
def test_every_event_bears_its_moment(bench: Bench) -> None:
    """Twice, some seconds apart: open, close, a setting, a recharge, and a failure that lasts."""
    for number, dark in enumerate(("13.3", "31")):
        asked = bench.remote_disconnect()
        opened = bench.awaits("time to open", RelayState.OPEN, since=asked)
        bench.sleep("5.3")
        asked = bench.remote_reconnect()
        closed = bench.awaits("time to closed", RelayState.CLOSED, since=asked)
        if opened is None or closed is None:
            return
        bench.observe_event_time("load switch disconnected", opened.at)
        bench.observe_event_time("load switch connected", closed.at)
        bench.sleep("3.1")
        bench.observe_event_time("load limit set", bench.write_setting("load_limit", LIMITS[number % 2]))
        bench.sleep("3.7")
        bench.observe_event_time("recharge accepted", bench.recharge(rupees("31.07")).result.settled)
        failed = bench.power_off()
        bench.sleep(dark)
        back = bench.power_on()
        bench.observe_event_time("power fail", failed)
        bench.observe_event_time("power restore", back)


@scenario(
    "EVT-2",
    "A full log does what is promised of it: it forgets the oldest entries, or it takes no more",
    requires=("LOG-FULL", "EVENTS", "POWER-FAIL"),
    needs={Capability.EVENTS, Capability.OVERLOAD},
    writes={"load_limit": LIMITS},
    starts=Start(credit=rupees("523.45"), settings=OUT_OF_THE_WAY),
    catches={
        "E8": "events beside those promised",
        "E18": "events beside those promised",
        "E35": "events beside those promised",
        "E3": "events",
    },
    judges=(
        Equal("entries beside a full log", 0, "a full log holds as many entries as the map says"),
        Equal("numbers follow each other", True, "entry after entry, also over a power failure"),
        Equal(
            "events beside those promised",
            0,
            "a full log that wraps has what happened last in it; one that stops, what it had when it was full",
        ),
    ),
    wall_seconds=60,
)
def test_a_full_log(bench: Bench) -> None:
    """The limit is written until the log must be full and more; then the mains fail, and it is written some more."""
    for written in (bench.meter.event_entries + 3, 5):
        before = bench.meter.events()
        for _ in range(written):
            bench.write_setting("load_limit", sum(LIMITS) - bench.setting("load_limit"))
        entries = bench.meter.events()
        numbers = [entry.sequence for entry in entries]
        bench.observe("entries beside a full log", len(entries) - bench.meter.event_entries)
        follow = all((after - before) % 65536 == 1 for before, after in pairwise(numbers))
        bench.observe(
            "numbers follow each other", follow, f"numbers {numbers[0]} … {numbers[-1]}" if numbers else "none"
        )
        came = (numbers[-1] - before[-1].sequence) % 65536 if numbers and before else len(entries)
        due = written if bench.log.wraps else min(written, bench.meter.event_entries - len(before))
        bench.observe("events beside those promised", came - due, f"{came} of {written} are in the log, {due} due")
        if written > 5:
            bench.power_cycle()
