"""`rig conform` on a bench file with every driver that is shipped, each against its emulated counterpart behind a real port."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from drivers.emulated.process import EmulatedProcess

ROOT = Path(__file__).parents[3]
HEAD = """
format = 1
name = "every"
kind = "wired"
limits = { volts = 276, amps = 25, watts = 4600, watt_hours = 5000, seconds = 7200, relay_operations = 2000 }

[[positions]]
name = "P01"
every_ms = 20
"""
TABLES = {
    "load": 'load = {{ type = "scpi", resource = "{load}", dialect = "{load_dialect}", rating_w = 4600 }}',
    "source": 'source = {{ type = "scpi", resource = "{source}", dialect = "{source_dialect}", most_volts = 276 }}',
    "meter": 'meter = {{ bus = {{ type = "tcp", {meter_at} }} }}',
    "sense": 'sense = {{ type = "modbus_digital_input", bus = {{ type = "tcp", {inputs_at} }}, load_side = 0, line_side = 1 }}',
    "button": "",
}

pytestmark = pytest.mark.loopback


def at(address: str) -> str:
    host, _, port = address.rpartition(":")
    return f'host = "{host}", port = {port}'


def conform(
    folder: Path, ready: Mapping[str, Any], *arguments: str, stdin: int | None = None, **tables: str
) -> list[dict[str, Any]]:
    """What `rig conform` found on that bench, with these tables in place of the usual ones; nothing that fails."""
    ready = {**ready, "meter_at": at(ready["modbus"]), "inputs_at": at(ready["digital_inputs"])}
    text = HEAD + "\n".join(table.format(**ready) for table in {**TABLES, **tables}.values())
    (folder / "bench.toml").write_text(text, encoding="utf-8")
    keep = {name: to for name, to in os.environ.items() if name != "RIG_TERMINAL"}
    done = subprocess.run(
        [sys.executable, "-m", "rig.cli.main", "conform", "bench.toml", "--settle", "0.05", "--act", "--json", *arguments],
        cwd=folder, env={**keep, "PYTHONPATH": str(ROOT), "RIG_STATE": str(folder / "state")},
        stdin=subprocess.DEVNULL if stdin is None else stdin, capture_output=True, text=True, check=False, timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    assert {row["holds"] for row in rows} == {"yes"}
    return rows


def emulated(**settings: Any) -> contextlib.AbstractContextManager[EmulatedProcess]:
    return EmulatedProcess(settings)


def test_behind_a_gateway_with_an_edge_logger_and_the_button_on_an_output(tmp_path: Path) -> None:
    with emulated(serve="all", baud=115_200, edge_logger=True, load_dialect="itech_it8600") as process:
        ready = process.ready["P01"]
        rows = conform(
            tmp_path,
            ready,
            meter=f'meter = {{{{ bus = {{{{ type = "rtu_over_tcp", {at(ready["gateway"])}, baud = 115200 }}}} }}}}',
            sense='sense = {{ type = "edge_logger", port = "{edge_logger}" }}',
            button='button = {{ type = "modbus_coil", bus = {{ type = "tcp", {inputs_at} }}, coil = {button} }}',
        )
    assert {row["device"] for row in rows} == {"meter", "sense", "source", "load", "button"}
    assert [row["case"] for row in rows if row["device"] == "button"] == [
        "a press has an honest span",
        "it is the button of this meter",
    ]


def test_on_a_serial_line_with_the_load_itself_as_sense(tmp_path: Path) -> None:
    with emulated(serve="rtu", baud=115_200, source_dialect="chroma_61600") as process:
        ready = {**process.ready["P01"], "modbus": ":0"}
        conform(
            tmp_path,
            ready,
            meter=f'meter = {{{{ bus = {{{{ type = "rtu", port = "{ready["rtu"]}", baud = 115200 }}}} }}}}',
            sense='live = "source"\nsense = {{ type = "load", threshold_v = 30 }}',
        )


def test_a_bank_of_resistors_and_an_adam_6000(tmp_path: Path) -> None:
    """The module's inputs are read with function 01, and the bank sees its voltage at an input of its own."""
    with emulated(resistor_bank=[500, 1000, 2000]) as process:
        ready = process.ready["P01"]
        steps = ", ".join(f"{{{{ relay = {n}, watts = {w} }}}}" for n, w in enumerate(ready["resistors"]))
        rows = conform(
            tmp_path,
            ready,
            load=f'load = {{{{ type = "resistor_bank", port = "{ready["resistor_bank"]}", voltage_input = 0, steps = [{steps}] }}}}',
            sense=TABLES["sense"].replace("load_side", 'table = "coil", load_side'),
        )
    assert sum(row["device"] == "load" for row in rows) == 10


class Hands:
    """Somebody at a terminal who does with the emulated source, load and button what is asked, and types a name."""

    def __init__(self, ready: Mapping[str, Any]) -> None:
        import pty

        self.ours, self.theirs = pty.openpty()
        self.asked: list[str] = []
        self._ready = ready
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        text = ""
        with contextlib.suppress(OSError):
            while came := os.read(self.ours, 1024):
                text += came.decode("utf-8", "replace")
                if " s: " in text:
                    self._do(text)
                    text = ""
                    os.write(self.ours, b"Asha\n")

    def _do(self, text: str) -> None:
        if found := re.search(r"breaker (ON|OFF)", text):
            self._say("source", f"VOLT 230;:FREQ 50;:OUTP {found[1]};OUTP?")
        elif "button" in text:
            self._coil(True)
            self._coil(False)
        elif found := re.search(r"(\d+) W", text):
            self._say("load", f"FUNC POW;:PROT:CLE;:POW {found[1]};:INP ON;INP?")
        else:
            self._say("load", "INP OFF;INP?")
        self.asked.append(text)

    def _say(self, device: str, line: str) -> None:
        _, host, port, _ = self._ready[device].split("::")
        with socket.create_connection((host, int(port)), 5) as connection:
            connection.sendall(f"{line}\n".encode())
            connection.recv(64)

    def _coil(self, on: bool) -> None:
        host, _, port = self._ready["digital_inputs"].rpartition(":")
        address = int(self._ready["button"]).to_bytes(2, "big").hex()
        with socket.create_connection((host, int(port)), 5) as connection:
            connection.sendall(bytes.fromhex(f"0001 0000 0006 01 05 {address} {'FF00' if on else '0000'}"))
            connection.recv(64)

    def close(self) -> None:
        for fd in (self.theirs, self.ours):
            with contextlib.suppress(OSError):
                os.close(fd)


def test_breaker_plugs_and_button_by_hand(tmp_path: Path) -> None:
    """A person is asked at a terminal, for each of them in its turn."""
    with emulated() as process:
        ready = process.ready["P01"]
        hands = Hands(ready)
        try:
            rows = conform(
                tmp_path,
                ready,
                stdin=hands.theirs,
                source='live = "source"\nsource = {{ type = "manual", within_s = "30" }}',
                load='load = {{ type = "manual", levels_w = [500, 1000, 2317], within_s = "30" }}',
                button='button = {{ type = "manual", within_s = "30" }}',
            )
        finally:
            hands.close()
    assert {row["device"] for row in rows} == {"meter", "sense", "source", "load", "button"}
    assert len(hands.asked) > 20


def external(role: str, state: Path, more: str) -> str:
    command = json.dumps([sys.executable, str(ROOT / "docs/examples/external/bench.py"), str(state)])
    return f'{role} = {{{{ type = "external", command = {command}, {more} }}}}'


def test_a_program_of_somebodys(tmp_path: Path) -> None:
    """Load, source and meter are one program, whose own contact is seen by the voltage at its load."""
    state = tmp_path / "state.json"
    command = json.dumps([sys.executable, str(ROOT / "docs/examples/external/bench.py"), str(state)])
    map_ = ROOT / "docs/examples/external/meter_in_a_file.toml"
    with emulated() as process:
        rows = conform(
            tmp_path,
            process.ready["P01"],
            load=external("load", state, "rating_w = 3680"),
            source=external("source", state, "most_volts = 276"),
            sense='live = "source"\nsense = {{ type = "load", threshold_v = 30 }}',
            meter=f'meter = {{{{ map = "{map_}", bus = {{{{ type = "external", map = "{map_}", command = {command} }}}} }}}}',
        )
    assert {row["device"] for row in rows} == {"meter", "sense", "source", "load"}


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("RIG_TERMINAL", raising=False)
    yield
