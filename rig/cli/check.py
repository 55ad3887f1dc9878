"""`rig check`: bench files, maps, policies, plans and dialects, each whole, every problem at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Files to check; nothing is opened or energised.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Check files without touching a device."""
    from rig.cli.table import show
    from rig.errors import ConfigError

    rows: list[dict[str, object]] = []
    for file in files:
        try:
            kind, table = _read(file)
            rows.append({"file": str(file), "is": kind, "problem": ""})
            _checked(kind, file, table)
        except ConfigError as error:
            rows = [r for r in rows if r["file"] != str(file)]
            rows += [{"file": str(file), "is": "", "problem": problem} for problem in error.problems]
    show(rows, ["file", "is", "problem"], as_json)
    raise typer.Exit(2 if any(r["problem"] for r in rows) else 0)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    """What kind of file it is, by the tables that only such a file has."""
    from rig.config import read_toml
    from rig.errors import ConfigError

    table = read_toml(file)
    for kind, key in (
        ("bench", "positions"), ("map", "registers"), ("policy", "tariff"), ("plan", "scenarios"), ("dialect", "identification"),
    ):  # fmt: skip
        if key in table:
            return kind, table
    if "load" in table or "ac_source" in table:
        return "dialect", table
    raise ConfigError(
        f"{file}: is no bench, map, policy, plan or dialect: it has none of positions, registers, tariff, scenarios"
    )


def _checked(kind: str, file: Path, table: dict[str, Any]) -> None:
    from rig.catalogue import thing
    from rig.config import parse_bench
    from rig.plan import load_plan
    from rig.policy import load_policy

    if kind == "bench":
        check_bench(parse_bench(table, str(file)), str(file))
    elif kind == "map":
        thing("meters", "modbus").load(file)
    elif kind == "policy":
        load_policy(file)
    elif kind == "plan":
        load_plan(file)
    else:
        thing("dialect_checks", "scpi")(file)


def check_bench(bench: Any, where: str) -> None:
    """Every device table of a bench against its opener, and every map. ConfigError with all of it."""
    from rig.catalogue import file_named, opener, thing
    from rig.errors import ConfigError

    problems: list[str] = []
    for position in bench.positions:
        tables = {
            "buses": position.meter.bus,
            "loads": position.load,
            "senses": position.sense,
            "sources": position.source,
        }
        if bench.emulates:
            tables = {}
        for kind, table in tables.items():
            if table is None:
                continue
            path = (
                f"{where}: {position.name} {kind.removesuffix('s').removesuffix('e') if kind == 'buses' else kind[:-1]}"
            )
            try:
                problems += opener(kind, str(table.get("type", ""))).check(table, path)
            except ConfigError as error:
                problems += [f"{path}: type: {p}" for p in error.problems]
        try:
            thing("meters", "modbus").load(file_named("maps", position.meter.map))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
