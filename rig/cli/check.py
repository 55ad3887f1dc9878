"""`rig check`: bench files, maps, policies, plans and dialects, each whole, every problem at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

_KINDS = (
    ("bench", "positions"), ("map", "registers"), ("policy", "tariff"), ("plan", "scenarios"),
    ("dialect", "identification"), ("dialect", "load"), ("dialect", "ac_source"),
)  # fmt: skip
"""What kind of file it is, by a table that only such a file has."""


def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Files to check; nothing is opened or energised.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Check files without touching a device. Exit 2 when there is a problem; a note (a calibration that has expired) is none."""
    from rig.cli.table import show
    from rig.errors import ConfigError

    rows: list[dict[str, object]] = []
    for file in files:
        kind = ""
        try:
            kind, table = _read(file)
            notes = _checked(kind, file, table) or [""]
            rows += [{"file": str(file), "is": kind, "problem": "", "note": note} for note in notes]
        except ConfigError as error:
            rows += [{"file": str(file), "is": kind, "problem": problem, "note": ""} for problem in error.problems]
    columns = ["file", "is", "problem", *(["note"] if any(row["note"] for row in rows) else [])]
    show(rows, columns, as_json)
    raise typer.Exit(2 if any(r["problem"] for r in rows) else 0)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    from rig.config import read_toml
    from rig.errors import ConfigError

    table = read_toml(file)
    for kind, key in _KINDS:
        if key in table:
            return kind, table
    if not table:
        raise ConfigError(f"{file}: is empty")
    raise ConfigError(
        f"{file}: is no bench, map, policy, plan or dialect: it has none of positions, registers, tariff, scenarios"
    )


def _checked(kind: str, file: Path, table: dict[str, Any]) -> list[str]:
    """What is worth knowing of a file that is right. ConfigError with every problem of one that is not."""
    from rig.catalogue import thing
    from rig.plan import load_plan
    from rig.policy import load_policy

    if kind == "bench":
        return _bench(table, str(file))
    if kind == "map":
        thing("meters", "modbus").load(file)
    elif kind == "policy":
        load_policy(file)
    elif kind == "plan":
        load_plan(file)
    else:
        thing("dialect_checks", "scpi")(file)
    return []


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
