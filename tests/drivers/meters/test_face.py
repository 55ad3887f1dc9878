"""The emulated meter's registers: what it shows, what it takes, and what it refuses with which code."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from drivers.meters.face import Face
from drivers.meters.register_map import load_map
from drivers.modbus.codec import ModbusRefusal, RegisterSpace, answer
from tests.drivers.meters.devices import DictStore

REFERENCE = load_map("reference")


@pytest.fixture
def store() -> DictStore:
    return DictStore(REFERENCE)


@pytest.fixture
def face(store: DictStore) -> Face:
    return Face(REFERENCE, store)


def refused(face: Face, request: str) -> int:
    """The exception code of the answer."""
    found = answer(face, bytes.fromhex(request))
    assert found[0] & 0x80, found.hex()
    return found[1]


def test_it_is_a_register_space(face: Face) -> None:
    space: RegisterSpace = face
    assert list(space.read("input", 0x0021, 1)) == [0]


def test_any_part_of_what_is_known_can_be_read(face: Face, store: DictStore) -> None:
    store.values |= {"balance": 0x01020304, "arrears": 0x05060708}
    assert list(face.read("holding", 0x0100, 4)) == [0x0102, 0x0304, 0x0506, 0x0708]
    assert list(face.read("holding", 0x0101, 2)) == [0x0304, 0x0506]
    assert list(face.read("holding", 0x0101, 1)) == [0x0304]


def test_values_are_fresh_at_every_read(face: Face, store: DictStore) -> None:
    for number in (0, 1, 2):
        store.values["control_state"] = number
        assert list(face.read("input", 0x0020, 1)) == [number]
        assert list(face.read("input", 0x0020, 2)) == [number, 0]


def test_a_register_shows_whole_steps_only(face: Face, store: DictStore) -> None:
    store.values |= {
        "voltage": Decimal("230.19"),
        "power": Decimal("-0.9"),
        "clock": datetime(1970, 1, 1, 0, 0, 9, 999999),
    }
    assert list(face.read("input", 0x0010, 1)) == [2301]
    assert list(face.read("input", 0x0013, 2)) == [0, 0]
    assert list(face.read("holding", 0x0150, 2)) == [0, 9]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ("04 000C 0001", 2),  # a hole
        ("04 001A 0002", 2),  # runs into a hole
        ("03 0120 0002", 2),  # write-only
        ("03 01F0 0002", 2),  # the password
        ("03 01FF 0001", 2),  # never to be touched
        ("01 0000 0001", 2),  # a coil that can only be written
        ("04 0290 0001", 2),  # behind the event log
        ("03 0010 0001", 2),  # the other table
        ("10 0104 0002 04 0000 0001", 2),  # read-only
        ("06 0125 0001", 2),
        ("10 01FF 0001 02 0001", 2),
        ("06 0101 0001", 2),  # half of a balance
        ("10 0100 0003 06 0000 0001 0000", 2),  # one and a half
        ("10 0120 0002 04 0000 0001", 2),  # amount without id
        ("10 0122 0002 04 0000 0001", 2),
        ("10 0140 0002 04 0000 0000", 3),  # below the least
        ("10 0140 0002 04 0001 86A1", 3),  # above the most
        ("06 014C 0002", 3),  # no payment mode
        ("05 0000 1234", 3),
    ],
)
def test_refusals(face: Face, store: DictStore, request_: str, code: int) -> None:
    assert refused(face, request_) == code
    assert refused(face, request_) == code
    assert store.written == []


def test_one_write_becomes_one_set_an_item_in_address_order(face: Face, store: DictStore) -> None:
    assert answer(face, bytes.fromhex("1001420003 06 000A 000F 0003".replace(" ", ""))).hex() == "1001420003"
    assert store.written == [("over_threshold_duration", 10), ("under_threshold_duration", 15), ("reclose_attempts", 3)]


def test_a_write_that_is_wrong_in_one_item_sets_none(face: Face, store: DictStore) -> None:
    assert refused(face, "10 0142 0003 06 000A 000F 0015") == 3
    assert store.written == []


def test_the_stores_own_refusal_is_the_answer(face: Face, store: DictStore) -> None:
    store.refuse["alarm_1"] = 6
    assert refused(face, "10 0147 0002 04 0000 0001") == 6


def test_what_no_register_can_show_is_a_device_failure(face: Face, store: DictStore) -> None:
    for wrong in (Decimal(7000), None, "much"):
        store.values["voltage"] = wrong
        assert refused(face, "04 0010 0001") == 4


def test_refusals_leave_the_space_as_exceptions(face: Face) -> None:
    with pytest.raises(ModbusRefusal) as caught:
        face.read("coil", 7, 1)
    assert caught.value.code == 2
