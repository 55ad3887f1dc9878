"""Frames: cut out of what came, refused when one bit is wrong, and masked for a log."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.modbus.codec import crc, exception_of, read_request, write_register, write_registers
from drivers.modbus.frames import (
    BrokenMbap,
    cut_mbap,
    cut_rtu,
    find_rtu_answer,
    masked,
    mbap,
    mbap_mismatch,
    plain_answer,
    rtu,
    tcp_plan,
)
from drivers.modbus.pace import Pace
from tests.drivers.modbus.hostile import rtu_frame

REQUEST = read_request(4, 0x10, 2)
GOOD = bytes((4, 4, 0x10, 0x10, 0x10, 0x11))
PLAN = tcp_plan(1, REQUEST)
UNIT = st.integers(1, 247)
PDU = st.binary(min_size=1, max_size=253)
unhurried = settings(deadline=None)
"""A busy machine is no counterexample."""


def test_frames_from_the_standard_and_from_a_manual() -> None:
    assert rtu(1, read_request(3, 0, 2)) == bytes.fromhex("01 03 0000 0002 C40B")
    assert rtu(1, read_request(4, 0, 10)) == bytes.fromhex("01 04 0000 000A 700D")
    assert mbap(0x1501, 0xFF, read_request(3, 4, 1)) == bytes.fromhex("1501 0000 0006 FF 03 0004 0001")


@unhurried
@given(st.integers(0, 0xFFFF), UNIT, PDU, st.binary(max_size=20))
def test_mbap_round_trip_whatever_follows(transaction: int, unit: int, pdu: bytes, behind: bytes) -> None:
    frame = mbap(transaction, unit, pdu)
    cut = cut_mbap(frame + behind)
    assert cut == (transaction, unit, pdu, len(frame))
    assert all(cut_mbap(frame[:size]) is None for size in range(len(frame)))


@unhurried
@given(UNIT, PDU)
def test_rtu_round_trip(unit: int, pdu: bytes) -> None:
    assert cut_rtu(rtu(unit, pdu)) == (unit, pdu)


@unhurried
@given(UNIT, PDU, st.data())
def test_a_flipped_bit_never_passes_the_check_sum(unit: int, pdu: bytes, data: st.DataObject) -> None:
    frame = rtu(unit, pdu)
    bit = data.draw(st.integers(0, len(frame) * 8 - 1))
    flipped = (int.from_bytes(frame, "big") ^ 1 << bit).to_bytes(len(frame), "big")
    assert cut_rtu(flipped) is None


@unhurried
@given(st.data())
def test_a_flipped_bit_in_an_answer_is_never_a_value(data: st.DataObject) -> None:
    frame = rtu(1, GOOD)
    bit = data.draw(st.integers(0, len(frame) * 8 - 1))
    flipped = (int.from_bytes(frame, "big") ^ 1 << bit).to_bytes(len(frame), "big")
    assert find_rtu_answer(1, REQUEST, flipped).pdu is None


def test_a_plan_asks_what_the_frame_asks() -> None:
    assert b"\0\7" + PLAN.asks == mbap(7, 1, REQUEST)


@unhurried
@given(st.data())
def test_the_short_way_takes_only_what_the_long_way_takes(data: st.DataObject) -> None:
    frame = bytearray(mbap(7, 1, GOOD))
    assert plain_answer(b"\0\7", PLAN, bytes(frame)) == GOOD
    place = data.draw(st.integers(0, len(frame) - 1))
    frame[place] ^= data.draw(st.integers(1, 255))
    # the last four bytes are the registers themselves: they may be anything
    assert plain_answer(b"\0\7", PLAN, bytes(frame)) == (bytes(frame[7:]) if place >= 9 else None)
    assert plain_answer(b"\0\7", PLAN, mbap(7, 1, GOOD) + data.draw(st.binary(min_size=1, max_size=3))) is None
    assert plain_answer(b"\0\7", PLAN, mbap(7, 1, GOOD)[: data.draw(st.integers(0, 12))]) is None


@pytest.mark.parametrize(("header", "why"), [("0001 0001 0006 01", "protocol"), ("0001 0000 0001 01", "length 1 ")])
def test_a_header_that_cannot_be_one(header: str, why: str) -> None:
    with pytest.raises(BrokenMbap, match=why):
        cut_mbap(bytes.fromhex(header))


def test_each_field_of_the_header_must_fit() -> None:
    def verdict(transaction: int, unit: int, pdu: bytes) -> str:
        cut = cut_mbap(mbap(transaction, unit, pdu))
        assert cut is not None
        return mbap_mismatch(7, 1, REQUEST, cut)

    assert verdict(7, 1, GOOD) == ""
    assert verdict(8, 1, GOOD) == "transaction id 0x0008 where 0x0007 was sent"
    assert verdict(7, 2, GOOD) == "unit 2 where 1 was asked"
    assert verdict(7, 1, GOOD[:1] + b"\x02\x10\x10") == "2 bytes of data, byte count 2, where 4 were asked"


@unhurried
@given(st.binary(max_size=30), st.binary(max_size=10))
def test_an_answer_is_found_behind_noise(before: bytes, behind: bytes) -> None:
    found = find_rtu_answer(1, REQUEST, before + rtu(1, GOOD) + behind)
    # noise may hold a frame by chance only with a good CRC; Hypothesis does not find one
    assert found.pdu == GOOD
    assert found.used == len(before) + 9
    assert bool(found.rejected) == bool(before)


def test_a_foreign_frame_is_thrown_away_as_a_whole() -> None:
    """An answer of ours inside the data of another unit's frame is no answer."""
    inner = rtu(1, GOOD)
    foreign = rtu(2, bytes((4, len(inner) + 1)) + inner + b"\x00")
    found = find_rtu_answer(1, REQUEST, foreign)
    assert found.pdu is None
    assert found.used == len(foreign)
    assert found.rejected == ("unit 2 where 1 was asked",)


def test_what_is_masked() -> None:
    secret = write_registers(0x40, [0x4341, 0x4E41])
    frame = rtu(1, secret)
    assert masked(frame, 1, False) == frame[:7] + b"*" * 6
    assert masked(mbap(1, 1, secret), 7, False)[:13] == mbap(1, 1, secret)[:13]
    assert masked(rtu(1, write_register(2, 0x4341)), 1, True) == b"\x01\x06\x00\x02" + b"*" * 4
    assert masked(rtu(1, GOOD), 1, True) == b"\x01\x04\x04" + b"*" * 6
    assert masked(b"\x01", 1, True) == b"\x01"


@unhurried
@given(st.binary(min_size=1, max_size=60), st.sampled_from((1, 7)), st.booleans())
def test_a_mask_keeps_the_length(frame: bytes, head: int, answered: bool) -> None:
    assert len(masked(frame, head, answered)) == len(frame)


def test_crc_goes_low_byte_first() -> None:
    assert crc(b"123456789") == bytes.fromhex("374B")


@pytest.mark.parametrize(
    ("pace", "eight_bytes_ns", "silence_ns"),
    [
        (Pace(9600, "E", 1), 9_166_667, 4_010_417),
        (Pace(9600, "N", 1), 8_333_334, 3_645_833),
        (Pace(19200, "O", 2), 5_000_000, 2_187_500),
        (Pace(115200, "E", 1), 763_889, 1_750_000),
        (Pace(38400, "N", 2), 2_291_667, 1_750_000),
    ],
)
def test_pace(pace: Pace, eight_bytes_ns: int, silence_ns: int) -> None:
    assert (pace.bytes_ns(8), pace.silence_ns) == (eight_bytes_ns, silence_ns)


@pytest.mark.parametrize("given_pace", [(0, "E", 1), (9600, "X", 1), (9600, "E", 3)])
def test_a_pace_that_no_port_has(given_pace: tuple[int, str, int]) -> None:
    with pytest.raises(ValueError, match="no such serial line"):
        Pace(*given_pace)


def test_a_makers_own_write_and_its_exception_are_told_apart_though_both_have_the_exception_bit() -> None:
    """Function AA, shaped like 16: five bytes when it was taken, two when it was refused; check sums by hand-made CRC."""
    asked = bytes.fromhex("AA0014000204000100FF")
    taken, refused = rtu_frame(bytes.fromhex("AA00140002")), rtu_frame(bytes.fromhex("AA03"))
    assert find_rtu_answer(1, asked, b"\x00" + taken).pdu == bytes.fromhex("AA00140002")
    assert find_rtu_answer(1, asked, refused).pdu == bytes.fromhex("AA03")
    assert find_rtu_answer(1, asked, taken[:6]).pdu is None
    assert (exception_of(bytes.fromhex("AA00140002")), exception_of(bytes.fromhex("AA03"))) == (None, 3)
    assert write_registers(0x14, [1, 255], 0xAA) == asked
