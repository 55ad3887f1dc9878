"""The emulated bench in its own process, seen by clients that share no code with it: bare sockets and constants."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulated.lifeline import hold
from drivers.emulated.process import EmulatedProcess
from drivers.emulated.ready_file import check_writable
from drivers.emulated.served import main
from drivers.emulated.truth_log import read_truth
from rig.clock import MILLISECOND, SECOND, WallClock, raw_now
from rig.errors import ConfigError, LinkError
from tests.drivers.emulated_bench.raw_client import RawClient, RawLine

pytestmark = pytest.mark.loopback

SERIAL = 0x0000
VOLTAGE = 0x0010
BALANCE = 0x0100
COMMAND = [sys.executable, "-m", "drivers.emulated.served"]


def ended(process: EmulatedProcess, within: int) -> bool:
    clock = WallClock()
    return clock.sleep_until(within, lambda: not process.running())


def answers_in_time(client: RawClient) -> None:
    """A meter boots; until then it is silent."""
    client.socket.settimeout(0.1)
    clock = WallClock()

    def asked() -> bool:
        try:
            client.words(4, VOLTAGE, 1)
        except TimeoutError:
            return False
        return True

    assert clock.sleep_until(5 * SECOND, asked), "the meter never answered"
    client.socket.settimeout(2)


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("truth") / "truth.jsonl"


@pytest.fixture(scope="module")
def bench(truth: Path) -> Iterator[EmulatedProcess]:
    firmware = {"opening_balance": 12_345, "serial": "TEST000000000042", "power_up_ns": 50_000_000}
    positions = [{"name": "P01", "meter": firmware}, {"name": "P02", "unit": 7}]
    with EmulatedProcess({"positions": positions, "serve": "tcp"}, truth=truth) as process:
        yield process


@pytest.fixture
def powered(bench: EmulatedProcess) -> Iterator[RawClient]:
    """P01 with its source on and its meter awake."""
    at = bench.ready["P01"]
    source, client = RawLine(at["source"]), RawClient(at["modbus"])
    source.tell("VOLT 230;:FREQ 50;:OUTP ON")
    assert source.ask("OUTP?") == "1"
    answers_in_time(client)
    yield client
    source.tell("OUTP OFF")
    assert source.ask("OUTP?") == "0"
    source.close()
    client.close()


def test_ready_names_every_position_and_its_own_addresses(bench: EmulatedProcess) -> None:
    assert list(bench.ready) == ["P01", "P02"]
    first, second = bench.ready["P01"], bench.ready["P02"]
    assert first["digital_inputs"] == second["digital_inputs"]
    assert [first[side] for side in ("load_side", "line_side")] == [0, 1]
    assert [second[side] for side in ("load_side", "line_side")] == [2, 3]
    assert (first["unit"], second["unit"]) == (1, 7)
    assert first["serial"] == "TEST000000000042" and second["serial"].startswith("EMU")
    own = [at[what] for at in (first, second) for what in ("modbus", "load", "source")]
    assert len(set(own)) == 6


def test_constants_by_a_client_that_knows_only_bytes(powered: RawClient) -> None:
    assert powered.ask(bytes.fromhex("0400000008")) == bytes.fromhex("0410") + b"TEST000000000042"
    assert powered.words(4, VOLTAGE, 1) == (2300,)
    assert powered.ask(bytes.fromhex("0301000002")) == bytes.fromhex("030400003039")


def test_ten_pipelined_requests_get_ten_answers_in_order(powered: RawClient) -> None:
    asked = b"".join(powered.frame(struct.pack(">BHH", 4, VOLTAGE, 1 + n % 2 * 2)) for n in range(10))
    powered.socket.sendall(asked)
    answers = [powered.receive() for _ in range(10)]
    first = powered.transaction - 9
    assert [transaction for transaction, _ in answers] == list(range(first, first + 10))
    assert [answer[1] for _, answer in answers] == [2, 6] * 5


def test_a_foreign_unit_and_a_meter_without_mains_are_silent(bench: EmulatedProcess) -> None:
    for unit in (1, 9):
        client = RawClient(bench.ready["P01"]["modbus"], unit=unit, timeout=0.15)
        with pytest.raises(TimeoutError):
            client.words(4, VOLTAGE, 1)
        client.close()


def test_load_sense_and_truth_follow_each_other(bench: EmulatedProcess, powered: RawClient, truth: Path) -> None:
    load, inputs = RawLine(bench.ready["P01"]["load"]), RawClient(bench.ready["P01"]["digital_inputs"])
    assert inputs.bits(0, 4) == (1, 1, 0, 0), "P01 is live on both sides, P02 is dead"
    before = raw_now()
    load.tell("FUNC POW;:POW 2317;:INP ON")
    assert load.ask("MEAS:POW?") == "2317.000"
    between = raw_now()
    load.tell("INP OFF")
    assert load.ask("INP?") == "0"
    after = raw_now()
    watts = [line for line in read_truth(truth) if line["what"] == "watts" and line["position"] == "P01"][-2:]
    assert [line["to"] for line in watts] == [2317, 0]
    on, off = (int(str(line["raw"])) for line in watts)
    assert before < on < between < off < after
    load.close()
    inputs.close()


def test_sources_are_separate_unless_they_are_shared(bench: EmulatedProcess, powered: RawClient) -> None:
    assert RawClient(bench.ready["P01"]["digital_inputs"]).bits(2, 2) == (0, 0)
    with EmulatedProcess({"meters": 2, "shared_source": True}) as shared:
        assert shared.ready["P01"]["source"] == shared.ready["P02"]["source"]
        source = RawLine(shared.ready["P02"]["source"])
        source.tell("VOLT 230;:OUTP ON")
        assert source.ask("OUTP?") == "1"
        inputs = RawClient(shared.ready["P01"]["digital_inputs"])
        assert inputs.bits(1, 1) == (1,) and inputs.bits(3, 1) == (1,)
        source.close()
        inputs.close()


def test_the_lifeline_ends_it_when_the_last_holder_is_gone() -> None:
    process = EmulatedProcess({})
    try:
        other = hold(process.lifeline)
        assert process._held is not None
        process._held.close()
        assert not ended(process, 800 * MILLISECOND), "it ended while somebody held on"
        other.close()
        assert ended(process, 3 * SECOND), "it lives on though nobody holds its lifeline"
        assert process._process.returncode == 0
        with pytest.raises(LinkError, match="has it ended"):
            hold(process.lifeline)
    finally:
        process.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_and_cleanly_with_clients_connected(number: int) -> None:
    process = EmulatedProcess({"serve": "both"})
    try:
        client = RawClient(process.ready["P01"]["modbus"])
        line = RawLine(process.ready["P01"]["load"])
        assert line.ask("INP?") == "0"
        os.kill(process.pid, number)
        assert ended(process, 2 * SECOND)
        assert process._process.returncode == 0
        assert client.socket.recv(1) == b"", "the connection was left open"
        client.close()
        line.close()
    except ConnectionResetError:
        pass  # hung up on, which is as good
    finally:
        process.close()


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_parent_leaves_no_emulator_behind() -> None:
    script = "from drivers.emulated.process import EmulatedProcess as E; p = E({}); print(p.ready['P01']['modbus'], flush=True); input()"
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdin is not None and parent.stdout is not None
    with parent:
        host, _, port = parent.stdout.readline().strip().rpartition(":")
        parent.kill()

    def gone() -> bool:
        with socket.socket() as probe:
            probe.bind((host, 0))
            return probe.connect_ex((host, int(port))) != 0

    assert WallClock().sleep_until(3 * SECOND, gone), "the emulator outlives the killed process that started it"


def test_close_leaves_no_process_and_may_be_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    process = EmulatedProcess({})
    assert list(tmp_path.iterdir()) == [], "files lie about while it runs, and would stay after a kill"
    process.close()
    process.close()
    assert not process.running()


def test_a_taken_port_is_a_config_error_that_names_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"digital inputs: 127.0.0.1:{port} cannot be served"):
            EmulatedProcess({"first_port": port})


def test_what_only_the_devices_can_know_comes_back_as_a_config_error() -> None:
    with pytest.raises(ConfigError) as refused:
        EmulatedProcess({"positions": [{"name": "A", "meter": {"no_such_key": 1}}, {"name": "B", "faults": ["K99"]}]})
    assert len(refused.value.problems) == 2
    assert "A: meter.no_such_key" in str(refused.value) and "K99" in str(refused.value)


@pytest.mark.parametrize("broken", ["ready", "truth"])
def test_files_that_cannot_be_written_end_the_command_with_2_and_no_traceback(tmp_path: Path, broken: str) -> None:
    files = {what: tmp_path / ("no" if what == broken else ".") / what for what in ("ready", "truth")}
    command = [*COMMAND, "--settings", "-", "--ready-file", str(files["ready"]), "--truth", str(files["truth"])]
    done = subprocess.run(command, input="{}", capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and str(files[broken]) in done.stderr
    assert not files["ready"].exists()


@pytest.mark.parametrize("text", [None, "{", "[]", '{"colour": "red"}'])
def test_settings_that_cannot_be_used_are_named(
    tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, ready = tmp_path / "settings.json", tmp_path / "ready.json"
    if text is not None:
        settings.write_text(text)
    assert main(["--settings", str(settings), "--ready-file", str(ready)]) == 2
    assert capsys.readouterr().err.startswith(f"{settings}: ")
    assert not ready.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
def test_for_a_person_it_prints_every_address_and_says_what_ended_it(tmp_path: Path, ended_by: signal.Signals) -> None:
    ready = tmp_path / "bench.ready.json"
    script = (
        "import sys; from pathlib import Path; from drivers.emulated.served import serve_until_told as s;"
        "sys.exit(s({'meters': 2, 'serve': 'all', 'map': 'odd_kwh'}, Path(sys.argv[1])))"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(ready)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline() for _ in range(20)]
        process.send_signal(ended_by)
        assert process.wait(2) == 0
        assert process.stdout.read() == f"rig: ended by {ended_by.name}; every socket and pty is closed\n"
    assert printed[0] == "EMULATED, NOT A METER\n"
    addresses = json.loads(ready.read_text())
    for at in addresses.values():
        for what in ("modbus", "gateway", "rtu", "load", "source", "digital_inputs", "serial"):
            assert at[what] in "".join(printed)
        assert f"password        {at['password']}" in "".join(printed)
    assert "a pty carries no parity bit: open it with parity N" in "".join(printed)


def test_a_stale_ready_file_is_gone_before_anything_can_go_wrong(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text("{}")
    check_writable(ready)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConfigError, match="--ready-file"):
        check_writable(tmp_path / "no" / "ready.json")
