"""The meter's button from the bench file to the report: checked, probed, pressed on real sockets, or not shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulated.truth_log import read_truth
from tests.runs.benches import Emulator, wired_bench
from tests.runs.command import ROOT, apart, evidence, rig
from tests.runs.own import own_scenarios

SIM = (ROOT / "scenarios" / "benches" / "sim.toml").read_text(encoding="utf-8")


def with_button(file: Path, button: str) -> Path:
    """An emulated bench file, checked and never run, whose position says this of its button."""
    file.write_text(SIM.replace('name = "P01"', f'name = "P01"\nbutton = {button}'), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ('{ type = "modbus_coil", pulse_s = "9" }', "positions.P01.button: pulse_s: must be from 0.02 to 5 s"),
        ('{ type = "modbus_coil", colour = "red" }', "positions.P01.button: colour: is not a known key"),
        ('{ type = "manual", within_s = "1" }', "positions.P01.button: within_s: "),
        ('{ type = "robot" }', "positions.P01.button.type: "),
    ],
)
def test_a_wrong_table_is_named_by_check(tmp_path: Path, button: str, said: str) -> None:
    ended = rig("check", with_button(tmp_path / "bench.toml", button), "--json")
    assert ended.code == 2
    assert any(said in row["problem"] for row in ended.table()), ended.out


def test_two_buttons_are_not_one_output(tmp_path: Path) -> None:
    at = {"host": "10.0.0.22", "port": 502}
    coil = '{ type = "modbus_coil", bus = { type = "tcp", host = "10.0.0.22", port = 502 }, coil = 16 }'
    found = {
        name: {
            "unit": unit,
            "modbus": f"10.0.0.{unit}:502",
            "digital_inputs": f"{at['host']}:{at['port']}",
            "load": f"TCPIP::10.0.1.{unit}::5025::SOCKET",
            "source": f"TCPIP::10.0.2.{unit}::5025::SOCKET",
            "load_side": 2 * unit,
            "line_side": 2 * unit + 1,
        }
        for unit, name in ((1, "P01"), (2, "P02"))
    }
    file = wired_bench(tmp_path / "bench.toml", found)
    text = file.read_text(encoding="utf-8").replace('live = "line_side"', f'live = "line_side"\nbutton = {coil}')
    file.write_text(text, encoding="utf-8")
    ended = rig("check", file)
    assert ended.code == 2
    words = " ".join(ended.said.split())
    assert "positions.P02.button.coil: output 16 is positions.P01.button's already" in words
    file.write_text(text[::-1].replace("61 = lioc", "71 = lioc", 1)[::-1], encoding="utf-8")
    assert rig("check", file).code == 0


def test_a_contact_and_a_button_may_share_a_module_and_a_meter_may_not(tmp_path: Path) -> None:
    from rig.bus_sharing import on_one_bus

    line = {"type": "rtu", "port": "/dev/ttyUSB0"}
    sense = {"bus": line, "unit": 9, "load_side": 0}
    position = {"name": "P01", "sense": sense, "button": {"bus": line, "unit": 9, "coil": 0}}
    assert on_one_bus([position]) == []
    with_meter = {**position, "meter": {"bus": line, "unit": 9}}
    assert "positions.P01.button.unit: 9 is positions.P01.meter on the same bus; each device needs its own" in (
        on_one_bus([with_meter])
    )
    slower = {**position, "button": {**position["button"], "bus": {**line, "baud": 1200}}}  # type: ignore[dict-item]
    assert on_one_bus([slower]) == [
        "positions.P01.button.bus.baud: differs from positions.P01.sense.bus, and one line has one pace"
    ]


def records(out: Path, position: str = "P01") -> list[dict[str, object]]:
    return [json.loads(line) for line in evidence(out, position).splitlines()]


def presses(out: Path) -> list[dict[str, object]]:
    return [r for r in records(out) if r["kind"] == "command" and r["did"] == "press the button"]


@pytest.mark.loopback
def test_a_scenario_presses_on_real_sockets_and_nothing_else_does(tmp_path: Path) -> None:
    own, truth, out = own_scenarios(tmp_path / "own", "passing", "pressing"), tmp_path / "truth", tmp_path / "out"
    ended = apart("run", own, "--bench", "loopback", "--out", out, RIG_TRUTH=str(truth))
    assert ended.code == 0, ended.said
    first, second = presses(out)
    assert first["span"][1] < second["span"][0]  # type: ignore[index]
    turns = [(c["raw"], c["to"]) for c in read_truth(truth) if c["what"] == "button"]
    assert [to for _, to in turns] == [1, 0, 1, 0]
    notes = [str(r["words"]) for r in records(out, "bench") if r["kind"] == "note"]
    counted = [words for words in notes if "of the meter's button" in words]
    assert [words.partition(":")[0] for words in counted] == ["P01", "P01"]
    assert "press 1 of the meter's button: it went down between" in counted[0]
    assert "press 2 of the meter's button" in counted[1]


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path / "emulator", "--serve", "tcp")
    try:
        yield emulator
    finally:
        emulator.end()


@pytest.mark.loopback
def test_it_is_probed_and_where_there_is_none_it_is_not_shown(emulator: Emulator, tmp_path: Path) -> None:
    at = emulator.ready["P01"]
    assert f"coil {at['button']}" in emulator.words()
    file = wired_bench(tmp_path / "bench.toml", {"P01": at})
    ended = rig(
        "run", "--bench", file, "--plan", "type", "-k", "test_a_command_in_every_mode", "--out", tmp_path / "out"
    )
    assert ended.code == 3, ended.said
    assert "the bench has nobody and nothing that presses the meter's button" in " ".join(ended.said.split())
    host, _, port = at["digital_inputs"].rpartition(":")
    bus = f'{{ type = "tcp", host = "{host}", port = {port} }}'
    with file.open("a", encoding="utf-8") as more:
        more.write(f'button = {{ type = "modbus_coil", bus = {bus}, coil = {at["button"]} }}\n')
    rows = {row["device"]: row for row in rig("probe", file, "--json").table()}
    assert rows["P01 button"]["answered"]
    assert rows["P01 button"]["words"] == "let go of"
    assert rows["P01 button"]["address"].endswith(f"coil {at['button']}")
