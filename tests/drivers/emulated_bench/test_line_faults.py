"""Faults of the line reach the wire, for the position that has them and for no other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from drivers.emulated.bench import open_sim
from drivers.modbus.codec import read_request, registers_of
from rig.clock import SECOND, VirtualClock
from rig.contracts import Request
from rig.errors import ConfigError, LinkError

BALANCE = Request(1, read_request(3, 0x0100, 2))


def balance_on_the_wire(position: str, *faults: str) -> tuple[tuple[int, ...], int]:
    """The words of the balance register, and how many of ten questions went unanswered."""
    clock = VirtualClock()
    positions = [{"name": "sick", "faults": list(faults)}, {"name": "well"}]
    devices = open_sim({"positions": positions, "meter": {"opening_balance": 12_345}}, clock, position=position)
    devices.source.on(Decimal(230), Decimal(50))
    clock.sleep_until(5 * SECOND)
    words: set[tuple[int, ...]] = set()
    missed = 0
    for _ in range(10):
        try:
            words.add(registers_of(devices.bus.exchange([BALANCE])[0].pdu))
        except LinkError:
            missed += 1
    (found,) = words
    return found, missed


def test_swapped_words() -> None:
    assert balance_on_the_wire("sick") == ((0x0000, 0x3039), 0)
    assert balance_on_the_wire("sick", "K1") == ((0x3039, 0x0000), 0)
    assert balance_on_the_wire("well", "K1") == ((0x0000, 0x3039), 0)


def test_late_answers_miss_their_time_out_and_are_taken_for_no_other() -> None:
    assert balance_on_the_wire("sick", "K4") == ((0x0000, 0x3039), 1)


def test_an_unknown_fault_is_named() -> None:
    with pytest.raises(ConfigError, match="K99"):
        open_sim({"faults": ["K99"]}, VirtualClock())
