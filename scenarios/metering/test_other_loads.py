"""Loads that are no plain resistor behind the meter: with a power factor, the wrong way round, or half past the phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, Wiring
from rig.money import rupees
from rig.scenario import Equal, Money, Start, Within, scenario
from scenarios.limits.energy import (
    counts_too_coarsely,
    current_of_the_load,
    energy_error,
    enough_energy,
    nothing_counted,
)

if TYPE_CHECKING:
    from rig.bench import Bench

WATTS = 1733
OUT_OF_THE_WAY = {"load_limit": 9000}
START = Start(credit=rupees("523.45"), settings=OUT_OF_THE_WAY)
FACTORS = ("0.5", "-0.8")
"""Inductive and capacitive, as in the tables of IEC 62053-21 (domain.md 2.2, GK)."""


@scenario(
    "MET-3",
    "Two power factors: active energy is charged, and reactive power has its sign",
    requires=("METERING", "CREDIT-DEBIT"),
    needs={Capability.REACTIVE},
    reads=("energy", "reactive_power", "power_factor"),
    unshown=counts_too_coarsely(loads=4),
    starts=START,
    catches={
        "M4": "energy error at power factor 0.5",
        "M6": "energy error at power factor 0.5",
        "M9": "reactive power beside its sign",
    },
    judges=(
        *(Within(f"energy error at power factor {factor}", energy_error, "%") for factor in FACTORS),
        Equal("reactive power beside its sign", 0, "inductive above zero, capacitive below"),
        Equal("registers with a power factor", True, "voltage, current and power show what the load measures"),
        Money("balance afterwards", moved=rupees("301.07")),
    ),
)
def test_two_power_factors(bench: Bench) -> None:
    """Inductive, capacitive, and both once more after a power failure."""
    for number, factor in enumerate((*FACTORS, *FACTORS)):
        if number == len(FACTORS):
            bench.power_cycle()
        bench.set_power_factor(factor)
        before = bench.read_meter("energy")
        bench.draw_watts(bench.at_most(WATTS))
        bench.settle_metering()
        shown = bench.read_meter("reactive_power").number("reactive_power")
        inductive = not factor.startswith("-")
        wrong = shown <= 0 if inductive else shown >= 0
        bench.observe("reactive power beside its sign", int(wrong), f"{shown} var at power factor {factor}")
        bench.observe_registers("registers with a power factor")
        bench.sleep_until_taken(enough_energy(bench.promises))
        bench.load_off()
        bench.settle_metering()
        bench.observe_energy_error(f"energy error at power factor {factor}", before)
    bench.observe_balance("balance afterwards")


@scenario(
    "MET-4",
    "A current that flows backwards is counted as export, and neither as import nor as money",
    requires=("METERING-BACKWARDS", "CREDIT-DEBIT"),
    needs={Capability.EXPORT},
    reads=("energy", "energy_exported"),
    unshown=counts_too_coarsely(loads=4),
    starts=START,
    catches={"M2": "import while backwards", "M12": "export error"},
    judges=(
        Within("import while backwards", nothing_counted, "Wh"),
        Within("export error", energy_error, "%"),
        Within("energy error forwards again", energy_error, "%"),
        Money("balance afterwards", moved=rupees("301.07")),
    ),
)
def test_a_current_that_flows_backwards(bench: Bench) -> None:
    """Backwards, then forwards again; and once more after a power failure."""
    enough = enough_energy(bench.promises)
    for power_fails in (False, True):
        if power_fails:
            bench.power_cycle()
        bench.wire(Wiring.REVERSED)
        before = bench.read_meter("energy", "energy_exported")
        bench.draw_watts(WATTS)
        bench.sleep_while_backwards(WATTS, enough)
        bench.load_off()
        bench.settle_metering()
        bench.observe_rise("import while backwards", "energy", before, bench.read_meter("energy"))
        bench.observe_export_error("export error", before, enough)
        bench.wire(Wiring.USUAL)
        before = bench.read_meter("energy")
        bench.draw_watts(WATTS)
        bench.sleep_until_taken(enough)
        bench.load_off()
        bench.settle_metering()
        bench.observe_energy_error("energy error forwards again", before)
    bench.observe_balance("balance afterwards")


@scenario(
    "MET-5",
    "A current that returns past the phase is charged whole, by the neutral",
    requires=("METERING-NEUTRAL", "CREDIT-DEBIT"),
    needs={Capability.NEUTRAL_CURRENT},
    reads=("energy", "neutral_current"),
    unshown=counts_too_coarsely(loads=4),
    starts=START,
    catches={"M3": "energy error past the phase"},
    judges=(
        Within("neutral current", current_of_the_load(WATTS), "A"),
        Within("energy error past the phase", energy_error, "%"),
        Within("energy error as usual", energy_error, "%"),
        Money("balance afterwards", moved=rupees("301.07")),
    ),
)
def test_a_current_past_the_phase(bench: Bench) -> None:
    """Half of it past the phase, then all of it through both; and once more after a power failure."""
    for number, wiring in enumerate((Wiring.PAST_THE_PHASE, Wiring.USUAL) * 2):
        if number == 2:
            bench.power_cycle()
        bench.wire(wiring)
        before = bench.read_meter("energy")
        bench.draw_watts(WATTS)
        bench.settle_metering()
        bench.observe_register("neutral current", "neutral_current")
        bench.sleep_until_taken(enough_energy(bench.promises))
        bench.load_off()
        bench.settle_metering()
        where = "as usual" if wiring is Wiring.USUAL else "past the phase"
        bench.observe_energy_error(f"energy error {where}", before)
    bench.observe_balance("balance afterwards")
