"""The meter counts what the load takes, small loads and large ones, and its figures follow a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Equal, Money, Start, Within, scenario
from scenarios.limits.energy import A_LAMP, LOADS, a_lamp_is_counted, counts_too_coarsely, energy_error, enough_energy

if TYPE_CHECKING:
    from rig.bench import Bench

OUT_OF_THE_WAY = {"load_limit": 9000}
STEPS = (231, 4321, 1013, 0, 4999, A_LAMP)
"""W, up and down; one from nothing, one to next to nothing that every meter shows."""


@scenario(
    "MET-1",
    "Energy of a lamp, and at 6, 20 and 100 % of the load, against what the load measures",
    requires=("METERING", "CREDIT-DEBIT"),
    needs={Capability.OVERLOAD},
    reads=("energy",),
    unshown=counts_too_coarsely(loads=6, counts=10),
    starts=Start(credit=rupees("523.45"), settings=OUT_OF_THE_WAY),
    catches={
        "M1": "energy error at 6 % of the load",
        "M4": "energy error at 100 % of the load",
        "M10": "energy of a lamp",
        "C7": "balance afterwards",
        "L9": "balance afterwards",
    },
    judges=(
        Within("energy of a lamp", a_lamp_is_counted, "Wh"),
        Within("energy error at 6 % of the load", energy_error, "%"),
        Within("energy error at 20 % of the load", energy_error, "%"),
        Within("energy error at 100 % of the load", energy_error, "%"),
        Money("balance afterwards", moved=rupees("301.07")),
    ),
    wall_seconds=4000,
)
def test_energy_of_three_loads(bench: Bench) -> None:
    """First a lamp, for ten counts. Then up and down, each until its energy tells something, with a power failure between."""
    before = bench.read_meter("energy")
    bench.draw_watts(A_LAMP)
    bench.sleep_until_taken(10 * bench.promises.energy_quantum)
    bench.load_off()
    bench.settle_metering()
    bench.observe_rise("energy of a lamp", "energy", before, bench.read_meter("energy"))
    names = ("6", "20", "100")
    pairs = list(zip(names, LOADS, strict=True))
    for number, (name, watts) in enumerate((*pairs, *reversed(pairs))):
        if number == len(pairs):
            bench.power_cycle()
        before = bench.read_meter("energy")
        bench.draw_watts(bench.at_most(watts))
        bench.sleep_until_taken(enough_energy(bench.promises))
        bench.load_off()
        bench.settle_metering()
        bench.observe_energy_error(f"energy error at {name} % of the load", before)
    bench.observe_balance("balance afterwards")


@scenario(
    "MET-2",
    "Voltage, current and power follow each step of the load",
    requires=("METERING",),
    needs={Capability.OVERLOAD},
    reads=("power",),
    starts=Start(credit=rupees("523.45"), settings=OUT_OF_THE_WAY),
    catches={"M1": "registers after a step", "M11": "registers after a step"},
    judges=(
        Equal("registers after a step", True, "two windows after a step the registers show the new load"),
        Equal("registers after a power failure", True, "they show the load, and not one from before the failure"),
        Money("balance afterwards"),
    ),
    wall_seconds=45,
)
def test_registers_follow_a_step(bench: Bench) -> None:
    """Steps up, down, to nothing and from nothing, looked at as soon as the means must know; then again after a failure."""
    for judgement in ("registers after a step", "registers after a power failure"):
        for watts in STEPS:
            bench.draw_watts(bench.at_most(watts))
            bench.settle_metering()
            bench.observe_registers(judgement)
        if judgement == "registers after a step":
            bench.power_cycle()
    bench.load_off()
    bench.observe_balance("balance afterwards")
