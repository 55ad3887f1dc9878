"""Reactive and backward loads, current past the meter, signs of tampering, a log that fills, a store that commits late."""

from __future__ import annotations

from decimal import Decimal

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.load import EmulatedLoad
from drivers.emulated.meter.settings import MeterSettings
from rig.clock import SECOND, VirtualClock
from rig.errors import ConfigError
from tests.drivers.emulated.bench import MeterBench


def test_a_reactive_load() -> None:
    bench = MeterBench()
    bench.circuit.power_factor = 500
    bench.circuit.demand_watts(1150)
    bench.wait(3602)
    assert (bench.get("power"), bench.get("power_factor"), bench.get("current")) == (1150, Decimal("0.5"), 10)
    assert bench.get("reactive_power") == 1991
    assert 1149 <= bench.get("energy") <= 1151
    bench.circuit.power_factor = -500
    bench.wait(2)
    assert (bench.get("power_factor"), bench.get("reactive_power")) == (Decimal("-0.5"), -1991)


def test_the_load_takes_a_power_factor_over_its_interface() -> None:
    circuit = Circuit(VirtualClock())
    load = EmulatedLoad(circuit)
    assert load.ask("PFAC 0.5;PFAC?") == "0.500" and circuit.power_factor == 500
    assert load.ask("PFAC 0.1;:SYST:ERR?") == '-222,"Data out of range"'
    load.ask("*RST")
    assert circuit.power_factor == 1000


@pytest.mark.parametrize("adds", [False, True])
def test_energy_that_flows_back(adds: bool) -> None:
    bench = MeterBench(reverse_adds=adds)
    bench.circuit.backwards = True
    bench.circuit.demand_watts(1000)
    bench.wait(3600)
    forth, back = (999, 0) if adds else (0, 999)
    assert forth <= bench.get("energy") <= forth + 1 and back <= bench.get("energy_exported") <= back + 1
    assert bench.get("power") == (1000 if adds else -1000)
    before = bench.get("energy_exported")
    bench.power_cycle()
    assert bench.get("energy_exported") >= before
    assert 51 in bench.codes()


@pytest.mark.parametrize(("neutral", "billed"), [(True, 1000), (False, 250)])
def test_current_past_the_phase_element(neutral: bool, billed: int) -> None:
    bench = MeterBench(measures_neutral=neutral)
    bench.circuit.bypassed_percent = 75
    bench.circuit.demand_watts(1000)
    bench.wait(3602)
    assert billed - 1 <= bench.get("energy") <= billed + 1
    assert bench.get("neutral_current") == Decimal("4.348") and bench.get("current") == Decimal("1.087")
    assert 69 in bench.codes()


@pytest.mark.parametrize(("watts", "counts"), [(4, False), (5, True)])
def test_the_starting_current(watts: int, counts: bool) -> None:
    bench = MeterBench(starting_ma=20)
    bench.circuit.demand_watts(watts)
    bench.wait(3600)
    assert (bench.get("energy") > 3) is counts


@pytest.mark.parametrize(("volts", "codes"), [(280, [7, 8]), (150, [9, 10]), (230, [])])
def test_voltage_out_of_range(volts: int, codes: list[int]) -> None:
    bench = MeterBench()
    bench.circuit.set_source(True, volts * 1000)
    bench.wait(4)
    bench.circuit.set_source(True, 230_000)
    bench.wait(1)
    assert bench.codes() == [], "it did not last"
    bench.circuit.set_source(True, volts * 1000)
    bench.wait(6)
    bench.circuit.set_source(True, 230_000)
    bench.wait(6)
    assert bench.codes() == codes


def test_a_magnet_and_an_open_cover() -> None:
    bench = MeterBench(tamper_opens=True)
    bench.circuit.signs = frozenset({"magnet", "cover"})
    bench.wait(7)
    assert (bench.closed(), bench.get("disconnect_cause"), bench.get("control_state")) == (False, 16, 2)
    bench.circuit.signs = frozenset()
    bench.wait(7)
    assert not bench.closed(), "a cover that was opened stays so"
    assert [code for code in bench.codes() if code < 300] == [201, 251, 202]


def test_a_terminal_cover_has_an_end_and_a_power_failure_tells_nothing_again() -> None:
    bench = MeterBench()
    bench.circuit.signs = frozenset({"terminal cover"})
    bench.wait(6)
    bench.power_cycle()
    bench.wait(9)
    assert [code for code in bench.codes() if code > 200] == [217]
    bench.circuit.signs = frozenset()
    bench.wait(6)
    assert [code for code in bench.codes() if code > 200] == [217, 218] and bench.closed()


def test_what_is_promised_of_voltage_and_tampering_is_what_it_does() -> None:
    made = MeterSettings.from_promises(
        {"line_voltage": {"over_v": "250.5", "low_v": "190", "lasts_s": "3"}, "event_log": "stops"}, {}
    )
    assert (made.over_voltage_mv, made.low_voltage_mv) == (250_500, 190_000)
    assert (made.watch_persistence_ns, made.log_stops_when_full) == (3 * SECOND, True)
    with pytest.raises(ConfigError, match="waits equally long"):
        MeterSettings.from_promises(
            {"line_voltage": {"over_v": "250", "low_v": "190", "lasts_s": "3"}, "tamper": {"lasts_s": "4"}}, {}
        )


def test_a_log_that_stops_when_it_is_full() -> None:
    bench = MeterBench(log_entries=5, log_stops_when_full=True)
    for limit in range(1, 9):
        bench.meter.set("load_limit", 2000 + limit)
    assert bench.get("event_sequence") == 5


def test_a_store_that_commits_late() -> None:
    bench = MeterBench(commit_ns=5_000_000_000)
    bench.recharge(1_000, 1)
    bench.wait(5)
    bench.recharge(2_000, 2)
    before = bench.get("balance")
    bench.power_cycle()
    assert bench.get("balance") == before - 2_000 and bench.get("recharge_count") == 1
    assert bench.recharge(2_000, 2) == 3


def test_over_current_in_one_phase_of_three() -> None:
    bench = MeterBench(phase_shares=(50, 30, 20), most_ma=10_000, over_current_s=3, load_limit=9_000)
    bench.circuit.demand_watts(4_600)
    bench.wait(30)
    assert bench.closed(), "10 A in the first phase are allowed"
    bench.circuit.missing_phases = frozenset({3})
    bench.wait(5)
    assert not bench.closed(), "its part of what the third carried is too much"


def test_three_phases() -> None:
    bench = MeterBench(phase_shares=(50, 30, 20))
    bench.circuit.demand_watts(2300)
    bench.wait(3)
    assert [bench.get(f"power_l{phase}") for phase in (1, 2, 3)] == [1150, 690, 460]
    assert [bench.get(f"current_l{phase}") for phase in (1, 2, 3)] == [5, 3, 2]
    bench.circuit.missing_phases = frozenset({1})
    bench.wait(7)
    assert [bench.get(f"voltage_l{phase}") for phase in (1, 2, 3)] == [0, 230, 230]
    assert [bench.get(f"power_l{phase}") for phase in (1, 2, 3)] == [0, 1380, 920] and bench.get("power") == 2300
    bench.circuit.missing_phases = frozenset()
    bench.wait(7)
    assert bench.codes() == [1, 2]
    assert "power_l1" not in MeterBench().meter.registers.readers
