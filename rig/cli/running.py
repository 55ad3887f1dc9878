"""The parent of a run: positions in this process for `sim`, each in one of its own in wall time."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rig.announced import marked
from rig.bench_checks import instruments_of
from rig.catalogue import scenario_folders, thing
from rig.choices import Choices, make_out
from rig.cli.position import BENCH, STOPPED, USAGE, run_position
from rig.cli.table import show
from rig.errors import ConfigError, RigError
from rig.evidence import SUFFIX
from rig.judged import BENCH_FILE, judged_run
from rig.provenance import Provenance
from rig.results import RunResult
from rig.setup import Setup

if TYPE_CHECKING:
    from rig.keeper.position_process import PositionProcess
    from rig.wall import Wall


class Running:
    """One `rig run`. `run` returns the exit code."""

    def __init__(self, setup: Setup, choices: Choices, paths: Sequence[Path], expression: str) -> None:
        self._setup = setup
        self._choices = choices
        self._paths = [str(p) for p in paths] or [str(f) for f in scenario_folders()]
        self._expression = expression
        self._provenance = Provenance(instruments_of(setup.bench), setup.bench.zone)

    def run(self, as_json: bool) -> int:
        """Everything off on every way out; the report is rendered from whatever evidence there is."""
        setup = self._setup
        print(
            f"rig: {setup.bench.name}, plan {setup.plan.name if setup.plan else 'none'}, evidence in {setup.out}",
            file=sys.stderr,
        )
        os.environ["RIG_RENDERED_ELSEWHERE"] = "1"
        unsafe = ""
        codes: list[int] = []
        try:
            codes = self._in_here() if setup.bench.kind == "sim" else self._apart()
        except ConfigError as error:
            print("\n".join(f"rig: {line}" for line in error.problems), file=sys.stderr)
            codes = [USAGE]
        except RigError as error:
            unsafe = f"{type(error).__name__}: {error}"
            print("\n".join(f"rig: {line}" for line in unsafe.splitlines()), file=sys.stderr)
        return self._end(codes, unsafe, as_json)

    def _arguments(self, position: str) -> list[str]:
        choices, setup = self._choices, self._setup
        given = {
            "--rig-bench": choices.bench,
            "--rig-policy": choices.policy,
            "--rig-map": choices.map,
            "--rig-plan": choices.plan,
            "--rig-out": str(setup.out),
            "--rig-seed": str(choices.seed),
            "--rig-position": position,
        }
        arguments = [f"{option}={value}" for option, value in given.items() if value is not None]
        arguments += [f"--rig-fault={fault}" for fault in choices.faults]
        root = os.path.commonpath([_folder_of(p) for p in self._paths])
        # Without a limit pytest looks for conftest.py, and through every folder, up to the root of the file system.
        arguments += ["-c", os.devnull, "--rootdir", root, "--confcutdir", _top_of(Path(root))]
        return [*arguments, *(["-k", self._expression] if self._expression else []), *self._paths]

    def _in_here(self) -> list[int]:
        codes: list[int] = []
        for position in self._setup.bench.positions:
            if STOPPED not in codes:
                codes.append(run_position(self._arguments(position.name), position.name))
        return codes

    def _apart(self) -> list[int]:
        from rig.keeper.position_process import supervise
        from rig.keeper.signals import unwind_on_signals
        from rig.wall import Wall

        make_out(self._setup.out)
        unwind_on_signals()
        wall = Wall(self._setup)
        # Bench, keeper and positions get ready side by side; nobody has a device before the keeper has opened them all.
        processes: list[PositionProcess] = []
        try:
            processes += [self._start(position.name) for position in self._setup.bench.positions]
            self._announce()
            keeper = wall.open()
            for process in processes:
                process.begin(keeper)
            return [_told(name, code, wall) for name, code in supervise(keeper, processes).items()]
        except KeyboardInterrupt:
            return [STOPPED]
        finally:
            for process in processes:
                process.kill()
                process.end()
            wall.finish()

    def _announce(self) -> None:
        """Say what this run will not tell, before anything is opened."""
        from rig.planning.announcing import announce

        setup, names = self._setup, [position.name for position in self._setup.bench.positions]
        paths = [Path(path) for path in self._paths]
        for line in announce(self._choices, names, setup.plan, paths, self._expression, setup.out):
            print(line, file=sys.stderr, flush=True)

    def _start(self, position: str) -> PositionProcess:
        from rig.keeper.position_process import PositionProcess

        path = os.pathsep.join(filter(None, sys.path))
        command = [sys.executable, "-P", "-m", "rig.cli.position", position, *self._arguments(position)]
        return PositionProcess(position, command, environment={**os.environ, "PYTHONPATH": path})

    def _end(self, codes: Sequence[int], unsafe: str, as_json: bool) -> int:
        out = self._setup.out
        if not any(file.name != BENCH_FILE for file in out.glob(f"*{SUFFIX}")):
            return STOPPED if STOPPED in codes else BENCH if unsafe else max(codes, default=BENCH)
        self._provenance.write(out)
        thing("renderers", "html")(out)
        result = judged_run(out)
        summary(result, as_json)
        print(f"rig: {result.word}: report in {out / 'report.html'}", file=sys.stderr)
        if STOPPED in codes or result.stopped:
            return BENCH if result.bench_failed else STOPPED
        if unsafe or BENCH in codes:
            return max(result.exit_code, BENCH) if result.exit_code != 1 else 1
        return USAGE if USAGE in codes else result.exit_code


def path_problems(paths: Sequence[Path]) -> list[str]:
    """What is wrong with the paths that were typed."""
    problems = []
    for path in paths:
        file = Path(str(path).partition("::")[0])
        if not file.exists():
            problems.append(f"{path}: there is no such file or folder of scenarios")
        elif file.is_file() and file.suffix != ".py":
            problems.append(f"{path}: is no scenario file (.py); bench, map, policy and plan files go with an option")
    return problems


def _folder_of(path: str) -> str:
    """The folder that a path of scenarios (a folder, a file, or file::function) stands in."""
    found = Path(path.partition("::")[0]).absolute()
    return str(found if found.is_dir() else found.parent)


def _top_of(folder: Path) -> str:
    """The uppermost folder that still belongs to the scenarios: their package, or what has a conftest.py for them."""
    while any((folder.parent / name).is_file() for name in ("__init__.py", "conftest.py")):
        folder = folder.parent
    return str(folder)


def _told(position: str, code: int, wall: Wall) -> int:
    """What a position's process ended with, as a code of rig; a process that was killed says nothing itself."""
    if code >= 0:
        return code
    words = f"{position}: its process was killed by signal {-code}; the keeper made it safe"
    print(f"rig: {words}", file=sys.stderr)
    wall.broke(words)
    return BENCH


def summary(result: RunResult, as_json: bool) -> None:
    for problem in (one.evidence.problem for one in result.positions if one.evidence.problem):
        print(f"rig: {problem}", file=sys.stderr)
    for words in result.doubts:
        print(f"rig: {words}", file=sys.stderr)
    rows = [
        {
            "position": one.position,
            "scenario": one.id,
            "title": one.title,
            "verdict": str(one.word),
            "reason": "; ".join(filter(None, (next(iter(one.outcome.reasons), ""), marked(position, one)))),
        }
        for position in result.positions
        for one in position.scenarios
    ]
    rows += [
        {"position": one.name, "scenario": a.id, "title": a.title, "verdict": a.word, "reason": a.why}
        for one in result.positions
        for a in one.absences
    ]
    outside = [(one.name, error) for one in result.positions for error in one.errors]
    outside += [("", f"{e['error']}: {e['words']}") for e in (result.bench.of("error") if result.bench else ())]
    rows += [
        {"position": name, "scenario": "", "title": "outside any scenario", "verdict": "ERROR", "reason": words}
        for name, words in outside
    ]
    show(rows, ["position", "scenario", "verdict", "title", "reason"], as_json)
