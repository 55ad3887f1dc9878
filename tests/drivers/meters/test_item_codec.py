"""Codecs: exact and invertible for every type, word order, byte order and scale, and equal to figures made by hand."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.meters.item_codec import Codec, codec_of
from drivers.meters.map_model import Clock, EventField
from rig.contracts import DisconnectCause, Value

ORDERS = {
    "ABCD": ("high_first", "big"),
    "CDAB": ("low_first", "big"),
    "BADC": ("high_first", "little"),
    "DCBA": ("low_first", "little"),
}
BITS = {"u16": 16, "i16": 16, "u32": 32, "i32": 32, "u64": 64, "i64": 64}
SCALES = ["1", "0.1", "0.001", "0.0001", "10", "0.25", "2.5"]


def codec(item: str = "own", clock: Clock | None = None, wallet: str = "money", **keys: object) -> Codec:
    return codec_of(item, EventField.model_validate({"name": "field", **keys}), clock, wallet)


def on_wire(one: Codec, value: Value) -> bytes:
    words = one.words(one.encode(value))
    return struct.pack(f">{len(words)}H", *words)


def back(one: Codec, data: bytes) -> Value:
    return one.decode(b"\x03\x04" + data, 2)


@pytest.mark.parametrize(
    ("type_", "order", "number", "wire"),
    [
        ("i32", "ABCD", 12345, "00003039"),
        ("i32", "CDAB", 12345, "30390000"),
        ("i32", "BADC", 12345, "00003930"),
        ("i32", "DCBA", 12345, "39300000"),
        ("i32", "ABCD", -375, "fffffe89"),
        ("i32", "CDAB", -375, "fe89ffff"),
        ("i32", "BADC", -375, "ffff89fe"),
        ("i32", "DCBA", -375, "89feffff"),
        ("u64", "ABCD", 0x0123456789ABCDEF, "0123456789abcdef"),
        ("u64", "CDAB", 0x0123456789ABCDEF, "cdef89ab45670123"),
        ("u64", "BADC", 0x0123456789ABCDEF, "23016745ab89efcd"),
        ("u64", "DCBA", 0x0123456789ABCDEF, "efcdab8967452301"),
        ("u16", "ABCD", 0x1234, "1234"),
        ("u16", "DCBA", 0x1234, "3412"),
        ("i16", "BADC", -2, "feff"),
        ("float32", "ABCD", Decimal("230.5"), "43668000"),
        ("float32", "CDAB", Decimal("230.5"), "80004366"),
        ("float32", "BADC", Decimal("230.5"), "66430080"),
        ("float32", "DCBA", Decimal("230.5"), "00806643"),
        ("float32", "ABCD", Decimal("0.1"), "3dcccccd"),
        ("float32", "ABCD", Decimal("10"), "41200000"),
    ],
)
def test_figures_made_by_hand(type_: str, order: str, number: Value, wire: str) -> None:
    one = codec(type=type_, word_order=ORDERS[order][0], byte_order=ORDERS[order][1])
    assert back(one, bytes.fromhex(wire)) == number
    assert on_wire(one, number).hex() == wire


@pytest.mark.parametrize(("order", "wrong"), [("CDAB", 809_041_920), ("BADC", 14_640)])
def test_the_wrong_order_is_another_number(order: str, wrong: int) -> None:
    word_order, byte_order = ORDERS[order]
    assert back(codec(type="i32", word_order=word_order, byte_order=byte_order), bytes.fromhex("00003039")) == wrong


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("type_", BITS)
@settings(max_examples=30)
@given(data=st.data())
def test_integers_come_back_in_every_order_and_scale(type_: str, order: str, data: st.DataObject) -> None:
    bits, signed = BITS[type_], type_.startswith("i")
    number = data.draw(st.integers(-(2 ** (bits - 1)) if signed else 0, 2 ** (bits - signed) - 1))
    scale = data.draw(st.sampled_from(SCALES))
    one = codec(type=type_, scale=scale, word_order=ORDERS[order][0], byte_order=ORDERS[order][1])
    wire = on_wire(one, value := number if scale == "1" else number * Decimal(scale))
    assert back(one, wire) == value
    assert wire == _by_hand(number, bits, order)


def _by_hand(number: int, bits: int, order: str) -> bytes:
    """Shuffled byte by byte, without any of the code under test."""
    plain = (number % 2**bits).to_bytes(bits // 8, "big")
    words = [plain[at : at + 2] for at in range(0, len(plain), 2)]
    if order in ("CDAB", "DCBA"):
        words = words[::-1]
    if order in ("BADC", "DCBA"):
        words = [word[::-1] for word in words]
    return b"".join(words)


@pytest.mark.parametrize("order", ORDERS)
@settings(max_examples=40)
@given(
    number=st.integers(-999_999, 999_999).map(lambda n: Decimal(n) / 10),
    scale=st.sampled_from(["1", "0.1", "10"]),
)
def test_floats_show_their_shortest_decimal(order: str, number: Decimal, scale: str) -> None:
    one = codec(type="float32", scale=scale, word_order=ORDERS[order][0], byte_order=ORDERS[order][1])
    assert back(one, on_wire(one, number * Decimal(scale))) == number * Decimal(scale)


@example(pattern=0x80000000)
@example(pattern=0)
@given(pattern=st.integers(0, 2**32 - 1))
def test_every_float_that_is_a_number_comes_back_bit_by_bit(pattern: int) -> None:
    one = codec(type="float32")
    value = back(one, pattern.to_bytes(4, "big"))
    if value is None:
        assert pattern & 0x7F800000 == 0x7F800000
    else:
        # A zero may lose its sign, and no other bit.
        assert on_wire(one, value) in (pattern.to_bytes(4, "big"), *(() if value else (bytes(4),)))


@pytest.mark.parametrize("order", ORDERS)
@settings(max_examples=40)
@given(number=st.integers(0, 10**12 - 1))
def test_bcd_comes_back(order: str, number: int) -> None:
    one = codec(type="bcd", digits=12, word_order=ORDERS[order][0], byte_order=ORDERS[order][1])
    wire = on_wire(one, number)
    assert back(one, wire) == number
    assert wire == _by_hand(int(f"{number:012d}", 16), 48, order)


def test_a_bcd_register_with_a_hex_digit_holds_no_number() -> None:
    assert back(codec(type="bcd", digits=4), b"\x12\x3a") is None


@given(paise=st.integers(-(2**31), 2**31 - 1))
def test_money_is_whole_paise_exactly(paise: int) -> None:
    one = codec("balance", type="i32", scale="0.01", unit="INR")
    value = back(one, on_wire(one, paise))
    assert value == paise
    assert type(value) is int


def test_money_in_a_coarser_step_refuses_what_lies_between() -> None:
    one = codec("balance", type="i32", scale="0.1", unit="INR")
    assert back(one, bytes.fromhex("000004d2")) == 12340
    with pytest.raises(ValueError, match="not a multiple of the register's step, 10"):
        one.encode(12345)
    assert one.show(12345) == 1234


def test_money_in_a_float_is_taken_to_the_nearest_paisa() -> None:
    one = codec("balance", type="float32", unit="INR")
    assert back(one, bytes.fromhex("48435001")) == 20_000_002  # float32 of 200,000.01 is 200,000.015625
    assert back(one, struct.pack(">f", 1.236)) == 124
    assert back(one, on_wire(one, 12345)) == 12345


def test_a_kwh_wallet_counts_steps_of_its_own() -> None:
    one = codec("balance", wallet="kWh", type="i32", scale="0.01", unit="kWh")
    assert back(one, bytes.fromhex("00003039")) == 12345
    assert on_wire(one, 12345).hex() == "00003039"


@pytest.mark.parametrize(
    ("item", "keys", "wire", "value"),
    [
        ("energy", {"type": "u32", "scale": "0.01", "unit": "kWh"}, "00003039", Decimal("123450")),
        ("power", {"type": "i16", "scale": "0.001", "unit": "kW"}, "fe89", Decimal("-375")),
        ("voltage", {"type": "u16", "scale": "0.1", "unit": "V"}, "08fd", Decimal("230.1")),
        ("voltage", {"type": "u32", "unit": "mV"}, "000382d6", Decimal("230.102")),
        ("load_limit", {"type": "u16", "scale": "0.1", "unit": "kW"}, "0017", 2300),
        ("lock_out_duration", {"type": "u16", "unit": "min"}, "001e", 1800),
        ("output_state", {"type": "u16", "values": {"0xFF00": 1, "0": 0}}, "ff00", True),
        ("output_state", {"type": "u16", "values": {"0": 1, "1": 0}}, "0001", False),
        ("control_state", {"type": "u16", "values": {"7": 2, "1": 1}}, "0007", 2),
        ("payment_mode", {"type": "u16", "values": {"1": "prepaid", "0": "postpaid"}}, "0000", "postpaid"),
        ("disconnect_cause", {"type": "u16", "flags": {"4": "overload", "5": "credit"}}, "0030", 5),
        ("own", {"type": "u16", "mask": 0x0070}, "ffa5", 2),
        ("own", {"type": "u8", "byte": "high"}, "fe01", 254),
        ("own", {"type": "i8", "byte": "low"}, "01fe", -2),
        ("serial", {"type": "string", "length": 3}, "414231200000", "AB1"),
        ("serial", {"type": "string", "length": 2, "byte_order": "little"}, "42413231", "AB12"),
        ("own", {"type": "u16", "sentinel": [0xFFFF]}, "ffff", None),
        ("own", {"type": "i16", "sentinel": [-32768], "scale": "0.1"}, "8000", None),
        ("own", {"type": "float32"}, "7fc00000", None),
        ("own", {"type": "float32"}, "ff800000", None),
    ],
)
def test_units_names_parts_and_sentinels(item: str, keys: dict[str, object], wire: str, value: Value) -> None:
    decoded = back(codec(item, **keys), bytes.fromhex(wire))
    assert decoded == value
    assert type(decoded) is type(value)


def test_unknown_numbers_of_named_values_are_shown_as_they_are() -> None:
    assert back(codec("payment_mode", type="u16", values={"0": "postpaid", "1": "prepaid"}), b"\x00\x07") == "7"
    assert back(codec("output_state", type="u16", values={"0": 0, "1": 1}), b"\x00\x07") is None


def test_causes_go_both_ways() -> None:
    one = codec("disconnect_cause", type="u16", flags={"4": "overload", "5": "credit"})
    assert on_wire(one, int(DisconnectCause.OVERLOAD | DisconnectCause.CREDIT)).hex() == "0030"


def test_a_part_leaves_the_other_bits_alone() -> None:
    one = codec(type="u16", mask=0x0070)
    assert one.merged(0xFFA5, one.encode(5)) == 0xFFD5
    with pytest.raises(ValueError, match=r"0\.\.7"):
        one.encode(8)


@pytest.mark.parametrize(
    ("keys", "value", "why"),
    [
        ({"type": "u16"}, 65536, "outside"),
        ({"type": "u16"}, -1, "outside"),
        ({"type": "i32"}, 2**31, "outside"),
        ({"type": "u16"}, "1.5", "not a multiple"),
        ({"type": "u16"}, "a lot", "a number is needed"),
        ({"type": "u16"}, Decimal("NaN"), "a number is needed"),
        ({"type": "u16"}, None, "no pattern"),
        ({"type": "u16", "least": 1, "most": 10}, 0, "below the least"),
        ({"type": "u16", "least": 1, "most": 10}, 11, "above the most"),
        ({"type": "bcd", "digits": 4}, 10000, "BCD"),
        ({"type": "float32"}, Decimal("1e39"), "too large for a float32"),
        ({"type": "float32"}, Decimal("-1e50"), "a number is needed"),
        ({"type": "string", "length": 1}, "ABC", "at most 2"),
        ({"type": "u16", "values": {"0": "off"}}, "on", "one of off"),
    ],
)
def test_what_does_not_fit_is_refused(keys: dict[str, object], value: Value, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        codec(**keys).encode(value)


CLOCKS = {
    "seconds": (Clock(), {"type": "u32"}),
    "since 1988": (Clock(epoch="1988-01-01T00:00:00"), {"type": "u32", "word_order": "low_first"}),
    "utc": (Clock(epoch="1970-01-01T00:00:00Z"), {"type": "u64"}),
    "bcd": (Clock(format="bcd", fields=["YY", "MM", "DD", "hh", "mm", "ss"]), {"type": "date"}),
    "weekday": (Clock(format="binary", fields=["YY", "MM", "DD", "WW", "hh", "mm", "ss"]), {"type": "date"}),
    "registers": (Clock(format="binary", fields=["YYYY", "MM", "DD", "hh", "mm", "ss"], field_in="register"), {"type": "date"}),
    "turned": (Clock(format="bcd", fields=["ss", "mm", "hh", "DD", "MM", "YYYY"]), {"type": "date", "byte_order": "little"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOCKS)
@settings(max_examples=40)
@given(seconds=st.integers(0, 36524 * 86400 - 1))
def test_times_come_back(name: str, seconds: int) -> None:
    clock, keys = CLOCKS[name]
    time = datetime(2000, 1, 1) + timedelta(seconds=seconds)
    one = codec(clock=clock, format="clock", **keys)
    assert back(one, on_wire(one, time)) == time


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("seconds", "6b05d09e"),
        ("utc", "000000006b058346"),  # 5 h 30 min, 4D58, less
        ("bcd", "261124175958"),
        ("weekday", "1a0b180211 3b3a00"),  # a Tuesday
        ("registers", "07ea 000b 0018 0011 003b 003a"),
        ("turned", "5958 2417 2011 0026"),
    ],
)
def test_times_made_by_hand(name: str, wire: str) -> None:
    clock, keys = CLOCKS[name]
    one = codec(clock=clock, format="clock", **keys)
    assert on_wire(one, datetime(2026, 11, 24, 17, 59, 58)).hex() == wire.replace(" ", "")


def test_no_time_is_none_and_never_an_exception() -> None:
    bcd, seconds = CLOCKS["bcd"][0], CLOCKS["seconds"][0]
    assert back(codec(clock=bcd, type="date", format="clock"), bytes(6)) is None
    assert back(codec(clock=bcd, type="date", format="clock"), b"\xff" * 6) is None
    assert back(codec(clock=seconds, type="u64", format="clock"), b"\xff" * 8) is None
    assert back(codec(clock=seconds, type="u32", format="clock", never=[0]), bytes(4)) is None


def test_times_that_the_register_cannot_hold_are_refused() -> None:
    one = codec(clock=Clock(epoch="1988-01-01T00:00:00"), type="u32", format="clock")
    for time in (datetime(1987, 1, 1), datetime(2200, 1, 1), datetime(2026, 1, 1, 0, 0, 0, 5), "noon"):
        with pytest.raises(ValueError):
            one.encode(time)
    assert one.show(datetime(1988, 1, 1, 0, 0, 1, 999999)) == 1
