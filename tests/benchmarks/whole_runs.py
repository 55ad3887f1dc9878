"""Whole commands as a user starts them: time beyond an interpreter's start, memory, evidence, and what an install weighs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rig.clock import raw_now
from tests.benchmarks.figures import Figure, duration, show, timed

ROOT = Path(__file__).parents[2]
RIG = [sys.executable, "-m", "rig.cli.main"]
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """A command that ended: ns until its last scenario and until its end, and the most memory it held (bytes; 0: not known)."""

    scenarios: int
    whole: int
    memory: int


def command(*words: str | Path) -> Run:
    """Run a command that writes a line a scenario to standard error."""
    since = raw_now()
    last = since
    process = subprocess.Popen(
        [str(w) for w in words], cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stderr is not None
    said = []
    with process.stderr as lines:
        for line in lines:
            said.append(line)
            if not line.startswith("rig:"):
                last = raw_now()
    memory = 0
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    else:
        process.wait()
    whole = raw_now() - since
    if process.returncode != 0:
        sys.exit(f"{words} ended with {process.returncode}:\n{''.join(said)}")
    return Run(last - since, whole, memory)


def best_of(runs: Sequence[Run]) -> Run:
    """The median run by its scenarios' time."""
    return sorted(runs, key=lambda one: one.scenarios)[len(runs) // 2]


def quiet(*words: str | Path) -> None:
    subprocess.run([str(w) for w in words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def evidence(folder: Path) -> str:
    """Size and lines of a run's evidence."""
    files = list(folder.glob("P01.rig.jsonl"))
    size = sum(file.stat().st_size for file in files)
    lines = sum(file.read_text(encoding="utf-8").count("\n") for file in files)
    return f"{size / MEGABYTE:.2f} MB, {lines:,} lines"


def runs(folder: Path) -> list[Figure]:
    """The acceptance plan in virtual time, and its pages."""
    start = timed(lambda: quiet(sys.executable, "-c", "pass"), 5)
    help_ = timed(lambda: quiet(*RIG, "--help"), 5)
    sim = [*RIG, "run", "--plan", "acceptance", "--bench", "sim", "--out"]
    done = best_of([command(*sim, folder / f"sim-{number}") for number in range(5)])
    pages = timed(lambda: quiet(*RIG, "report", folder / "sim-0"), 3)
    command(*RIG, "run", "--plan", "smoke", "--bench", "loopback", "--out", folder / "loopback")
    return [
        Figure("baseline: start of the interpreter", str(start)),
        Figure("rig --help", str(help_), "aim: at most 0.25 s"),
        Figure(
            "acceptance on sim, last scenario, beyond the interpreter's start",
            duration(done.scenarios - start.median),
            "aim: at most 1.5 s",
        ),
        Figure("  until the end of rig run, the report rendered", duration(done.whole - start.median)),
        Figure("  most memory held", f"{done.memory / MEGABYTE:.0f} MB", "aim: at most 120 MB"),
        Figure("  first report after the last scenario", duration(done.whole - done.scenarios), "aim: at most 5 s"),
        Figure("  evidence of one meter", evidence(folder / "sim-0"), "aim: at most 2 MB, 10,000 lines"),
        Figure("  evidence of one meter, smoke on loopback", evidence(folder / "loopback")),
        Figure("rig report, the same pages again", str(pages)),
    ]


def install(folder: Path) -> list[Figure]:
    """A plain install, as pip leaves it."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    before = weight(folder)
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    quiet(*pip, "--constraint", ROOT / "constraints.txt", ROOT)
    return [
        Figure("baseline: an empty environment", f"{before / MEGABYTE:.0f} MB"),
        Figure("plain install, development tools excluded", f"{weight(folder) / MEGABYTE:.0f} MB", "aim: at most 250 MB"),
    ]  # fmt: skip


def weight(folder: Path) -> int:
    """Bytes of all files."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def run() -> None:
    """Print the sections."""
    with tempfile.TemporaryDirectory() as folder:
        show("Whole runs (medians)", runs(Path(folder)))
        show("Install", install(Path(folder) / "environment"))


if __name__ == "__main__":
    run()
