"""Patterns, numbers and orders by hand, at the very ends of what a register holds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from drivers.meters.item_codec import _bit, codec_of, mask_of, registers_of
from drivers.meters.map_model import Register
from drivers.meters.number_forms import form_of
from drivers.meters.word_order import order_of


def register(**keys: object) -> Register:
    return Register.model_validate({"table": "holding", "address": 0, "type": "u16", **keys})


@pytest.mark.parametrize(
    ("type_", "bits", "least", "most"),
    [
        ("bit", 1, 0, 1), ("u8", 8, 0, 255), ("i8", 8, -128, 127), ("u16", 16, 0, 65_535), ("i16", 16, -32_768, 32_767),
        ("u32", 32, 0, 2**32 - 1), ("i32", 32, -(2**31), 2**31 - 1), ("u64", 64, 0, 2**64 - 1), ("i64", 64, -(2**63), 2**63 - 1),
    ],
)  # fmt: skip
def test_integers_at_their_ends(type_: str, bits: int, least: int, most: int) -> None:
    form = form_of(type_)
    assert (form.bits, form.least, form.most, form.whole) == (bits, least, most, True)
    for number in (least, most, 0, 1):
        pattern = form.pattern(number)
        assert 0 <= pattern < 2**bits
        assert form.number(pattern) == number
    for number in (least - 1, most + 1):
        with pytest.raises(ValueError, match=rf"^outside {least}\.\.{most} of the register$"):
            form.pattern(number)


def test_some_bits_of_an_unsigned_register() -> None:
    form = form_of("u16", bits=5)
    assert (form.bits, form.most) == (5, 31)
    with pytest.raises(ValueError):
        form.pattern(32)


def test_bcd_by_hand() -> None:
    form = form_of("bcd", digits=6)
    assert (form.bits, form.least, form.most, form.whole) == (24, 0, 999_999, True)
    assert form.pattern(123_456) == 0x123456
    assert form.pattern(999_999) == 0x999999
    assert form.pattern(0) == 0
    assert form.pattern(Decimal("12")) == 0x12
    assert form.number(0x000120) == 120
    assert form.number(0x12A456) is None
    for number in (-1, 1_000_000):
        with pytest.raises(ValueError, match=r"^outside 0\.\.999999, which 6 BCD digits hold$"):
            form.pattern(number)


def test_floats_by_hand() -> None:
    form = form_of("float32")
    assert (form.bits, form.least, form.most, form.whole) == (32, -(2**127), 2**127, False)
    for pattern, shown in (
        (0x43668000, "230.5"),
        (0x3DCCCCCD, "0.1"),
        (0x4B7FFFFF, "16777215"),
        (0x3EAAAAAB, "0.33333334"),
    ):
        assert str(form.number(pattern)) in (shown, str(Decimal(shown)))
        assert form.number(pattern) == Decimal(shown)
        assert form.pattern(Decimal(shown)) == pattern
    assert form.number(0x3F9E0652) == Decimal("1.2345679"), "eight digits where seven are not enough"
    assert form.number(0x3F800001) == Decimal("1.0000001")
    assert form.number(0x410C3F36) == Decimal("8.765432"), "seven, where eight would tell more than was meant"
    assert form.number(0x6AB0762F) == Decimal("1.06664525e+26"), "nine, where eight are another float"
    assert form.number(0x00000001) == Decimal("1.4013e-45")
    for nothing in (0x7F800000, 0xFF800000, 0x7FC00000):
        assert form.number(nothing) is None
    with pytest.raises(ValueError, match=r"^too large for a float32 register$"):
        form.pattern(Decimal("1e39"))


@pytest.mark.parametrize(
    ("words", "bytes_", "wire"),
    [
        ("high_first", "big", "0102 0304 0506 0708"), ("low_first", "big", "0708 0506 0304 0102"),
        ("high_first", "little", "0201 0403 0605 0807"), ("low_first", "little", "0807 0605 0403 0201"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("registers", [2, 3, 4])
def test_orders_by_hand(words: str, bytes_: str, wire: str, registers: int) -> None:
    parts = wire.split()
    kept = parts[:registers] if words == "high_first" else parts[4 - registers :]
    number = int("0102030405060708"[: 4 * registers], 16)
    order = order_of(registers, words, bytes_)
    assert (order.registers, order.bits) == (registers, 16 * registers)
    assert order.words(number) == tuple(int(one, 16) for one in kept)
    assert order.pattern(b"\xff" + bytes.fromhex("".join(kept)) + b"\xff", 1) == number


@pytest.mark.parametrize(("bytes_", "wire"), [("big", 0x0102), ("little", 0x0201)])
@pytest.mark.parametrize("words", ["high_first", "low_first"])
def test_one_register(words: str, bytes_: str, wire: int) -> None:
    order = order_of(1, words, bytes_)
    assert order.words(0x0102) == (wire,)
    assert order.pattern(b"\xff" + wire.to_bytes(2, "big"), 1) == 0x0102
    assert order_of(1).words(7) == (7,)
    assert order_of(2).words(0x0102_0304) == (0x0102, 0x0304)


def test_bits_of_coils() -> None:
    answer = bytes([0b0000_0101, 0b1000_0001])
    assert [_bit(answer, at) for at in range(16)] == [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]


def test_how_many_registers_and_which_bits() -> None:
    assert registers_of(register(type="string", length=5), None) == 5
    assert [registers_of(register(type="bcd", digits=n), None) for n in (1, 4, 5, 8, 9)] == [1, 1, 2, 2, 3]
    assert [registers_of(register(type=t), None) for t in ("u16", "i32", "float32", "u64")] == [1, 2, 2, 4]
    assert mask_of(register(type="u8", byte="high"), 16) == 0xFF00
    assert mask_of(register(type="u8", byte="low"), 16) == 0x00FF
    assert mask_of(register(mask=0x0FF0), 16) == 0x0FF0
    assert mask_of(register(), 16) == 0xFFFF


def test_a_part_of_a_register_beside_others() -> None:
    codec = codec_of("load_limit", register(mask=0x0FF0), None, "INR")
    assert (codec.registers, codec.mask, codec.whole) == (1, 0x0FF0, False)
    assert codec.decode(bytes.fromhex("f12f"), 0) == 0x12
    assert codec.encode(0x34) == 0x0340
    assert codec.show(0x34) == 0x0340
    assert codec.merged(0xFFFF, 0x0340) == 0xF34F
    assert codec.pattern(bytes.fromhex("f12f"), 0) == 0xF12F
    assert codec.words(0xF12F) == (0xF12F,)
    whole = codec_of("load_limit", register(), None, "INR")
    assert (whole.mask, whole.whole, whole.encode(7), whole.decode(bytes.fromhex("0007"), 0)) == (0xFFFF, True, 7, 7)
    assert whole.words(0x1234) == (0x1234,)
    assert whole.pattern(bytes.fromhex("1234"), 0) == 0x1234
    high = codec_of("load_limit", register(mask=0x8000), None, "INR")
    assert (high.decode(bytes.fromhex("8000"), 0), high.encode(1)) == (1, 0x8000)
    coil = codec_of(
        "overload_enabled", Register.model_validate({"table": "coil", "address": 0, "type": "bit"}), None, "INR"
    )
    assert (coil.registers, coil.mask, coil.whole, coil.words(1)) == (1, 1, True, (1,))
    assert coil.decode(bytes([0b10]), 1) == 1
