"""A wheel in an empty environment works from an empty folder: nothing is read from the checkout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from rig.clock import SECOND, WallClock

ROOT = Path(__file__).parents[1]
PIP = ["-m", "pip", "--disable-pip-version-check", "--quiet"]
PATIENCE = 30 * SECOND

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, *PIP, "wheel", "--no-deps", "-w", str(folder), str(ROOT)], check=True)
    (built,) = folder.glob("prepaid_meter_rig-*.whl")
    return built


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of an environment are that holds the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    found = folder / ("Scripts" if os.name == "nt" else "bin")
    constraints = ["--constraint", str(ROOT / "constraints.txt")]
    subprocess.run([str(found / "python"), *PIP, "install", "--no-compile", *constraints, str(wheel)], check=True)
    return found


def clean() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "COV_"))}


def rig(bin_folder: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(bin_folder / "rig"), *arguments]
    return subprocess.run(command, cwd=folder, env=clean(), capture_output=True, text=True, check=False, timeout=120)


def test_the_wheel_holds_the_product_and_its_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"rig", "drivers", "scenarios", "reports"}
    for package in ("rig", "drivers", "scenarios", "reports"):
        there = {str(f.relative_to(ROOT)) for f in (ROOT / package).rglob("*") if f.is_file() and f.suffix != ".pyc"}
        assert there <= set(names), f"not in the wheel: {sorted(there - set(names))}"


def test_it_asks_for_no_development_tools(bin_folder: Path) -> None:
    code = "from importlib import metadata as m; print(*[d.name.lower() for d in m.distributions()])"
    listed = subprocess.run([str(bin_folder / "python"), "-I", "-c", code], capture_output=True, text=True, check=True)
    installed = set(listed.stdout.split())
    assert "pymodbus" in installed
    assert not installed & {"hypothesis", "minimalmodbus", "mypy", "ruff", "import-linter", "pytest-xdist"}


def test_rig_run_works_from_an_empty_folder(bin_folder: Path, tmp_path: Path) -> None:
    done = rig(bin_folder, tmp_path, "run", "--plan", "smoke", "--bench", "sim", "--out", "here")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "here" / "report.html").is_file()
    assert [f.name for f in tmp_path.iterdir()] == ["here"]


def test_rig_run_goes_on_sockets_too(bin_folder: Path, tmp_path: Path) -> None:
    done = rig(bin_folder, tmp_path, "run", "--plan", "smoke", "-k", "arrears", "--bench", "loopback", "--out", "here")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "here" / "report.html").is_file()


def test_what_there_is_is_listed(bin_folder: Path, tmp_path: Path) -> None:
    for what in ("scenarios", "policies", "maps", "dialects", "faults", "plans"):
        listed = rig(bin_folder, tmp_path, "list", what, "--json")
        assert listed.returncode == 0, listed.stderr
        assert json.loads(listed.stdout)


def test_rig_emulate_works_from_an_empty_folder(bin_folder: Path, tmp_path: Path) -> None:
    ready, clock = tmp_path / "ready.json", WallClock()
    command = [str(bin_folder / "rig"), "emulate", "--ready-file", str(ready)]
    serving = subprocess.Popen(command, cwd=tmp_path, env=clean(), stdout=subprocess.DEVNULL)
    try:
        assert clock.sleep_until(PATIENCE, unless=lambda: ready.exists() or serving.poll() is not None)
        assert "P01" in json.loads(ready.read_text(encoding="utf-8"))
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(10) == 0
    finally:
        serving.kill()
        serving.wait()
