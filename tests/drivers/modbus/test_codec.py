"""The codec against frames from the standard, and against pymodbus' PDU classes on whatever Hypothesis finds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymodbus.pdu import DecodePDU

from drivers.modbus import codec
from drivers.modbus.codec import (
    ModbusRefusal,
    answer,
    bits_of,
    describe,
    exception_of,
    mismatch,
    read_request,
    registers_of,
    write_coil,
    write_coils,
    write_register,
    write_registers,
)

WORD = st.integers(0, 0xFFFF)
unhurried = settings(deadline=None)
"""A busy machine is no counterexample."""
REQUESTS, ANSWERS = DecodePDU(True), DecodePDU(False)


class Whole:
    """Every address of every table exists; `drawn` is what a read finds, repeated as often as needed."""

    def __init__(self, drawn: Sequence[int] = (0,)) -> None:
        self.drawn = drawn
        self.written: list[tuple[str, int, list[int]]] = []

    def read(self, table: str, address: int, count: int) -> Sequence[int]:
        found = [self.drawn[place % len(self.drawn)] for place in range(count)]
        return found if table in ("input", "holding") else [word & 1 for word in found]

    def write(self, table: str, address: int, words: Sequence[int]) -> None:
        self.written.append((table, address, list(words)))


@st.composite
def reads(draw: st.DrawFn, functions: tuple[int, ...] = (1, 2, 3, 4)) -> tuple[int, int, int]:
    function = draw(st.sampled_from(functions))
    count = draw(st.integers(1, 2000 if function <= 2 else 125))
    return function, draw(st.integers(0, 65536 - count)), count


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    function = draw(st.sampled_from((1, 2, 3, 4, 5, 6, 15, 16)))
    if function <= 4:
        return read_request(*draw(reads((function,))))
    address = draw(st.integers(0, 65536 - 123))
    if function == 5:
        return write_coil(address, draw(st.booleans()))
    if function == 6:
        return write_register(address, draw(WORD))
    if function == 15:
        return write_coils(address, draw(st.lists(st.integers(0, 1), min_size=1, max_size=100)))
    return write_registers(address, draw(st.lists(WORD, min_size=1, max_size=123)))


# frames written out by hand from the Modbus application protocol 1.1b3, section 6
@pytest.mark.parametrize(
    ("request_hex", "answer_hex", "built"),
    [
        ("01 0013 0013", "01 03 CD6B05", read_request(1, 0x13, 0x13)),
        ("02 00C4 0016", "02 03 ACDB35", read_request(2, 0xC4, 0x16)),
        ("03 006B 0003", "03 06 022B 0000 0064", read_request(3, 0x6B, 3)),
        ("04 0008 0001", "04 02 000A", read_request(4, 8, 1)),
        ("05 00AC FF00", "05 00AC FF00", write_coil(0xAC, True)),
        ("06 0001 0003", "06 0001 0003", write_register(1, 3)),
        ("0F 0013 000A 02 CD01", "0F 0013 000A", write_coils(0x13, [1, 0, 1, 1, 0, 0, 1, 1, 1, 0])),
        ("10 0001 0002 04 000A 0102", "10 0001 0002", write_registers(1, [10, 0x102])),
    ],
)
def test_examples_of_the_standard(request_hex: str, answer_hex: str, built: bytes) -> None:
    assert built == bytes.fromhex(request_hex)
    assert mismatch(built, bytes.fromhex(answer_hex)) == ""


def test_answers_of_the_standard_are_taken_apart() -> None:
    assert registers_of(bytes.fromhex("03 06 022B 0000 0064")) == (555, 0, 100)
    assert bits_of(bytes.fromhex("01 03 CD6B05"), 19) == (1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1)
    assert exception_of(bytes.fromhex("81 02")) == 2
    assert exception_of(bytes.fromhex("03 02 0000")) is None
    for take in (registers_of, lambda pdu: bits_of(pdu, 1)):
        with pytest.raises(ValueError, match="exception answer 2"):
            take(bytes.fromhex("83 02"))


def test_requests_in_words_without_their_data() -> None:
    assert describe(read_request(4, 0, 2)) == "read input 0x0000+2"
    assert describe(read_request(2, 0x1F, 9)) == "read discrete 0x001F+9"
    assert describe(write_register(0x104, 0xCAFE)) == "write holding 0x0104+1"
    assert describe(write_registers(0x104, [1, 2])) == "write holding 0x0104+2"
    assert describe(write_coil(3, True)) == "write coil 0x0003+1"


@pytest.mark.parametrize(
    "build",
    [
        lambda: read_request(3, 0, 0),
        lambda: read_request(3, 0, 126),
        lambda: read_request(1, 0, 2001),
        lambda: read_request(3, 65535, 2),
        lambda: read_request(3, -1, 1),
        lambda: read_request(16, 0, 1),
        lambda: write_register(0, 0x10000),
        lambda: write_register(65536, 0),
        lambda: write_registers(0, []),
        lambda: write_registers(0, [0] * 124),
        lambda: write_registers(0, [-1]),
        lambda: write_coils(0, []),
        lambda: write_coils(0, [0] * 1969),
        lambda: write_coil(-1, True),
    ],
)
def test_impossible_requests_are_refused(build: object) -> None:
    with pytest.raises(ValueError):
        build()  # type: ignore[operator]


@unhurried
@given(requests())
def test_pymodbus_reads_our_requests_and_writes_the_same_bytes(pdu: bytes) -> None:
    message = REQUESTS.decode(pdu)
    assert message is not None
    assert bytes((message.function_code,)) + message.encode() == pdu


@unhurried
@given(reads(), st.lists(WORD, min_size=1, max_size=20))
def test_pymodbus_and_we_read_the_same_answer(asked: tuple[int, int, int], drawn: list[int]) -> None:
    function, _, count = asked
    given_back = answer(Whole(drawn), read_request(*asked))
    message = ANSWERS.decode(given_back)
    assert message is not None
    assert mismatch(read_request(*asked), given_back) == ""
    assert bytes((message.function_code,)) + message.encode() == given_back
    if function <= 2:
        assert [int(bit) for bit in message.bits[:count]] == list(bits_of(given_back, count))
        assert bits_of(given_back, count) == tuple(drawn[place % len(drawn)] & 1 for place in range(count))
    else:
        assert tuple(message.registers) == registers_of(given_back)
        assert registers_of(given_back) == tuple(drawn[place % len(drawn)] for place in range(count))


@unhurried
@given(st.integers(0, 65000), st.lists(WORD, min_size=1, max_size=123), st.lists(st.integers(0, 1), min_size=1))
def test_what_is_written_arrives(address: int, words: list[int], bits: list[int]) -> None:
    space = Whole()
    for pdu in (
        write_registers(address, words),
        write_register(address, words[0]),
        write_coils(address, bits),
        write_coil(address, bool(bits[0])),
    ):
        assert mismatch(pdu, answer(space, pdu)) == ""
    assert space.written == [
        ("holding", address, words),
        ("holding", address, words[:1]),
        ("coil", address, bits),
        ("coil", address, bits[:1]),
    ]


@unhurried
@given(requests(), st.data())
def test_an_answer_with_one_field_changed_is_refused(pdu: bytes, data: st.DataObject) -> None:
    good = answer(Whole((0x1234,)), pdu)
    assert mismatch(pdu, good) == ""
    # function and byte count of a read; function and the whole echo of a write
    place = data.draw(st.integers(0, 1 if pdu[0] <= 4 else len(good) - 1), "place")
    changed = good[place] ^ data.draw(st.integers(1, 255), "changed bits")
    assert mismatch(pdu, good[:place] + bytes((changed,)) + good[place + 1 :]) != ""


@unhurried
@given(requests(), st.data())
def test_an_answer_of_another_length_is_refused(pdu: bytes, data: st.DataObject) -> None:
    good = answer(Whole((0x1234,)), pdu)
    assert mismatch(pdu, good[: data.draw(st.integers(0, len(good) - 1))]) != ""
    assert mismatch(pdu, good + data.draw(st.binary(min_size=1, max_size=4))) != ""


@unhurried
@given(requests(), st.integers(1, 255), st.integers(1, 255))
def test_only_an_exception_of_the_same_function_fits(pdu: bytes, function: int, code: int) -> None:
    assert mismatch(pdu, bytes((pdu[0] | 0x80, code))) == ""
    assert mismatch(pdu, bytes((pdu[0] | 0x80, 0))) != ""
    assert mismatch(pdu, bytes((pdu[0] | 0x80, code, 0))) != ""
    assert (mismatch(pdu, bytes((function | 0x80, code))) == "") == (function & 0x7F == pdu[0])


@unhurried
@given(st.binary(min_size=1, max_size=253))
def test_a_device_answers_whatever_is_sent(pdu: bytes) -> None:
    given_back = answer(Whole(), pdu)
    assert given_back[0] & 0x7F == pdu[0] & 0x7F
    assert len(given_back) <= 253


@pytest.mark.parametrize(
    ("pdu", "expected"),
    [
        ("2B0E0100", "AB01"),  # unknown function
        ("07", "8701"),
        ("030000007E", "8303"),  # 126 registers
        ("0300000000", "8303"),
        ("01000007D1", "8103"),  # 2001 coils
        ("0300", "8303"),  # too short
        ("03FFFF0002", "8302"),  # past the end of the addresses
        ("0500001234", "8503"),  # neither on nor off
        ("1000000002020001", "9003"),  # byte count that lies
        ("100000007C", "9003"),
        ("0F00000009010F", "8F03"),
    ],
)
def test_bad_requests_get_the_right_exception(pdu: str, expected: str) -> None:
    assert answer(Whole(), bytes.fromhex(pdu)) == bytes.fromhex(expected)


def test_a_refusal_of_the_space_becomes_its_exception() -> None:
    class Busy(Whole):
        def read(self, table: str, address: int, count: int) -> Sequence[int]:
            raise ModbusRefusal(codec.DEVICE_BUSY)

        def write(self, table: str, address: int, words: Sequence[int]) -> None:
            raise ModbusRefusal(codec.ILLEGAL_VALUE)

    assert answer(Busy(), read_request(3, 0, 1)) == b"\x83\x06"
    assert answer(Busy(), write_registers(0, [1])) == b"\x90\x03"
