"""A wrong map is refused whole: every problem in one error, each with file, key path and what to do."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from drivers.meters.register_map import load_map, shipped_maps
from rig.contracts import Capability
from rig.errors import ConfigError
from tests.drivers.meters.devices import HEAD, written_map

REFERENCE = (files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8")
VOLTAGE = 'voltage = { table = "input", address = 0, type = "u16", scale = "0.1", unit = "V" }\n'


def problems(folder: Path, text: str, head: str = HEAD) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        written_map(folder, text, head)
    prefix = f"{folder / 'test.toml'}: "
    assert all(one.startswith(prefix) for one in caught.value.problems)
    return [one.removeprefix(prefix) for one in caught.value.problems]


def registers(*lines: str) -> str:
    return "[registers]\n" + VOLTAGE + "\n".join(lines) + "\n"


def test_every_shipped_map_loads_by_name() -> None:
    assert "reference" in shipped_maps()
    for name in shipped_maps():
        assert load_map(name).items


def test_what_the_reference_map_says() -> None:
    map_ = load_map("reference")
    assert map_.name == "reference.toml"
    assert map_.model == "Reference prepaid meter"
    assert len(map_.digest) == 64
    assert Capability.OVERLOAD in map_.capabilities
    assert Capability.TIME_JUMP not in map_.capabilities
    assert map_.promises["contact_s"] == "0.020"
    assert map_.not_drivable == ""
    assert map_.events is not None
    assert map_.events.codes[301] == "load switch disconnected"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe", "is not UTF-8"), (b"a = [", "is not TOML"), (None, "cannot be read")],
)
def test_a_file_that_is_no_map(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "no.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=said) as caught:
        load_map(str(path))
    assert str(path) in str(caught.value)


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"acme: no map of this name; shipped are: .*reference"):
        load_map("acme")


def test_an_empty_file_says_all_that_is_missing(tmp_path: Path) -> None:
    assert problems(tmp_path, "", head="") == [
        "format: is missing; add it",
        "model: is missing; add it",
        "wallet_location: is missing; add it",
        "registers: is missing; add it",
    ]
    assert problems(tmp_path, "[registers]") == ["registers: there is no register; add at least one"]


def test_every_problem_at_once_of_form_and_of_sense(tmp_path: Path) -> None:
    text = (
        'capabilities = ["recharge", "flying"]\nmax_registers_per_read = 0\nadress_base = 1\n'
        '[recharge]\nwrite = ["recharge_amount"]\ncommit = { register = "go", value = 1 }\n'
        'result = { register = "ended", accepted = [3], refused = [3] }\n'
        + registers(
            'current = { table = "input", address = 1, type = "u32", scale = "a tenth", unit = "A" }',
            'power = { table = "input", address = 0, type = "i16", unit = "W" }',
            'energy = { table = "input", address = 5, type = "u32", unit = "Joule", sale = "1" }',
            'recharge_amount = { table = "holding", address = 0, type = "i32", scale = "0.01", unit = "INR" }',
        )
    )
    found = problems(tmp_path, text)
    for path, words in [
        ("capabilities.1", "'flying'"),
        ("max_registers_per_read", "greater than or equal to 1"),
        ("adress_base", "is not a known key; did you mean address_base?"),
        ("registers.current.scale", "write a decimal number as text, such as \"0.01\" (given: 'a tenth')"),
        ("registers.energy.sale", "is not a known key; did you mean scale?"),
        ("registers.power.address", "overlaps voltage at input 0x0000"),
        ("recharge.write", "recharge_amount is read-only"),
        ("recharge.commit", "there is no register go"),
        ("recharge.result.register", "there is no register ended"),
        ("recharge.result", "code 3 has two meanings"),
        ("capabilities", "recharge: there is no register balance"),
    ]:
        assert any(one.startswith(f"{path}: ") and words in one for one in found), (path, words, found)


REGISTER_CASES = [
    ('serial = { table = "input", address = 1, type = "string" }', "serial.length", "is missing"),
    ('own = { table = "input", address = 1, type = "bcd" }', "own.digits", "is missing"),
    ('own = { table = "input", address = 1, type = "u16", digits = 4 }', "own.digits", "belongs to type bcd only"),
    ('own = { table = "input", address = 1, type = "u8" }', "own.byte", "high or low"),
    ('own = { table = "input", address = 1, type = "u16", byte = "low" }', "own.byte", "high or low"),
    ('own = { table = "input", address = 1, type = "u16", mask = 0x0500 }', "own.mask", "has a hole"),
    ('own = { table = "input", address = 1, type = "u16", mask = 0x10000 }', "own.mask", "wider"),
    ('own = { table = "input", address = 1, type = "i16", mask = 1 }', "own.mask", "only types u16 and u32"),
    ('own = { table = "input", address = 1, type = "bit" }', "own.type", "use mask"),
    ('own = { table = "coil", address = 1, type = "u16" }', "own.type", "write type bit"),
    ('own = { table = "input", address = 1, type = "u16", access = "write" }', "own.access", "cannot be written"),
    ('own = { table = "holding", address = 1, type = "u16", read_function = 1 }', "own.read_function", "function 1"),
    ('own = { table = "holding", address = 1, type = "u16", write_function = 6 }', "own.write_function", "read-only"),
    (
        'own = { table = "holding", address = 1, type = "u32", access = "write", write_function = 6 }',
        "own.write_function",
        "use 16",
    ),
    ('own = { table = "input", address = 65535, type = "u32" }', "own.address", "outside the table"),
    ('own = { table = "input", address = 1, type = "u16", sentinel = [65536] }', "own.sentinel", "16 bits"),
    ('own = { table = "input", address = 1, type = "u16", never = [0] }', "own.never", "times only"),
    ('own = { table = "input", address = 1, type = "u16", values = { on = 1 } }', "own.values", "whole number"),
    ('own = { table = "input", address = 1, type = "u16", values = { 70000 = "a" } }', "own.values", "outside"),
    ('own = { table = "input", address = 1, type = "u16", flags = { 1 = "credit" } }', "own.flags", "disconnect_cause"),
    (
        'disconnect_cause = { table = "input", address = 1, type = "u16", flags = { 16 = "credit" } }',
        "disconnect_cause.flags",
        "no bit 16",
    ),
    ('own = { table = "input", address = 1, type = "u16", least = 5, most = 4 }', "own.least", "above most"),
    ('own = { table = "input", address = 1, type = "u16", secret = true }', "own.secret", "never read"),
    ('own = { table = "input", address = 1, type = "u16", unit = "furlong" }', "own.unit", "not a known unit"),
    ('own = { table = "input", address = 1, type = "u16", scale = "0" }', "own.scale", "positive"),
    ('own = { table = "input", address = 1, type = "u16", scale = 0.1 }', "own.scale", "write it as text"),
    ('power = { table = "input", address = 1, type = "u16", unit = "V" }', "power.unit", "cannot be measured in V"),
    ('power = { table = "input", address = 1, type = "u16" }', "power.unit", "cannot be measured in nothing"),
    ('balance = { table = "input", address = 1, type = "u16", unit = "kWh" }', "balance.unit", "fitting: INR, paise"),
    (
        'balance = { table = "input", address = 1, type = "i32", unit = "INR", scale = "0.001" }',
        "balance.scale",
        "finer than one paisa",
    ),
    ('payment_mode = { table = "input", address = 1, type = "u16" }', "payment_mode.values", "prepaid"),
    (
        'payment_mode = { table = "input", address = 1, type = "u16", values = { 0 = "pre" } }',
        "payment_mode.values",
        "postpaid, prepaid",
    ),
    ('clock = { table = "input", address = 1, type = "u32" }', "clock.format", "is a time"),
    ('clock = { table = "input", address = 1, type = "u32", format = "clock" }', "clock.format", "no [clock] table"),
    ('own = { table = "input", address = 1, type = "date" }', "own.type", "date"),
    ('serial = { table = "input", address = 1, type = "i32" }', "serial.type", "is a text"),
]


@pytest.mark.parametrize(("line", "path", "words"), REGISTER_CASES, ids=[case[0][:60] for case in REGISTER_CASES])
def test_one_wrong_register(tmp_path: Path, line: str, path: str, words: str) -> None:
    found = problems(tmp_path, registers(line))
    assert any(one.startswith(f"registers.{path.split('.')[0]}.") and words in one for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("address = 0x01FF, why", "address = 0x0101, why", "registers.balance.address", "never_touch"),
        ("max_registers_per_read = 64", "max_registers_per_read = 5", "registers", "cannot be read in one request (0x0100+6)"),
        ("max_registers_per_read = 64", "max_registers_per_read = 7", "registers.serial.address", "takes 8 registers"),
        ('["recharge_amount", "recharge_id"]]', '["recharge_amount", "recharge_result"]]', "block_write_only.0", "read-only"),
        ('["recharge_amount", "recharge_id"]]', '["recharge_amount", "password"]]', "block_write_only.0", "side by side"),
        ('["recharge_amount", "recharge_id"]]', '["recharge_amount", "amount"]]', "block_write_only.0", "no register amount"),
        ('[["recharge_amount", "recharge_id"]]', '[["recharge_id", "recharge_commit"]]', "recharge.write", "recharge_commit is written"),
        ('register = "recharge_result", pending', 'register = "recharge_id", pending', "recharge.result.register", "write-only"),
        ('read_back = "last_recharge_id"', 'read_back = "last_id"', "recharge.read_back", "no register last_id"),
        ('read_back = "last_recharge_id"', 'read_back = "total_recharged"', "recharge.read_back", "no scale"),
        ("value = 0 }", "value = 2 }", "relay.disconnect.value", "cannot be written"),
        ('disconnect = { register = "relay_control"', 'disconnect = { register = "output_state"', "relay.disconnect", "read-only"),
        ('disconnect = { register = "relay_control", value = 0 }', 'disconnect = 5', "relay.disconnect", "dictionary"),
        ('write = ["balance", "arrears"]', 'write = ["balance", "energy"]', "account_preset.write", "energy is read-only"),
        (', secret = true }', ' }', "registers.password.secret", "write secret = true"),
        ('needed_for = ["balance"', 'needed_for = ["voltage", "balance"', "unlock.needed_for", "voltage is read-only"),
        ("registers_per_entry = 4", "registers_per_entry = 3", "events.registers_per_entry", "the fields take 4"),
        ("address = 0x0210", "address = 0x0200", "registers.event_sequence.address", "inside the event log"),
        ('sequence = "event_sequence"', 'sequence = "newest"', "events.sequence", "no register newest"),
        ('{ name = "code", type = "u16" }, ', "", "events.fields", "code is missing"),
        ('format = "seconds"', 'format = "bcd"', "clock.fields", "missing"),
        ('zone = "+05:30"', 'zone = "IST"', "clock.zone", "distance from UTC"),
        ('epoch = "1970-01-01T00:00:00"', 'epoch = "1970"', "clock.epoch", "1970-01-01T00:00:00"),
        ('settles_within_s = "2"', 'settles_within_s = 2', "recharge.settles_within_s", "write it as text"),
    ],
)  # fmt: skip
def test_one_contradiction_in_the_reference_map(tmp_path: Path, old: str, new: str, path: str, words: str) -> None:
    assert old in REFERENCE
    found = problems(tmp_path, REFERENCE.replace(old, new, 1), head="")
    assert any(one.startswith(f"{path}: ") and words in one for one in found), found


@pytest.mark.parametrize(
    ("capability", "words"),
    [
        ("recharge", "there is no [recharge] table"),
        ("arrears", "no register arrears"),
        ("credit_cut", "no register balance"),
        ("overload", "no register load_limit"),
        ("auto_reclose", "no register reclose_attempts"),
        ("remote_relay", "there is no [relay] table"),
        ("events", "there is no [events] table"),
        ("clock", "no register clock"),
        ("clock_set", "no register clock"),
        ("account_preset", "there is no [account_preset] table"),
    ],
)
def test_a_capability_needs_its_items(tmp_path: Path, capability: str, words: str) -> None:
    found = problems(tmp_path, f'capabilities = ["{capability}"]\n' + registers())
    assert any(one.startswith(f"capabilities: {capability}: ") and words in one for one in found), found


def test_a_broken_section_is_not_also_called_missing(tmp_path: Path) -> None:
    text = 'capabilities = ["events"]\n[events]\nsequence = 1\n' + registers()
    assert not any("there is no [events]" in one for one in problems(tmp_path, text))


def test_parts_of_one_register_do_not_overlap_and_equal_bits_do(tmp_path: Path) -> None:
    high = 'high = { table = "holding", address = 9, type = "u8", byte = "high" }'
    low = 'low = { table = "holding", address = 9, type = "u16", mask = 0x00F0 }'
    assert len(written_map(tmp_path, registers(high, low)).items) == 3
    clash = 'clash = { table = "holding", address = 9, type = "u16", mask = 0x0FF0 }'
    assert any("overlaps" in one for one in problems(tmp_path, registers(high, low, clash)))


def test_addresses_counted_from_one(tmp_path: Path) -> None:
    text = "address_base = 1\n[registers]\n" + VOLTAGE.replace("address = 0", "address = 1")
    assert written_map(tmp_path, text).items["voltage"].address == 0
    assert problems(tmp_path, "address_base = 1\n" + registers()) == [
        "registers.voltage.address: 0x0 is outside the table; with address_base 1 check the manual"
    ]


def test_money_in_two_tables_cannot_be_read_together(tmp_path: Path) -> None:
    balance = 'balance = { table = "input", address = 10, type = "i32", unit = "paise" }'
    arrears = 'arrears = { table = "holding", address = 12, type = "i32", unit = "paise" }'
    assert any("different tables" in one for one in problems(tmp_path, registers(balance, arrears)))


def test_an_engine_wallet_is_read_and_says_that_it_cannot_be_driven(tmp_path: Path) -> None:
    map_ = written_map(tmp_path, registers(), head=HEAD.replace('"meter"', '"engine"'))
    assert "cannot be driven yet" in map_.not_drivable


DELAY = 'over_threshold_duration = { table = "holding", address = 9, type = "u16", unit = "s", access = "read_write" }'


def test_a_fixed_delay_beside_its_register_is_a_contradiction(tmp_path: Path) -> None:
    fixed = '[promises]\noverload = { family = "definite_time", delay_s = "7" }\n'
    (found,) = problems(tmp_path, fixed + registers(DELAY))
    assert found.startswith("promises.overload.delay_s: is a fixed delay, and the map has the register")
    assert written_map(tmp_path, fixed + registers()).promises["overload"]


def test_a_delay_in_a_register_needs_that_register(tmp_path: Path) -> None:
    set_ = '[promises]\noverload = { family = "definite_time", delay = "over_threshold_duration" }\n'
    (found,) = problems(tmp_path, set_ + registers())
    assert found.startswith("promises.overload.delay: there is no register over_threshold_duration")
    assert written_map(tmp_path, set_ + registers(DELAY)).promises["overload"]


EVENTS = """[events]
sequence = "event_sequence"
table = "input"
address = 100
entries = 4
registers_per_entry = 2
fields = [{ name = "sequence", type = "u16" }, { name = "code", type = "u16" }]
"""
SEQUENCE = 'event_sequence = { table = "input", address = 50, type = "u16" }'


def test_event_codes_may_be_hexadecimal(tmp_path: Path) -> None:
    ring = written_map(
        tmp_path, EVENTS + 'codes = { 0x11 = "power fail", 18 = "power restore" }\n' + registers(SEQUENCE)
    ).events
    assert ring is not None and ring.codes == {17: "power fail", 18: "power restore"}


def test_event_codes_are_numbers_and_each_is_one_event(tmp_path: Path) -> None:
    codes = 'codes = { 0x11 = "power fail", 17 = "power restore", 007 = "clock set", E1 = "magnet" }\n'
    assert problems(tmp_path, EVENTS + codes + registers(SEQUENCE)) == [
        "events.codes.17: is the same number as 0x11; an event has one name",
        "events.codes.007: is not a whole number; write the meter's event code, such as 17 or 0x11",
        "events.codes.E1: is not a whole number; write the meter's event code, such as 17 or 0x11",
    ]


def test_a_result_code_that_its_register_cannot_show(tmp_path: Path) -> None:
    path = tmp_path / "test.toml"
    path.write_text(REFERENCE.replace("refused = [4, 5, 7]", "refused = [4, 5, 70000]"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"recharge\.result: recharge_result cannot show the code 70000"):
        load_map(path)
