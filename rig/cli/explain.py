"""`rig explain`: what a policy makes of a recharge, sink by sink, in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rig.explaining import Explained
    from rig.policy import Policy


def explain(
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="Name or file of a policy; `rig list policies`.")],
    recharge: Annotated[str, typer.Option(metavar="INR", help="What is paid.")],
    arrears: Annotated[str, typer.Option(metavar="INR", help="Arrears before it.")] = "0",
    balance: Annotated[str, typer.Option(metavar="INR", help="Balance before it; may be negative.")] = "0",
    emergency_used: Annotated[
        str,
        typer.Option("--emergency-used", metavar="INR", help="Emergency credit in use; part of a negative balance."),
    ] = "0",
    missed: Annotated[str, typer.Option(metavar="INR", help="Instalments of the arrears that were missed.")] = "0",
    taken: Annotated[
        list[str] | None,
        typer.Option(metavar="SINK=INR", help="What a sink with a cap per period had in its period: arrears=120.00."),
    ] = None,
    map: Annotated[
        str | None,
        typer.Option(help="As a meter with this map keeps it; amounts are kWh where its wallet holds energy."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print as JSON; amounts in paise, or steps of the wallet.")
    ] = False,
) -> None:
    """Show what a policy makes of a recharge."""
    typed = {
        "recharge": recharge,
        "arrears": arrears,
        "balance": balance,
        "emergency_used": emergency_used,
        "missed": missed,
    }
    read, found = _explained(policy, map, taken or (), typed)
    if as_json:
        print(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        _show(read, found)


def _explained(
    policy: str, map_name: str | None, taken: Sequence[str], typed: Mapping[str, str]
) -> tuple[Policy, Explained]:
    """The policy, and what it makes of the case that was typed. ConfigError with every problem of files and amounts."""
    from rig.errors import ConfigError
    from rig.explaining import Case, explain
    from rig.money import RUPEES

    problems: list[str] = []
    unfit: list[str] = []
    case = read = None
    try:
        read = _policy(policy, map_name)
    except ConfigError as error:
        unfit = error.problems
    try:
        case = Case.typed(taken, read.money if read else RUPEES, **typed)
    except ConfigError as error:
        problems += error.problems
    if case is None or read is None:
        raise ConfigError(problems + unfit)
    return read, explain(read, case)


def _show(read: Policy, found: Explained) -> None:
    from rig.cli.table import show

    print(f"{read.name}: {read.file.title}")
    for sentence in found.sentences():
        print(f"  {sentence}")
    print()
    rows = [
        {"rule": n.path, "says": f"{n.value} {n.unit}".strip(), "source": f"{n.source}, {n.date}", "mark": n.mark}
        for n in found.rules
    ]
    show(rows, ["rule", "says", "source", "mark"], False)


def _policy(name: str, map_name: str | None) -> Policy:
    """The policy as the utility wrote it, or as a meter with this map keeps it. ConfigError with every problem of both."""
    from rig.catalogue import file_named, thing
    from rig.errors import ConfigError
    from rig.policy import load_policy

    problems: list[str] = []
    read = map_ = None
    meters = thing("meters", "modbus")
    try:
        read = load_policy(file_named("policies", name))
    except ConfigError as error:
        problems += error.problems
    try:
        map_ = meters.load(file_named("maps", map_name)) if map_name is not None else None
    except ConfigError as error:
        problems += error.problems
    if read is None or problems:
        raise ConfigError(problems)
    if map_ is None:
        return read
    kept = read.for_wallet(meters.energy_step(map_), str(map_name))
    return kept.for_meter(map_.capabilities, str(map_name), map_.absent)
