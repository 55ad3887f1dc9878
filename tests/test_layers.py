"""The layers hold, and what holds them really bites."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("rig", "drivers", "scenarios", "reports")
LINES = 400

FORBIDDEN = {
    "a driver that knows the oracle": ("drivers/modbus/tcp.py", "import rig.ledger"),
    "an emulator that knows the oracle, inside a function": (
        "drivers/emulated/circuit.py",
        "def peep() -> None:\n    import rig.policy",
    ),
    "the rig reaching up to a driver": ("rig/bench.py", "import drivers.modbus.tcp"),
    "a report that talks to a driver": ("reports/html.py", "import drivers.modbus.tcp"),
    "a second reader of time": ("rig/sampler.py", "from time import sleep"),
    "pymodbus by another door": ("drivers/modbus/tcp.py", "import pymodbus.client"),
    "the command line imported": ("rig/session.py", "import rig.cli.main"),
    "pandas outside the reports": ("rig/judged.py", "import pandas"),
    "pytest in the core": ("rig/verdict.py", "import pytest"),
    "a circle of modules": ("rig/errors.py", "import rig.config"),
}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter as pyproject.toml configures it, on the tree in `folder`, not on what is installed."""
    run = (
        "import sys; sys.path.insert(0, sys.argv[1]); from importlinter.cli import lint_imports; "
        "sys.exit(lint_imports(config_filename='pyproject.toml', cache_dir=None))"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", run, str(folder)], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product that a test may spoil."""
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold() -> None:
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_import_is_caught(tree: Path, name: str) -> None:
    file, line = FORBIDDEN[name]
    before = (tree / file).read_text(encoding="utf-8")
    (tree / file).write_text(f"{before}\n\n{line}\n", encoding="utf-8")
    try:
        found = lint(tree)
    finally:
        (tree / file).write_text(before, encoding="utf-8")
    assert found.returncode == 1, f"{name} was not caught:\n{found.stdout}{found.stderr}"
    assert "BROKEN" in found.stdout


def test_no_modules_form_a_circle() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    while leaves := {module for module, needs in imports.items() if not needs & imports.keys()}:
        imports = {module: needs for module, needs in imports.items() if module not in leaves}
    assert not imports, f"these import each other in a circle, or from one: {sorted(imports)}"


def test_heavy_libraries_are_imported_inside_functions() -> None:
    heavy = {"pandas", "matplotlib"}
    for file in modules():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not heavy & {n.partition(".")[0] for n in names}, f"{file}:{node.lineno} imports {names} at its top"


def test_files_stay_readable() -> None:
    long = {
        str(f.relative_to(ROOT)): n for f in modules() if (n := len(f.read_text(encoding="utf-8").splitlines())) > LINES
    }
    assert not long, f"more than {LINES} lines: {long}"


def test_no_product_code_uses_mocks() -> None:
    for file in modules():
        assert "unittest.mock" not in file.read_text(encoding="utf-8"), f"{file} uses a mock: there are emulators"
