"""Bench PCs run Windows: nothing of the product needs what only Unix has, except where it says so inside a function."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

WITHOUT_UNIX = """
import builtins, os, select, signal, socket, sys

ours = ("rig", "drivers", "scenarios", "reports")
missing = {"pty", "tty", "fcntl", "termios", "resource", "grp", "pwd"}
real = builtins.__import__

def without_unix(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "").partition(".")[0]
    if importer in ours and level == 0 and name in missing:
        raise ImportError(f"there is no {name} on Windows")
    return real(name, globals, locals, fromlist, level)

builtins.__import__ = without_unix
for module, names in {
    os: ["fork", "forkpty", "setsid", "getsid", "killpg", "getpgid", "setpgid", "openpty", "getuid", "mkfifo"],
    signal: ["SIGKILL", "SIGSTOP", "SIGCONT", "SIGHUP", "SIGALRM", "setitimer", "alarm", "pthread_sigmask"],
    socket: ["AF_UNIX", "socketpair"],
    select: ["poll", "epoll"],
}.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
"""

IMPORT_ALL = """
import importlib, pkgutil
count = 0
for top in ours:
    package = importlib.import_module(top)
    for found in pkgutil.walk_packages(package.__path__, top + "."):
        importlib.import_module(found.name)
        count += 1
print(count)
"""

RUN = """
sys.argv = ["rig", "run", "--plan", "smoke", "--bench", "sim", "--out", "out"]
from rig.cli.main import main
main()
"""


def without_unix(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_UNIX + code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_every_module_imports(tmp_path: Path) -> None:
    found = without_unix(IMPORT_ALL, tmp_path)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) > 100


def test_the_block_bites(tmp_path: Path) -> None:
    code = "__name__ = 'rig.probe'\nimport pty\n"
    found = without_unix(code, tmp_path)
    assert "there is no pty on Windows" in found.stderr


def test_a_run_in_virtual_time_passes(tmp_path: Path) -> None:
    found = without_unix(RUN, tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000
