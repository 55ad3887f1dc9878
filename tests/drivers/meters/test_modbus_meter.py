"""A meter over a memory bus: fewest requests, money in one, writes once, and errors that say where and what."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.opener import open_meter
from drivers.meters.register_map import RegisterMap, load_map
from rig.clock import MILLISECOND, VirtualClock
from rig.contracts import Meter, Password, Wallet
from rig.errors import ConfigError, DeviceRefused, LinkError
from tests.drivers.meters.devices import HEAD, NOON, Bench, written_map

REFERENCE = load_map("reference")


@pytest.fixture
def bench() -> Bench:
    return Bench(REFERENCE)


def test_it_is_a_meter_and_a_wallet(bench: Bench) -> None:
    meter: Meter = bench.meter
    wallet: Wallet = bench.meter
    assert meter.model == "Reference prepaid meter"
    assert meter.items == REFERENCE.readable
    assert meter.promises == REFERENCE.promises
    assert wallet is meter


def test_a_snapshot_is_one_call_with_the_fewest_requests(bench: Bench) -> None:
    bench.store.values |= {"balance": -375, "voltage": Decimal("230.1"), "serial": "RIG-1", "output_state": True}
    reading = bench.meter.read()
    assert set(reading.values) == REFERENCE.readable
    assert bench.calls == 1
    assert [request.pdu.hex() for request in bench.asked] == [
        "0301000013", "0301250001", "030140000e", "0301500002",
        "040000000c", "040010000b", "0400200004", "040040000c", "0402000001",
    ]  # fmt: skip
    assert all(request.retries == 2 and not request.secret for request in bench.asked)
    assert reading.balance_paise == -375
    assert reading.values["voltage"] == Decimal("230.1")
    assert reading.values["serial"] == "RIG-1"
    assert reading.output_closed is True
    assert reading.raw["balance"] == (0xFFFF, 0xFE89)


def test_each_item_carries_the_span_of_its_own_request(bench: Bench) -> None:
    reading = bench.meter.read("balance", "arrears", "voltage")
    assert reading.spans["balance"] == reading.spans["arrears"]
    assert reading.spans["voltage"].lo >= reading.spans["balance"].hi
    assert reading.spans["balance"].width == 200_000


def test_money_is_read_in_one_request_even_when_reads_are_short(tmp_path: Path) -> None:
    map_ = written_map(
        tmp_path,
        "max_registers_per_read = 4\n[registers]\n"
        'before = { table = "holding", address = 0, type = "u32" }\n'
        'balance = { table = "holding", address = 2, type = "i32", unit = "paise" }\n'
        'arrears = { table = "holding", address = 4, type = "i32", unit = "paise" }\n',
    )
    bench = Bench(map_)
    bench.meter.read()
    assert bench.pdus() == ["0300000002", "0300020004"]


def test_what_stands_between_money_is_read_with_it(tmp_path: Path) -> None:
    map_ = written_map(
        tmp_path,
        "[registers]\n"
        'balance = { table = "holding", address = 0, type = "i32", unit = "paise" }\n'
        'price = { table = "holding", address = 2, type = "u16", unit = "paise" }\n'
        'arrears = { table = "holding", address = 3, type = "i32", unit = "paise" }\n',
    )
    bench = Bench(map_)
    bench.store.values |= {"balance": 12345, "price": 650, "arrears": 77}
    assert bench.meter.read().values == {"balance": 12345, "price": 650, "arrears": 77}
    assert bench.pdus() == ["0300000005"]


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [("false", ["0400000001", "0400030001", "0400060001"]), ("true", ["0400000004", "0400060001"])],
)
def test_reads_cross_holes_only_where_allowed_and_never_what_must_not_be_touched(
    tmp_path: Path, gaps: str, expected: list[str]
) -> None:
    map_ = written_map(
        tmp_path,
        f'readable_gaps = {gaps}\nnever_touch = [{{ table = "input", address = 5, why = "clears" }}]\n[registers]\n'
        'a = { table = "input", address = 0, type = "u16" }\n'
        'b = { table = "input", address = 3, type = "u16" }\n'
        'c = { table = "input", address = 6, type = "u16" }\n',
    )
    asked: list[str] = []

    class Echo:
        def exchange(self, requests):  # type: ignore[no-untyped-def]
            asked.extend(request.pdu.hex() for request in requests)
            raise LinkError("nobody there")

    with pytest.raises(LinkError):
        ModbusMeter(map_, Echo(), 1, VirtualClock(), "P01 meter").read("a", "b", "c")  # type: ignore[arg-type]
    assert asked == expected


def test_a_read_crosses_known_registers_that_were_not_asked_for(bench: Bench) -> None:
    reading = bench.meter.read("balance", "recharge_count")
    assert bench.pdus() == ["0301000011"]
    assert set(reading.values) == {"balance", "recharge_count"}


def test_polls_alternate_in_length_only_when_told_and_where_the_map_allows() -> None:
    plain, turning = Bench(REFERENCE), Bench(REFERENCE, alternate_lengths=True)
    for _ in range(3):
        plain.meter.read("output_state")
        turning.meter.read("output_state")
        turning.meter.read("recharge_result")
    assert plain.pdus() == ["0400210001"] * 3
    assert turning.pdus() == ["0400210001", "0301250001", "0400210002", "0301250001", "0400210001", "0301250001"]


def test_polls_do_not_grow_into_registers_that_the_map_does_not_know(tmp_path: Path) -> None:
    text = 'readable_gaps = true\n[registers]\na = { table = "input", address = 0, type = "u16" }\n'
    bench = Bench(written_map(tmp_path, text), alternate_lengths=True)
    for _ in range(2):
        bench.meter.read("a")
    assert bench.pdus() == ["0400000001"] * 2


def test_alternating_polls_give_the_same_value() -> None:
    bench = Bench(REFERENCE, alternate_lengths=True)
    for closed in (True, False, True, True):
        bench.store.values["output_state"] = closed
        reading = bench.meter.read("output_state")
        assert reading.values == {"output_state": closed}
        assert reading.raw == {"output_state": (int(closed),)}


def test_unknown_and_write_only_items_are_key_errors_and_nothing_is_sent(bench: Bench) -> None:
    for item in ("colour", "recharge_commit"):
        with pytest.raises(KeyError, match=item if item == "colour" else "only be written"):
            bench.meter.read("balance", item)
    assert bench.asked == []


def test_an_exception_answer_says_where_what_and_why(bench: Bench) -> None:
    bench.store.values["voltage"] = Decimal(99999)
    with pytest.raises(DeviceRefused, match=r"P01 meter: read input 0x0010\+1: exception 4, device failure") as caught:
        bench.meter.read("voltage")
    assert caught.value.code == 4


@pytest.mark.parametrize(
    ("code", "words"),
    [(1, "illegal function"), (2, "illegal address"), (3, "illegal value"), (6, "busy"), (77, "maker's own")],
)
def test_refused_writes_name_the_code_in_words(bench: Bench, code: int, words: str) -> None:
    bench.store.refuse["alarm_1"] = code
    with pytest.raises(DeviceRefused, match=rf"write holding 0x0147\+2: exception {code}, .*{words}") as caught:
        bench.meter.write("alarm_1", 100)
    assert caught.value.code == code


def test_a_write_is_sent_once_and_says_when_it_was_taken(bench: Bench) -> None:
    before = bench.clock.now()
    span = bench.meter.write("load_limit", 2317)
    assert bench.store.written == [("load_limit", 2317)]
    assert (span.lo, span.hi) == (before, before + 200_000)
    assert [(request.retries, request.unit) for request in bench.asked] == [(0, 1)]
    bench.meter.write("payment_mode", "postpaid")
    bench.meter.write("clock", datetime(2026, 11, 24, 17, 59, 58))
    bench.meter.write("balance", -375)
    assert bench.store.written[1:] == [
        ("payment_mode", "postpaid"), ("clock", datetime(2026, 11, 24, 17, 59, 58)), ("balance", -375),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "setting", "why"),
    [
        ("voltage", 230, "read-only"),
        ("load_limit", 0, "below the least"),
        ("load_limit", 100_001, "above the most"),
        ("lock_out_duration", 65_536, "above the most"),
        ("alarm_1", 2**31, "outside"),
        ("payment_mode", "barter", "one of postpaid, prepaid"),
        ("clock", "noon", "date and time"),
        ("clock", datetime(1969, 1, 1), "outside"),
        ("emergency_used", 5, "read-only"),
        ("recharge_commit", 1, "written by a recharge only"),
        ("relay_control", 0, "disconnect and reconnect only"),
        ("password", 1, "unlocking only"),
    ],
)
def test_what_must_not_be_written_is_a_value_error_and_nothing_is_sent(
    bench: Bench, item: str, setting: int | str | datetime, why: str
) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        bench.meter.write(item, setting)
    assert "P01 meter" in str(caught.value)
    assert bench.asked == []


def test_money_is_written_only_where_the_map_declares_it(tmp_path: Path) -> None:
    balance = 'balance = { table = "holding", address = 0, type = "i32", unit = "paise", access = "read_write" }\n'
    bench = Bench(written_map(tmp_path, "[registers]\n" + balance))
    with pytest.raises(ValueError, match="no account_preset"):
        bench.meter.write("balance", 1)
    with pytest.raises(KeyError, match="no item arrears"):
        bench.meter.write("arrears", 1)


def test_relay_commands(bench: Bench) -> None:
    bench.meter.disconnect()
    bench.meter.reconnect()
    assert bench.store.written == [("relay_control", 0), ("relay_control", 1)]
    assert bench.pdus() == ["0500000000", "050000ff00"]


def test_relay_commands_of_several_steps(tmp_path: Path) -> None:
    map_ = written_map(
        tmp_path,
        'block_write_only = [["forced", "order"]]\n[relay]\n'
        'disconnect = [{ register = "forced", value = 1 }, { register = "order", value = 1 }]\n'
        'reconnect = [{ register = "pulse", value = 1 }, { register = "pulse", value = 0 }]\n[registers]\n'
        'forced = { table = "holding", address = 0x57, type = "u16", access = "write" }\n'
        'order = { table = "holding", address = 0x58, type = "u16", access = "write" }\n'
        'pulse = { table = "coil", address = 1, type = "bit", access = "write" }\n',
    )
    bench = Bench(map_)
    bench.meter.disconnect()
    span = bench.meter.reconnect()
    assert bench.pdus() == ["100057000204" + "00010001", "050001ff00", "0500010000"]
    assert span.width == 400_000


def test_a_key_before_an_order_is_no_command_yet(tmp_path: Path) -> None:
    map_ = written_map(
        tmp_path,
        '[relay]\ndisconnect = [{ register = "key", value = 7 }, { register = "order", value = 0 }]\n'
        'reconnect = [{ register = "key", value = 7 }, { register = "order", value = 1 }]\n[registers]\n'
        'key = { table = "holding", address = 0x57, type = "u16", access = "write" }\n'
        'order = { table = "coil", address = 1, type = "bit", access = "write" }\n',
    )
    bench = Bench(map_)
    span = bench.meter.disconnect()
    assert bench.pdus() == ["1000570001020007", "0500010000"]
    assert span.width == 200_000


def test_what_the_map_does_not_have_is_a_config_error(tmp_path: Path) -> None:
    bench = Bench(written_map(tmp_path, '[registers]\na = { table = "input", address = 0, type = "u16" }\n'))
    for call in (
        bench.meter.disconnect,
        bench.meter.reconnect,
        bench.meter.events,
        lambda: bench.meter.recharge(100, 1),
    ):
        with pytest.raises(ConfigError, match=r"test\.toml: \w+: there is no such table"):
            call()
    assert bench.asked == []


def test_an_engine_wallet_is_not_driven(tmp_path: Path) -> None:
    text = '[registers]\na = { table = "input", address = 0, type = "u16" }\n'
    bench = Bench(written_map(tmp_path, text, HEAD.replace('"meter"', '"engine"')))
    assert bench.meter.read("a").values == {"a": 0}
    with pytest.raises(ConfigError, match="cannot be driven yet"):
        bench.meter.recharge(100, 1)


@pytest.mark.parametrize("unit", [0, -1, 248])
def test_broadcast_and_impossible_units_are_refused(unit: int) -> None:
    with pytest.raises(ValueError, match="1 to 247"):
        open_meter(REFERENCE, Bench(REFERENCE), unit, VirtualClock(), "P01 meter", {})


PARTS = """[registers]
mode = { table = "holding", address = 0, type = "u16", mask = 0x0003, access = "read_write" }
level = { table = "holding", address = 0, type = "u16", mask = 0x00F0, access = "read_write", least = 1 }
high = { table = "holding", address = 0, type = "u8", byte = "high" }
single = { table = "holding", address = 1, type = "i16", access = "read_write", write_function = 6 }
left = { table = "coil", address = 4, type = "bit", access = "read_write" }
right = { table = "coil", address = 5, type = "bit", access = "read_write", write_function = 15 }
seen = { table = "discrete", address = 9, type = "bit" }
"""


def test_a_part_of_a_register_is_merged_into_what_stands_there(tmp_path: Path) -> None:
    bench = Bench(written_map(tmp_path, PARTS))
    bench.store.values |= {"mode": 2, "level": 5, "high": 0xAB}
    assert bench.meter.read("high", "level", "mode").values == {"high": 0xAB, "level": 5, "mode": 2}
    assert bench.pdus() == ["0300000001"]
    bench.meter.write("level", 9)
    assert bench.pdus() == ["0300000001", "1000000001" + "02ab92"]
    assert bench.store.written == [("level", 9)]  # the mode is written as it stands, and does not change


def test_function_codes_of_single_items_and_bits(tmp_path: Path) -> None:
    bench = Bench(written_map(tmp_path, PARTS))
    bench.store.values |= {"right": 1, "seen": 1}
    bench.meter.write("single", -2)
    bench.meter.write("left", 1)
    bench.meter.write("right", 0)
    assert bench.pdus() == ["060001fffe", "050004ff00", "0f0005000101" + "00"]
    bench.store.values["right"] = 1
    assert bench.meter.read("left", "right", "seen").values == {"left": 1, "right": 1, "seen": 1}
    assert bench.pdus() == ["0100040002", "0200090001"]


BLOCK = """block_write_only = [["first", "second"]]
[registers]
first = { table = "holding", address = 0, type = "u16", access = "read_write" }
second = { table = "holding", address = 1, type = "u32", access = "ACCESS" }
"""


def test_a_block_is_written_whole_with_what_stands_in_the_rest(tmp_path: Path) -> None:
    bench = Bench(written_map(tmp_path, BLOCK.replace("ACCESS", "read_write")))
    bench.store.values["second"] = 0x12345678
    bench.meter.write("first", 7)
    assert bench.pdus() == ["0300000003", "100000000306" + "000712345678"]


def test_a_block_that_cannot_be_read_is_not_written_in_part(tmp_path: Path) -> None:
    bench = Bench(written_map(tmp_path, BLOCK.replace("ACCESS", "write")))
    with pytest.raises(ValueError, match="first and second are written together only"):
        bench.meter.write("first", 7)
    assert bench.asked == []


def test_the_rest_between_frames_is_kept(tmp_path: Path) -> None:
    map_ = written_map(
        tmp_path,
        'inter_frame_delay_s = "0.05"\n[registers]\na = { table = "input", address = 0, type = "u16" }\n'
        'b = { table = "holding", address = 0, type = "u16" }\n',
    )
    bench = Bench(map_)
    first = bench.meter.read()
    second = bench.meter.read("a")
    assert first.spans["a"].lo - first.spans["b"].hi == 50 * MILLISECOND
    assert second.spans["a"].lo - first.spans["a"].hi == 50 * MILLISECOND


def bench_with(secret: str | None) -> Bench:
    return Bench(REFERENCE, None if secret is None else {"password": Password(secret, "the environment variable KEY")})


def test_the_password_goes_first_is_masked_and_lasts_as_long_as_the_map_says() -> None:
    bench = bench_with("1234")
    bench.meter.write("load_limit", 100)
    assert [(request.secret, request.retries) for request in bench.asked] == [(True, 0), (False, 0)]
    assert bench.store.written == [("password", 1234), ("load_limit", 100)]
    bench.meter.write("balance", 100)
    bench.meter.write("alarm_1", 100)
    assert [item for item, _ in bench.store.written[2:]] == ["balance", "alarm_1"]
    bench.clock.sleep_until(61_000 * MILLISECOND)
    bench.meter.write("alarm_1", 100)
    bench.meter.write("clock", NOON)
    assert [item for item, _ in bench.store.written[4:]] == ["alarm_1", "password", "clock"]


def test_a_refused_write_unlocks_again_next_time() -> None:
    bench = bench_with("1234")
    bench.store.refuse["load_limit"] = 4
    for _ in range(2):
        with pytest.raises(DeviceRefused):
            bench.meter.write("load_limit", 100)
    assert [item for item, _ in bench.store.written] == ["password", "password"]


def test_a_wrong_password_is_called_one_and_says_where_it_comes_from() -> None:
    bench = bench_with("1234")
    bench.store.refuse["password"] = 3
    with pytest.raises(DeviceRefused) as caught:
        bench.meter.write("load_limit", 100)
    words = str(caught.value)
    assert "P01 meter: the meter refused to be unlocked (exception 3)" in words
    assert "secrets.password, which comes from the environment variable KEY" in words
    assert "1234" not in words and "least and most" not in words
    assert bench.store.written == []


def test_without_a_secret_the_refusal_says_what_is_missing() -> None:
    bench = bench_with(None)
    bench.store.refuse["load_limit"] = 3
    with pytest.raises(DeviceRefused, match=r"exception 3.*names no secrets\.password") as caught:
        bench.meter.write("load_limit", 100)
    assert caught.value.code == 3


@pytest.mark.parametrize("secrets", [{"password": "canary-9911"}, {"password": "99999999999"}, {"pin": "canary-9911"}])
def test_wrong_secrets_are_config_errors_that_do_not_show_them(secrets: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"P01 meter: secrets\.") as caught:
        Bench(REFERENCE, {name: Password(text, "the environment") for name, text in secrets.items()})
    shown = repr(caught.value) + repr(caught.value.__context__) + repr(caught.value.__cause__)
    assert not any(secret in shown for secret in secrets.values())


def test_several_steps_unlock(tmp_path: Path) -> None:
    map_: RegisterMap = written_map(
        tmp_path,
        '[unlock]\nregister = "pin"\nfirst = [{ register = "door", value = 1 }, { register = "door", value = 2 }]\n'
        'needed_for = ["setting"]\n[registers]\n'
        'door = { table = "holding", address = 0, type = "u16", access = "write" }\n'
        'pin = { table = "holding", address = 1, type = "string", length = 2, access = "write", secret = true }\n'
        'setting = { table = "holding", address = 9, type = "u16", access = "read_write" }\n',
    )
    bench = Bench(map_, {"pin": Password("a1B2")})
    bench.meter.write("setting", 5)
    assert bench.store.written == [("door", 1), ("door", 2), ("pin", "a1B2"), ("setting", 5)]
    assert [request.secret for request in bench.asked] == [True, True, True, False]
