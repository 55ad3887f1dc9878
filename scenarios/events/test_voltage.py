"""A line voltage out of range is an event when it lasts, and so is its end; supply and money go on, in a sag too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, scenario
from scenarios.limits.noticed import (
    crossings,
    longer_than_voltage_lasts,
    promises_no_sag,
    promises_no_voltage_events,
    sagged_volts,
    voltage_cannot_be_set,
    voltage_lasts,
    voltage_out_of_reach,
)

if TYPE_CHECKING:
    from rig.bench import Bench


SUPPLIED = Absent("supply goes on", "opening", longer_than_voltage_lasts, "no line voltage opens the relay")
TOLD = Equal("told beside what was due", 0, "each crossing that lasts is told once as it begins and once as it ends")


@scenario(
    "EVT-3",
    "Line voltage just inside and just outside its range: told once as it begins, once as it ends",
    requires=("VOLTAGE-EVENTS", "EVENTS", "POWER-FAIL"),
    needs={Capability.EVENTS},
    reads=("voltage",),
    beyond=promises_no_voltage_events,
    unshown=voltage_out_of_reach,
    starts=Start(credit=rupees("523.45"), settings={"load_limit": 9000}),
    catches={"E19": TOLD.name, "E30": TOLD.name, "E31": TOLD.name},
    judges=(
        SUPPLIED,
        TOLD,
        Equal("registers at another voltage", True, "voltage, current and power show what flows"),
        Money("balance afterwards"),
    ),
    wall_seconds=110,
)
def test_line_voltage_around_its_range(bench: Bench) -> None:
    """Too high, then too low: outside for a moment, just inside for long, twice outside for long; the last end is a power failure."""
    around, long = crossings(bench.promises), bench.longest(SUPPLIED.name)
    mark, seen = bench.mark_log(), []
    first = bench.draw_watts(517)
    for event, inside, outside in around:
        bench.line_voltage(outside)
        bench.sleep_ns(bench.promises.unnoticed(voltage_lasts(bench.promises)))
        bench.line_voltage(inside)
        bench.sleep_ns(long)
        told = bench.told_since(mark)[event]
        seen.append((told, f"{event}: told {told} time(s) at {inside} V and after a moment at {outside} V"))
        for volts in (outside, inside, outside):
            bench.line_voltage(volts)
            bench.sleep_ns(long)
        bench.observe_registers("registers at another voltage")
        bench.usual_line_voltage()
        bench.sleep_ns(long)
    bench.line_voltage(outside)
    bench.sleep_ns(long)
    bench.power_cycle()
    bench.stays(SUPPLIED.name, RelayState.CLOSED, since=first)
    told_in_all = bench.told_since(mark)
    for number, (event, _, outside) in enumerate(around):
        begun, ended = told_in_all[event], told_in_all[f"{event} ended"]
        seen.append((begun - 2 - number, f"{event}: begun {begun} time(s) in {2 + number} at {outside} V"))
        seen.append((ended - 2 - number, f"{event}: ended {ended} time(s) of {2 + number}"))
    bench.observe_each(TOLD.name, seen)
    bench.observe_balance("balance afterwards")


@scenario(
    "EVT-4",
    "A recharge while the line voltage sags is credited and kept",
    requires=("RECHARGE-CREDIT", "RECHARGE-ONCE", "POWER-FAIL"),
    needs={Capability.RECHARGE},
    reads=("balance",),
    beyond=promises_no_sag,
    unshown=voltage_cannot_be_set,
    starts=Start(credit=rupees("23.45"), arrears=0),
    catches={"L6": "credited beside what was due"},
    judges=(
        Equal("credited beside what was due", 0, "what was accepted in a sag is credited", "paise"),
        Money("balance after the sag"),
        Money("balance afterwards"),
    ),
    wall_seconds=12,
)
def test_a_recharge_in_a_sag(bench: Bench) -> None:
    """Two recharges at the lowest voltage at which the meter has to work; the voltage comes back, then the mains fail."""
    for amount in (rupees("31.07"), rupees("123.45")):
        bench.line_voltage(sagged_volts(bench.promises))
        paid = bench.recharge(amount)
        bench.observe("credited beside what was due", paid.rise("balance") - paid.to_balance)
        bench.usual_line_voltage()
        bench.observe_balance("balance after the sag")
        bench.power_cycle()
    bench.observe_balance("balance afterwards")
