"""Wired benches, their devices served by `rig emulate`: what is missing, what cannot be restored, what is shared."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rig.clock import SECOND, raw_now
from tests.runs.benches import Emulator, wired_bench
from tests.runs.command import ROOT, apart, evidence, results, rig
from tests.runs.own import own_scenarios
from tests.runs.wall_run import WallRun, wait

pytestmark = pytest.mark.loopback

SHARED = """\
format = 1
name = "pair"
kind = "loopback"
limits = { volts = 276, amps = 25, watts = 5000, watt_hours = 20000, seconds = 36000, relay_operations = 500 }
positions = [{ name = "P01" }, { name = "P02" }]
emulated = { shared_source = true }
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Two emulated positions on one source."""
    folder = tmp_path_factory.mktemp("pair")
    (folder / "pair.toml").write_text(SHARED)
    emulator = Emulator(folder, "--bench", folder / "pair.toml", "--serve", "tcp")
    yield emulator
    emulator.end()


def commands(out: Path, position: str) -> list[tuple[str, tuple[int, int]]]:
    """What was done to the source, and when, by the evidence of one position."""
    records = [json.loads(line) for line in evidence(out, position).splitlines()]
    sent = [r for r in records if r["kind"] == "command" and r["device"] == "source"]
    return [(r["did"].partition(",")[0], (r["span"][0], r["span"][1])) for r in sent]


def test_emulate_serves_and_ends(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path, "--meters", "3", "--serve", "both")

    assert list(emulator.ready) == ["P01", "P02", "P03"]
    for at in emulator.ready.values():
        host, _, port = at["modbus"].rpartition(":")
        socket.create_connection((host, int(port)), 2).close()
        assert Path(at["rtu"]).exists()
        assert at["load"].startswith("TCPIP::") and at["source"].startswith("TCPIP::")
    assert emulator.end() == 0
    assert "EMULATED, NOT A METER" in emulator.words()
    assert "Traceback" not in emulator.words()


def test_a_shared_source_waits_for_everybody(tmp_path: Path, pair: Emulator) -> None:
    bench = wired_bench(tmp_path / "bench.toml", pair.ready, shared=["P01", "P02"], name="pair")
    out = tmp_path / "out"

    ended = apart("run", own_scenarios(tmp_path / "own", "cycling"), "--bench", bench, "--out", out, "--json")

    assert ended.code == 0, ended.said
    assert [(row["position"], row["verdict"]) for row in ended.table()] == [("P01", "PASS"), ("P02", "PASS")]
    first, second = commands(out, "P01"), commands(out, "P02")
    assert [did for did, _ in first] == ["on", "off", "on"]
    assert first == second, "each command happened once, for both"
    assert results(out)["emulated"] == ""


class TestNotThere:
    def run(self, tmp_path: Path, ready: dict[str, Any]) -> tuple[str, str, int]:
        bench = wired_bench(tmp_path / "bench.toml", ready)
        own = own_scenarios(tmp_path / "own", "passing")
        ended = apart("run", own, "--bench", bench, "--out", tmp_path / "out")
        assert "Traceback" not in ended.said
        return ended.err, ended.out, ended.code

    def closed_port(self) -> int:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            return int(one.getsockname()[1])

    def test_load_and_source(self, tmp_path: Path, pair: Emulator) -> None:
        resource = f"TCPIP::127.0.0.1::{self.closed_port()}::SOCKET"
        ready = {"P02": {**pair.ready["P02"], "load": resource, "source": resource}}

        said, _, code = self.run(tmp_path, ready)

        assert code == 4
        for device in ("load", "source"):
            (line,) = [line for line in said.splitlines() if f"P02 {device}" in line]
            assert resource in line and "check" in line and "power" in line

    @pytest.mark.parametrize(("key", "device"), [("modbus", "meter"), ("digital_inputs", "relay sense")])
    def test_meter_and_sense(self, tmp_path: Path, pair: Emulator, key: str, device: str) -> None:
        address = f"127.0.0.1:{self.closed_port()}"

        said, table, code = self.run(tmp_path, {"P01": {**pair.ready["P01"], key: address}})

        assert code == 4
        line = next(line for line in said.splitlines() if f"P01 {device}" in line)
        assert address in line and "nothing listens there; check address, port and power" in line
        assert "FAIL" not in table
        assert not list((tmp_path / "out").glob("P01.*jsonl")), "nothing was energised, so nothing was judged"

    def test_everything_that_is_not_there_is_named_at_once(self, tmp_path: Path, pair: Emulator) -> None:
        port = [self.closed_port() for _ in range(4)]
        assert len(set(port)) == 4
        load, source = (f"TCPIP::127.0.0.1::{number}::SOCKET" for number in port[:2])
        meter, sense = (f"127.0.0.1:{number}" for number in port[2:])
        dead = {**pair.ready["P01"], "load": load, "modbus": meter, "digital_inputs": sense}

        said, _, code = self.run(tmp_path, {"P01": dead, "P02": {**pair.ready["P02"], "source": source}})

        assert code == 4, said
        named = [
            " ".join(line.split("(")[0].split(":")[-1].split()[:3]) for line in said.splitlines() if "check" in line
        ]
        assert sorted(named) == ["P01 load", "P01 meter", "P01 relay sense", "P02 source"], said


def test_devices_that_all_die_in_a_long_sleep_are_noticed_at_once(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path / "emulated", "--serve", "tcp")
    bench = wired_bench(tmp_path / "bench.toml", emulator.ready)
    run = WallRun(
        tmp_path, "run", own_scenarios(tmp_path / "own", "drawing"), "--bench", bench, "--out", tmp_path / "out"
    )
    try:
        file = run.out / "P01.rig.jsonl"
        assert wait(lambda: file.exists() and b'"watts":1500' in file.read_bytes(), 30), run.words()
        assert not wait(lambda: run.process.poll() is not None, 2), run.words()
        emulator.process.kill()
        since = raw_now()

        ended = run.ended(20)

        assert raw_now() - since < 15 * SECOND, "the scenario sleeps for 25 s"
        assert ended.code == 4, ended.said
        said = ended.out + ended.err
        assert "relay sense has been blind" in said or "its load is on and does not answer" in said
        assert "isolate this by hand" in ended.err
    finally:
        run.close()
        emulator.end()


def test_what_could_not_be_restored_blocks_the_position(tmp_path: Path) -> None:
    narrow = tmp_path / "narrow.toml"
    reference = (ROOT / "drivers" / "meters" / "maps" / "reference.toml").read_text(encoding="utf-8")
    narrow.write_text(reference.replace("least = 1, most = 100000", "least = 1, most = 2500"), encoding="utf-8")
    emulator = Emulator(tmp_path / "emulated", "--serve", "tcp")
    try:
        bench = wired_bench(tmp_path / "bench.toml", emulator.ready, map_=str(narrow))
        own = own_scenarios(tmp_path / "own", "setting")

        first = apart("run", own, "--bench", bench, "--out", tmp_path / "first")
        second = rig("run", own, "--bench", bench, "--out", tmp_path / "second")
        cleared = rig("clear", "P01", "--bench", bench, "--reason", "limit set by hand")
        third = rig("check", bench)
        again = rig("clear", "P01", "--bench", bench, "--reason", "once more")
    finally:
        emulator.end()

    assert first.code == 4, first.said
    assert "P01 is blocked until a person clears it" in first.out
    assert rig("report", tmp_path / "first").code == 4
    assert second.code == 2
    assert "desk P01: blocked since" in second.err and "load_limit: 3000 is above the most, 2500" in second.err
    assert "rig clear P01 --bench desk --reason" in second.err
    assert not (tmp_path / "second").exists()
    assert cleared.code == 0 and "load_limit" in cleared.out
    assert third.code == 0
    assert (again.code, "is not blocked" in again.err) == (2, True)
