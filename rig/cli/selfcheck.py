"""`rig selfcheck`: every scenario against every fault and against good meters, on all cores, in virtual time."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rig.selfcheck.cells import Tried

Names = Annotated[list[str], typer.Option("--fault", help="Only this fault of the list; may be repeated.")]
NAME = "selfcheck"
TENTHS = 10


def selfcheck(
    plan: Annotated[str, typer.Option(help="Plan name or file: whose scenarios, under whose policy.")] = "type",
    fault: Names = [],  # noqa: B006 - typer reads the default
    k: Annotated[str, typer.Option("-k", help="Only scenarios whose id or family holds this; join with `or`.")] = "",
    healthy: Annotated[int, typer.Option(help="So many good meters, drawn at random, besides.")] = 0,
    seeds: Annotated[int, typer.Option(help="Run everything with so many seeds.")] = 1,
    unlisted: Annotated[
        bool, typer.Option("--unlisted", help="Also the faults that no scenario knows; they change no exit code.")
    ] = False,
    jobs: Annotated[int, typer.Option(help="Processes; 0: as many as there are cores.")] = 0,
    out: Annotated[str | None, typer.Option(help="Folder for the matrix (default: in out/).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the matrix as JSON.")] = False,
) -> None:
    """Prove the rig: faulty meters must be caught, and for the reason that is stated; good ones must pass."""
    from rig.catalogue import thing
    from rig.choices import make_out
    from rig.keeper.signals import unwind_on_signals
    from rig.selfcheck.check import Asked, ready
    from rig.selfcheck.document import as_text, document

    checking = ready(Asked(plan, tuple(fault), k, seeds, healthy, unlisted, jobs))
    folder = _folder(out)
    unwind_on_signals()
    matrix = checking.run(_Progress(checking.trials))
    found = document(matrix)
    make_out(folder)
    (folder / f"{NAME}.json").write_text(as_text(found), encoding="utf-8")
    thing("renderers", NAME)(found, folder / f"{NAME}.html")
    print(as_text(found) if as_json else "\n".join(_lines(found)), end="" if as_json else "\n")
    print(f"rig: matrix in {folder / f'{NAME}.html'}", file=sys.stderr)
    raise typer.Exit(0 if found["sound"] else 1)


def _folder(out: str | None) -> Path:
    """Where the matrix goes. ConfigError when one is there already, or nothing can be written."""
    from rig.choices import out_problems
    from rig.clock import utc_now
    from rig.errors import ConfigError

    if problems := out_problems(out):
        raise ConfigError(problems)
    folder = Path(out) if out is not None else Path("out") / f"{NAME}-{utc_now().strftime('%Y%m%d-%H%M%S')}"
    if (folder / f"{NAME}.json").exists():
        raise ConfigError(
            f"{folder}: holds another matrix, which is never written over; name another folder with --out"
        )
    return folder


class _Progress:
    """Says on standard error how far it is: one line that moves where somebody looks, a line at each tenth elsewhere."""

    def __init__(self, trials: int) -> None:
        self._trials = trials
        self._done = 0
        self._moves = sys.stderr.isatty()

    def __call__(self, tried: Tried) -> None:
        self._done += 1
        line = f"rig: {self._done} of {self._trials} meters tried"
        if self._moves:
            end = "\n" if self._done == self._trials else ""
            print(f"\r{line}", end=end, file=sys.stderr, flush=True)
        elif self._done * TENTHS // self._trials > (self._done - 1) * TENTHS // self._trials:
            print(line, file=sys.stderr, flush=True)
        if tried.problem:
            what = tried.trial.fault or "a good meter"
            print(f"rig: {what}, {tried.trial.set_up.name}: {tried.problem}", file=sys.stderr)


def _lines(found: Mapping[str, Any]) -> list[str]:
    """The matrix for people: a line a fault, then what is wrong, then the figures."""
    lines = [found["emulated"], ""]
    lines += [_fault_line(row) for row in found["faults"]]
    for row in found["faults"]:
        lines += [f"  {row['id']} {scenario}: {words}" for scenario, words in row["broken"].items()]
    lines += _section("unlisted faults", [_fault_line(row) for row in found["unlisted"]])
    silent = [f"{one['id']}  {one['unverifiable']}" for one in found["scenarios"] if one["unverifiable"]]
    lines += _section("unverifiable: no good meter passes", silent)
    lines += _section("words on good meters that are wrong", _alarms(found))
    lines += ["", *(f"{name}: {figure}" for name, figure in found["summary"].items()), f"sha256: {found['sha256']}"]
    return lines


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"{title}:", *lines] if lines else []


def _fault_line(row: Mapping[str, Any]) -> str:
    caught = [c for run in row["runs"] for c in run["cells"] if c["worth"] in ("caught", "caught besides")]
    by = list(dict.fromkeys(c["scenario"] for c in sorted(caught, key=lambda c: str(c["worth"]))))
    first = next((c for c in caught if c["worth"] == "caught"), caught[0] if caught else None)
    why = f"  {first['in_words']}" if first else ""
    more = f" and {len(by) - 3} more" if len(by) > 3 else ""
    return f"{row['end']:<14}{row['id']:<6}{row['title']}  [{', '.join(by[:3])}{more}]{why}"


def _alarms(found: Mapping[str, Any]) -> list[str]:
    return [
        f"{_who(one)}: {cell['scenario']}: {cell['in_words']}"
        for one in (*found["healthy"], *found["drawn"])
        for cell in one["cells"]
        if not cell.get("beforehand")
    ] + [f"{_who(one)}: {words}" for one in (*found["healthy"], *found["drawn"]) for words in one["strays"]]


def _who(one: Mapping[str, Any]) -> str:
    return f"good meter {one['drawn']}" if "drawn" in one else f"good meter, {one['set_up']}, seed {one['seed']}"
