"""`rig list`: what there is, from which package, and whether it was ever tried on hardware."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rig.catalogue import Entry


class What(enum.StrEnum):
    """What can be listed."""

    SCENARIOS = "scenarios"
    POLICIES = "policies"
    MAPS = "maps"
    DIALECTS = "dialects"
    INSTRUMENTS = "instruments"
    FAULTS = "faults"
    PLANS = "plans"
    BENCHES = "benches"
    TRACE = "trace"


def list_(
    what: Annotated[What, typer.Argument(help="What to list.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    matrix: Annotated[
        bool,
        typer.Option("--matrix", help="Maps: on which family of scenarios each can be judged, and why not the rest."),
    ] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Trace: print as a page in Markdown.")] = False,
) -> None:
    """List scenarios, policies, maps, dialects, instruments, faults, plans or benches; or trace requirements to all of these."""
    from rig.cli.table import show
    from rig.cli.trace import show_trace
    from rig.errors import ConfigError

    if markdown and what is not What.TRACE:
        raise ConfigError(f"--markdown: is of trace; {what.value} have no page")
    if what is What.TRACE and not matrix:
        show_trace(as_json, markdown)
        return
    if matrix:
        if what is not What.MAPS:
            raise ConfigError(f"--matrix: is of maps; {what.value} have none")
        _matrix(as_json)
        return
    rows = {What.SCENARIOS: _scenarios, What.FAULTS: _faults, What.INSTRUMENTS: _instruments}.get(
        what, lambda: _files(what)
    )()
    columns = list(dict.fromkeys(key for row in rows for key in row if not isinstance(row[key], list | dict)))
    show(rows, columns, as_json)


def _matrix(as_json: bool) -> None:
    from rig.catalogue import each, files, thing
    from rig.cli.table import show
    from rig.matrix import as_markdown, matrix
    from rig.scenarios import families

    meters = thing("meters", "modbus")
    rows = matrix(dict(each(files("maps"), lambda entry: (entry.name, meters.load(entry.file)))), families())
    if as_json:
        show(rows, list(rows[0]), as_json)
    else:
        print(as_markdown(rows), end="")


def _scenarios() -> list[dict[str, Any]]:
    from rig.scenarios import shipped

    return [
        {
            "id": one.id,
            "title": one.title,
            "needs": ", ".join(sorted(one.needs)),
            "catches": ", ".join(one.catches),
            "wall seconds": one.wall_seconds,
            "package": package,
            "judges": [judgement.name for judgement in one.judges],
            "requirements": list(one.requires),
        }
        for one, package in shipped()
    ]


def _faults() -> list[dict[str, Any]]:
    from rig.catalogue import things

    return [
        {"id": fault.id, "title": fault.title, "where": fault.where, "expected": fault.expected, "package": package}
        for faults, package in things("faults").values()
        for fault in faults.values()
    ]


def _instruments() -> list[dict[str, Any]]:
    """What can stand in a bench file as a device, by table and `type`."""
    from rig.catalogue import things
    from rig.opener import Opener

    tables = {"loads": "load", "sources": "source", "senses": "sense", "buses": "meter.bus", "buttons": "button"}
    return [
        {
            "table": table,
            "type": label,
            "what": opener.about,
            "tried_on_hardware": opener.tried_on_hardware,
            "package": package,
        }
        for kind, table in tables.items()
        for label, (opener, package) in sorted(things(kind).items())
        if isinstance(opener, Opener)
    ]


def _files(what: What) -> list[dict[str, Any]]:
    from rig.catalogue import each, files

    return each(files(what.value), _file)


_TOLD = ("model", "title", "description", "utility", "valid_from", "valid_to", "source", "tried_on_hardware", "kind")


def _file(entry: Entry) -> dict[str, Any]:
    from rig.toml_files import read_toml

    table = read_toml(entry.file)
    row = {"name": entry.name, **{k: table[k] for k in _TOLD if k in table and not isinstance(table[k], dict)}}
    if table.get("from_memory"):
        row["from memory"] = len(table["from_memory"])
    return {**row, "package": entry.package}
