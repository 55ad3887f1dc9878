"""`rig check`: bench files, maps, policies, plans and dialects, each whole, every problem at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer


def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Files to check; nothing is opened or energised.")
    ],
    scenarios: Annotated[
        list[Path] | None,
        typer.Option(exists=True, metavar="PATH", help="File or folder of your own scenarios, which a plan may name."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Check files without touching a device. Exit 2 when there is a problem; a note (a calibration that has expired) is none."""
    from rig.cli.table import show
    from rig.errors import ConfigError

    rows: list[dict[str, object]] = []
    right: dict[str, list[str]] = {}
    for file in files:
        kind = ""
        try:
            kind, table = _read(file)
            notes = _checked(kind, file, table, scenarios or [])
            right.setdefault(kind, []).append(str(file))
        except ConfigError as error:
            rows += [{"file": str(file), "is": kind, "problem": problem, "note": ""} for problem in error.problems]
            continue
        rows += [{"file": str(file), "is": kind, "problem": "", "note": note} for note in notes or [""]]
    rows += _together(right)
    columns = ["file", "is", "problem", *(["note"] if any(row["note"] for row in rows) else [])]
    show(rows, columns, as_json)
    raise typer.Exit(2 if any(r["problem"] for r in rows) else 0)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    from rig.config import read_toml
    from rig.errors import ConfigError
    from rig.file_kinds import kind_of

    table = read_toml(file)
    if kind := kind_of(table):
        return kind, table
    if not table:
        raise ConfigError(f"{file}: is empty")
    raise ConfigError(
        f"{file}: is no bench, map, policy, plan or dialect: it has none of positions, registers, tariff, scenarios"
    )


def _checked(kind: str, file: Path, table: dict[str, Any], scenarios: Sequence[Path]) -> list[str]:
    """What is worth knowing of a file that is right. ConfigError with every problem of one that is not."""
    from rig.catalogue import thing
    from rig.plan_checks import check_plan
    from rig.policy import load_policy

    if kind == "bench":
        return _bench(table, str(file))
    if kind == "map":
        thing("meters", "modbus").load(file)
    elif kind == "policy":
        load_policy(file)
    elif kind == "plan":
        check_plan(file, scenarios)
    else:
        thing("dialect_checks", "scpi")(file)
    return []


def _together(right: Mapping[str, Sequence[str]]) -> list[dict[str, object]]:
    """A note for each promise of a policy that a meter named beside it would not be judged by."""
    from rig.catalogue import file_named
    from rig.config import load_bench
    from rig.plan import load_plan
    from rig.plan_checks import not_judged

    policies = [(file, "policy", file) for file in right.get("policy", ())]
    policies += [(file, "plan", load_plan(Path(file)).policy) for file in right.get("plan", ())]
    maps = [*right.get("map", ())]
    maps += [one.meter.map for file in right.get("bench", ()) for one in load_bench(Path(file)).positions]
    return [
        {"file": file, "is": kind, "problem": "", "note": note}
        for file, kind, policy in policies
        for map_name in dict.fromkeys(maps)
        for note in not_judged(file_named("policies", policy), map_name)
    ]


def _bench(table: dict[str, Any], where: str) -> list[str]:
    """The file's own keys, every device table and every map; what is wrong in one place hides nothing in another."""
    from rig.bench_checks import bench_notes, device_problems, map_problems, secret_problems, table_problems
    from rig.config import parse_bench
    from rig.errors import ConfigError

    try:
        bench = parse_bench(table, where)
    except ConfigError as error:
        more = table_problems(table, where) if table.get("kind") == "wired" else []
        raise ConfigError(error.problems + more) from None
    problems = device_problems(bench, where) + map_problems(p.meter.map for p in bench.positions)
    problems += secret_problems(bench, where)
    if problems:
        raise ConfigError(problems)
    return bench_notes(bench, where)
