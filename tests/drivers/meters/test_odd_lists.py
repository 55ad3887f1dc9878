"""What lists of real meters need of the map format: numbers as serials, gaps, a maker's own functions, missing pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from drivers.emulated.plain_registers import PlainRegisters
from drivers.meters.face import Face
from drivers.meters.item_meaning import meaning_of
from drivers.meters.map_model import Coding
from drivers.meters.register_map import RegisterMap, load_map
from drivers.modbus.codec import ModbusRefusal, answer
from rig.contracts import Capability, Value
from tests.drivers.meters.devices import Bench, DictStore, written_map
from tests.drivers.meters.test_map_checks import problems, registers


@pytest.mark.parametrize(
    ("type_", "digits", "bits", "most"), [("u32", None, 32, "4294967295"), ("bcd", 12, 48, "9" * 12)]
)
def test_a_serial_that_is_a_number_is_read_as_its_digits(type_: str, digits: int | None, bits: int, most: str) -> None:
    coding = Coding.model_validate({"type": type_, "digits": digits, "leading_zeros": False})
    meaning = meaning_of("serial", coding, None, "money", bits)
    for text in ("0", "42", most):
        assert meaning.value(meaning.encode(text)) == text
    assert meaning.value(meaning.show("EMU-00012345")) == "12345"
    assert meaning.value(meaning.show("99999999999999")) == "9" * (len(most) - 1)
    with pytest.raises(ValueError, match="only digits"):
        meaning.encode("EMU1")


def test_a_bcd_serial_keeps_the_zeros_on_its_nameplate() -> None:
    meaning = meaning_of("serial", Coding.model_validate({"type": "bcd", "digits": 12}), None, "money", 48)
    assert meaning.value(0x42) == "000000000042"
    assert meaning.value(0x123456789012) == "123456789012"
    assert meaning.encode("000000000042") == meaning.encode("42") == 0x42
    whole = meaning_of("serial", Coding.model_validate({"type": "u32"}), None, "money", 32)
    assert whole.value(42) == "42", "a whole number has no zeros before it"


def test_a_gap_that_may_be_read_is_served_as_nought_and_another_is_not(tmp_path: Path) -> None:
    text = (
        'readable_gaps = true\nnever_touch = [{ table = "holding", address = 3, count = 1, why = "test" }]\n[registers]\n'
        'first = { table = "holding", address = 1, type = "u16" }\nlast = { table = "holding", address = 5, type = "u16" }\n'
    )
    map_ = written_map(tmp_path, text)
    face = Face(map_, DictStore(map_, first=7, last=9))
    assert list(face.read("holding", 1, 2)) == [7, 0]
    assert list(face.read("holding", 4, 2)) == [0, 9]
    with pytest.raises(ModbusRefusal):
        face.read("holding", 1, 5)


BLOCK = (
    'block_write_only = [["one", "two"]]\n[registers]\n'
    'one = {{ table = "holding", address = 1, type = "u16", access = "read_write", write_function = {0} }}\n'
    'two = {{ table = "holding", address = 2, type = "u16", access = "read_write", write_function = {1} }}\n'
)


def test_a_makers_own_function_writes_a_block_whole(tmp_path: Path) -> None:
    bench = Bench(written_map(tmp_path, BLOCK.format("0xAA", "0xAA")))
    with pytest.raises(Exception, match="exception 1, illegal function"):
        bench.meter.write("one", 5)  # the face at the other end does not take it: it was not told that it should
    assert bench.pdus() == ["0300010002", "aa000100020400050000"]


def test_one_block_has_one_function_and_an_impossible_one_is_refused(tmp_path: Path) -> None:
    assert any("different write functions" in one for one in problems(tmp_path, BLOCK.format("0xAA", "16")))
    (found,) = [one for one in problems(tmp_path, BLOCK.format("7", "7")) if "one" in one.partition(":")[0]]
    assert "5, 6, 15, 16 or a maker's own" in found


def test_what_is_not_retrieved_need_not_be_there_and_is_named(tmp_path: Path) -> None:
    text = 'capabilities = ["credit_cut", "remote_relay"]\nnot_retrieved = ["balance", "relay"]\n'
    map_ = written_map(tmp_path, text + registers())
    assert map_.unseen == {Capability.CREDIT_CUT: ("balance",), Capability.REMOTE_RELAY: ("relay",)}


@pytest.mark.parametrize(
    ("name", "words"),
    [("voltage", "is in this map"), ("ballance", "is neither an item that the rig knows nor a procedure")],
)
def test_not_retrieved_names_what_is_known_and_missing(tmp_path: Path, name: str, words: str) -> None:
    (found,) = problems(tmp_path, f'not_retrieved = ["{name}"]\n' + registers())
    assert found.startswith(f"not_retrieved: {name}: ") and words in found


def test_a_meter_without_a_wallet_has_no_money(tmp_path: Path) -> None:
    head = 'format = 1\nmodel = "m"\nwallet_location = "none"\n'
    found = problems(tmp_path, 'capabilities = ["credit_cut"]\n' + registers(), head)
    assert found and 'wallet_location = "none" has no money' in found[0]


class _Firmware:
    """Knows its voltage and its relay."""

    def __init__(self) -> None:
        self.relay: list[int] = []

    def shows(self, item: str) -> bool:
        return item == "voltage"

    def takes(self, item: str) -> bool:
        return item == "relay_control"

    def need_unlocked(self, item: str) -> None:
        """Nothing is guarded."""

    def get(self, item: str) -> Value:
        return 230

    def set(self, item: str, to: Value) -> None:
        assert item == "relay_control"
        self.relay.append(int(to or 0))  # type: ignore[arg-type]

    def event(self, sequence: int) -> dict[str, int | datetime | None] | None:
        return None


def test_an_emulated_meter_keeps_what_its_firmware_does_not_know_and_obeys_the_maps_relay() -> None:
    map_: RegisterMap = load_map("acrel_legacy")
    firmware = _Firmware()
    face = Face(map_, PlainRegisters(map_, firmware))
    assert answer(face, bytes.fromhex("0300570002")).hex() == "030400000000"
    assert answer(face, bytes.fromhex("1000570002040001" + "0001")).hex() == "1000570002"
    assert firmware.relay == [0]
    assert answer(face, bytes.fromhex("0300570002")).hex() == "030400010001"
    answer(face, bytes.fromhex("1000570002040000" + "0000"))
    assert firmware.relay == [0, 1]
