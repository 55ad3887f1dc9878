"""The copper: what flows, what the terminals see, and exact energy."""

from __future__ import annotations

import pytest

from drivers.emulated.circuit import Circuit
from rig.clock import SECOND, VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def circuit(clock: VirtualClock) -> Circuit:
    return Circuit(clock)


def test_load_sinks_only_with_mains_and_contact(clock: VirtualClock, circuit: Circuit) -> None:
    circuit.demand_watts(2317)
    assert (circuit.load_watts, circuit.load_side_millivolts) == (0, 0)
    clock.sleep_until(1 * SECOND)
    circuit.set_source(True, 231_000, 49_990)
    assert (circuit.load_watts, circuit.load_milliamps, circuit.load_side_millivolts) == (2317, 10_030, 231_000)
    clock.sleep_until(4 * SECOND)
    circuit.set_contact(False)
    assert (circuit.load_watts, circuit.line_millivolts, circuit.load_side_millivolts) == (0, 231_000, 0)
    clock.sleep_until(9 * SECOND)
    assert circuit.energy_through(9 * SECOND) == 2317 * 3 * SECOND
    assert circuit.log == [
        (0, "demand", 2317),
        (1 * SECOND, "source", 1),
        (1 * SECOND, "watts", 2317),
        (4 * SECOND, "contact", 0),
        (4 * SECOND, "watts", 0),
    ]


def test_nothing_new_is_neither_logged_nor_told(circuit: Circuit) -> None:
    told: list[int] = []
    circuit.on_change(lambda: told.append(1))
    circuit.set_source(True)
    circuit.set_source(True)
    circuit.set_contact(True)
    circuit.demand_watts(0)
    assert told == [1]
    assert circuit.log == [(0, "source", 1)]


def test_a_stuck_contact_moves_once_more_at_most(circuit: Circuit) -> None:
    circuit.set_source(True)
    circuit.stick(True)
    circuit.set_contact(False)
    assert circuit.contact_closed
    circuit.stick(False)
    assert circuit.contact_closed, "it sticks where it goes, not where it is"
    circuit.set_contact(True)
    assert not circuit.contact_closed


def test_leakage_flows_past_the_open_contact(circuit: Circuit) -> None:
    circuit.set_source(True)
    circuit.leakage_ma = 200
    circuit.demand_watts(2317)
    assert circuit.load_milliamps == 10_074
    circuit.set_contact(False)
    assert (circuit.load_milliamps, circuit.load_watts, circuit.load_side_millivolts) == (200, 4, 20_000)
    circuit.set_source(False)
    assert (circuit.load_milliamps, circuit.load_side_millivolts) == (0, 0)
