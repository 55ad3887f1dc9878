"""The bench file of the README, with the addresses of served devices: a wired bench from the rig's side of the cables."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from rig.clock import SECOND, WallClock

ROOT = Path(__file__).parents[1]
RIG = [sys.executable, "-m", "rig.cli.main"]

pytestmark = pytest.mark.loopback


def environment(folder: Path, password: str) -> dict[str, str]:
    state = str(folder / "state")
    return {**os.environ, "PYTHONPATH": str(ROOT), "RIG_STATE": state, "METER_PASSWORD": password}


@pytest.fixture
def folder(tmp_path: Path) -> Generator[Path]:
    """A folder with `my_bench.toml`, and devices that answer where it says."""
    ready, clock = tmp_path / "ready.json", WallClock()
    serving = subprocess.Popen(
        [*RIG, "emulate", "--ready-file", str(ready)], env=environment(tmp_path, ""), stdout=subprocess.DEVNULL
    )
    try:
        assert clock.sleep_until(20 * SECOND, unless=lambda: ready.exists() or serving.poll() is not None)
        at = json.loads(ready.read_text(encoding="utf-8"))["P01"]
        (tmp_path / "my_bench.toml").write_text(addressed(at), encoding="utf-8")
        yield tmp_path
    finally:
        serving.terminate()
        try:
            assert serving.wait(10) == 0
        finally:
            serving.kill()


def addressed(at: dict[str, str]) -> str:
    """The example as it stands in the README, other addresses apart."""
    example = re.search(r"^# my_bench\.toml\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.S | re.M)
    assert example
    host, _, port = at["digital_inputs"].partition(":")
    changes = {
        "TCPIP::10.0.0.20::5025::SOCKET": at["source"],
        "TCPIP::10.0.0.21::5025::SOCKET": at["load"],
        "/dev/ttyUSB0": at["rtu"],
        'host = "10.0.0.22", port = 502': f'host = "{host}", port = {port}',
    }
    text = example[1]
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def rig(folder: Path, *arguments: str, password: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RIG, *arguments],
        cwd=folder,
        env=environment(folder, password),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_bench_file_drives_devices_over_serial_line_and_sockets(folder: Path) -> None:
    done = rig(folder, "run", "--bench", "my_bench.toml", "--plan", "smoke", "-k", "arrears", "--out", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "bench-a" in page
    assert "part of plan, no acceptance" in page


def test_a_wrong_password_is_the_benchs_error_and_stands_nowhere(folder: Path) -> None:
    canary = "73310946"
    run = ("run", "--bench", "my_bench.toml", "--plan", "smoke", "-k", "arrears")
    wrong = rig(folder, *run, "--out", "wrong", password=canary)
    assert wrong.returncode == 4, wrong.stdout + wrong.stderr
    assert "P01 meter: the meter refused to be unlocked (exception 3)" in wrong.stderr
    assert "secrets.password, which comes from the environment variable METER_PASSWORD" in wrong.stderr
    assert "blocked" not in wrong.stdout + wrong.stderr, "nothing was written, so nothing is to be put back"
    assert rig(folder, *run, "--out", "right").returncode == 0
    in_hex = f"{int(canary):08x}"
    for text in (wrong.stdout, wrong.stderr, *(f.read_text("utf-8") for f in (folder / "wrong").iterdir())):
        for secret in (canary, in_hex, f"{in_hex[:4]} {in_hex[4:]}", " ".join(re.findall("..", in_hex))):
            assert secret not in text.lower()


def test_a_device_that_is_not_there_is_named(folder: Path) -> None:
    bench = folder / "my_bench.toml"
    bench.write_text(re.sub(r"(load = .*?127\.0\.0\.1::)\d+", r"\g<1>9", bench.read_text("utf-8")), encoding="utf-8")
    gone = rig(folder, "run", "--bench", "my_bench.toml", "--plan", "smoke", "--out", "out")
    assert gone.returncode == 4, gone.stdout + gone.stderr
    assert "P01 load" in gone.stderr
    assert "Traceback" not in gone.stderr
