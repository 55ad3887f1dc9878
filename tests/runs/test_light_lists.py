"""A list is on the screen at once: what no list needs is not even imported for one."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.runs.command import ROOT, surroundings

LISTS = (
    "scenarios",
    "faults",
    "policies",
    "maps",
    "maps --matrix",
    "dialects",
    "plans",
    "instruments",
    "benches",
    "trace",
)
HEAVY = (
    "rich", "pandas", "jinja2", "pytest", "pymodbus", "pyvisa", "serial", "rig.bench", "rig.ledger", "rig.session",
    "drivers.meters.modbus_meter", "drivers.modbus.tcp",
)  # fmt: skip
CODE = """
import contextlib, io, json, sys
from rig.cli.main import app
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        app(["list", *words.split()], standalone_mode=False)
    assert out.getvalue().strip(), words
print(json.dumps(sorted(set(json.loads(sys.argv[2])) & set(sys.modules))))
"""


def test_no_list_loads_what_no_list_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps(LISTS), json.dumps(HEAVY)],
        cwd=ROOT, env=surroundings(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
