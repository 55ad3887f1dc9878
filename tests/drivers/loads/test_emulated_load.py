"""The emulated load itself, read against constants: protections, settings, measurement."""

import pytest

from drivers.emulated.circuit import Circuit
from drivers.emulated.load import EmulatedLoad
from rig.clock import VirtualClock


@pytest.fixture
def circuit() -> Circuit:
    circuit = Circuit(VirtualClock())
    circuit.set_source(True)
    return circuit


def test_takes_power_at_once_and_lets_go_at_once(circuit: Circuit) -> None:
    load = EmulatedLoad(circuit)
    load.ask("POW 2317;INP ON")
    assert circuit.load_watts == 2317
    load.ask("POW 1000")
    assert circuit.load_watts == 1000
    load.ask("INP OFF")
    assert circuit.load_watts == 0
    assert load.ask("POW?") == "1000.000"


def test_drops_out_and_resumes_by_itself_when_the_contact_moves(circuit: Circuit) -> None:
    load = EmulatedLoad(circuit)
    load.ask("POW 2317;INP ON")
    circuit.set_contact(False)
    assert (load.ask("PROT?"), load.ask("INP?"), circuit.load_watts) == ("4", "1", 0)
    circuit.set_contact(True)
    assert (load.ask("PROT?"), load.ask("INP?"), circuit.load_watts) == ("0", "1", 2317)
    circuit.set_source(False)
    assert (load.ask("PROT?"), load.ask("INP?"), circuit.load_watts) == ("4", "1", 0)
    circuit.set_source(True)
    assert circuit.load_watts == 2317
    assert [entry for entry in circuit.log if entry[1] == "demand"] == [(0, "demand", 2317)]


def test_latched_undervoltage_wants_clear_and_on(circuit: Circuit) -> None:
    load = EmulatedLoad(circuit, undervoltage="latches")
    load.ask("POW 2317;INP ON")
    circuit.set_contact(False)
    circuit.set_contact(True)
    assert (load.ask("PROT?"), load.ask("INP?"), circuit.load_watts) == ("4", "0", 0)
    load.ask("INP ON")
    assert load.ask("SYST:ERR?") == '-221,"Settings conflict"'
    load.ask("PROT:CLE;:INP ON")
    assert (load.ask("PROT?"), circuit.load_watts) == ("0", 2317)


@pytest.mark.parametrize(("millivolts", "watts"), [(44_999, 0), (45_000, 500)])
def test_a_brown_out_below_45_volts_takes_no_power(circuit: Circuit, millivolts: int, watts: int) -> None:
    load = EmulatedLoad(circuit)
    load.ask("POW 500;INP ON")
    circuit.set_source(True, millivolts)
    assert circuit.load_watts == watts
    assert load.tripped == (frozenset({"undervoltage"}) if watts == 0 else frozenset())
    circuit.set_source(True, 230_000)
    assert circuit.load_watts == 500


def test_undervoltage_needs_the_input_on(circuit: Circuit) -> None:
    circuit.set_source(False)
    load = EmulatedLoad(circuit)
    assert load.ask("PROT?") == "0"
    load.ask("INP ON")
    assert load.ask("PROT?") == "4"
    load.ask("INP OFF")
    assert load.ask("PROT?") == "0"


@pytest.mark.parametrize(
    ("limit", "millivolts", "bits"),
    [
        ("CURR:PROT 10", 230_000, "32"),
        ("POW:PROT 2000", 230_000, "64"),
        ("POW:PROT MAX", 360_000, "8"),
        ("", 60_000, "32"),
    ],
)
def test_overcurrent_overpower_and_overvoltage_latch(circuit: Circuit, limit: str, millivolts: int, bits: str) -> None:
    load = EmulatedLoad(circuit)
    circuit.set_source(True, millivolts)
    load.ask(limit)
    load.ask("POW 2317;INP ON")
    assert (load.ask("PROT?"), load.ask("INP?"), circuit.load_watts) == (bits, "0", 0)
    circuit.set_source(True, 230_000)
    assert load.ask("PROT?") == bits
    load.ask("*RST")
    assert (load.ask("PROT?"), load.ask("POW?"), circuit.demanded_watts) == ("0", "0.000", 0)


@pytest.mark.parametrize("level", ["3681", "-1", "1E9"])
def test_out_of_rating_is_refused_and_the_old_level_stays(circuit: Circuit, level: str) -> None:
    load = EmulatedLoad(circuit, rating_w=3680)
    load.ask("POW 700;INP ON")
    assert load.ask(f"POW {level}") is None
    assert load.ask("SYST:ERR?") == '-222,"Data out of range"'
    assert (load.ask("POW?"), circuit.load_watts) == ("700.000", 700)


def test_a_level_between_two_watts_reads_back_as_what_is_drawn(circuit: Circuit) -> None:
    load = EmulatedLoad(circuit)
    load.ask("POW 700.4;INP ON")
    assert (load.ask("POW?"), circuit.load_watts) == ("700.000", 700)


def test_meas_is_new_and_fetc_is_the_last(circuit: Circuit) -> None:
    load = EmulatedLoad(circuit, error_ppm=2_000)
    load.ask("POW 2000;INP ON")
    assert load.ask("MEAS:POW?") == "2004.000"
    load.ask("POW 1000")
    assert load.ask("FETC:POW?") == "2004.000"
    assert load.ask("MEAS:POW?") == "1002.000"
    assert circuit.load_watts == 1000
