"""The digital-input module: what it sees, when, and what it announces."""

from __future__ import annotations

import pytest

from drivers.emulated.button import FIRST_COIL, ButtonCoils
from drivers.emulated.circuit import Circuit
from drivers.emulated.relay_sense import EmulatedDigitalInputs
from drivers.modbus.codec import ModbusRefusal
from rig.clock import MILLISECOND, VirtualClock


def test_each_position_has_load_and_line_side() -> None:
    clock = VirtualClock()
    first, second = Circuit(clock), Circuit(clock)
    module = EmulatedDigitalInputs([first, second], clock)
    second.set_source(True)
    assert list(module.read("discrete", 0, 4)) == [0, 0, 1, 1]
    second.set_contact(False)
    first.set_source(True)
    assert list(module.read("discrete", 1, 3)) == [1, 0, 1]


def test_a_leaking_contact_is_not_live() -> None:
    clock = VirtualClock()
    circuit = Circuit(clock)
    module = EmulatedDigitalInputs([circuit], clock)
    circuit.set_source(True)
    circuit.leakage_ma = 200
    circuit.set_contact(False)
    assert list(module.read("discrete", 0, 2)) == [0, 1]


def test_with_a_delay_it_shows_what_was() -> None:
    clock = VirtualClock()
    circuit = Circuit(clock)
    circuit.set_source(True)
    module = EmulatedDigitalInputs([circuit], clock, delay_ns=5 * MILLISECOND)
    told: list[int] = []
    assert module.announces(lambda: told.append(clock.now() // MILLISECOND))
    clock.sleep_until(10 * MILLISECOND)
    circuit.set_contact(False)
    clock.sleep_until(12 * MILLISECOND)
    circuit.set_contact(True)
    seen = []
    for at in range(12, 20):
        clock.sleep_until(at * MILLISECOND)
        seen.append(module.read("discrete", 0, 1)[0])
    assert seen == [1, 1, 1, 0, 0, 1, 1, 1]
    assert told == [15, 17]


@pytest.mark.parametrize(("table", "address", "count", "code"), [("input", 0, 1, 1), ("discrete", 1, 2, 2)])
def test_what_is_not_there_is_refused(table: str, address: int, count: int, code: int) -> None:
    clock = VirtualClock()
    with pytest.raises(ModbusRefusal) as refused:
        EmulatedDigitalInputs([Circuit(clock)], clock).read(table, address, count)
    assert refused.value.code == code


def test_outputs_are_coils_of_their_own_beside_the_inputs() -> None:
    clock = VirtualClock()
    turned: list[tuple[int, int]] = []
    outputs = ButtonCoils(2, lambda number, to: turned.append((number, to)))
    module = EmulatedDigitalInputs([Circuit(clock), Circuit(clock)], clock, outputs=outputs)
    module.write("coil", FIRST_COIL + 1, [1])
    module.write("coil", FIRST_COIL, [0, 1])
    assert list(module.read("coil", FIRST_COIL, 2)) == [0, 1]
    assert list(module.read("coil", 0, 4)) == [0, 0, 0, 0]
    module.write("coil", FIRST_COIL + 1, [0])
    assert turned == [(1, 1), (1, 0)], "only what changes works a button"


@pytest.mark.parametrize(
    ("table", "address", "bits", "code"),
    [("coil", 0, [1], 2), ("coil", FIRST_COIL, [1, 1], 2), ("holding", FIRST_COIL, [1], 1)],
)
def test_what_cannot_be_switched_is_refused(table: str, address: int, bits: list[int], code: int) -> None:
    clock = VirtualClock()
    outputs = ButtonCoils(1, lambda _number, _to: None)
    with pytest.raises(ModbusRefusal) as refused:
        EmulatedDigitalInputs([Circuit(clock)], clock, outputs=outputs).write(table, address, bits)
    assert refused.value.code == code
    assert list(outputs.read(FIRST_COIL, 1)) == [0]
