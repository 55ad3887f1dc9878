"""`rig explain`: what a policy makes of a recharge, sink by sink, in words."""

from __future__ import annotations

import json
from typing import Annotated

import typer


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
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON; amounts in paise.")] = False,
) -> None:
    """Show what a policy makes of a recharge."""
    from rig.catalogue import file_named
    from rig.cli.table import show
    from rig.errors import ConfigError
    from rig.explaining import Case
    from rig.explaining import explain as explained
    from rig.policy import load_policy

    problems: list[str] = []
    case = read = None
    try:
        case = Case.typed(
            taken or (),
            recharge=recharge,
            arrears=arrears,
            balance=balance,
            emergency_used=emergency_used,
            missed=missed,
        )
    except ConfigError as error:
        problems += error.problems
    try:
        read = load_policy(file_named("policies", policy))
    except ConfigError as error:
        problems += error.problems
    if case is None or read is None:
        raise ConfigError(problems)
    found = explained(read, case)
    if as_json:
        print(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
        return
    print(f"{read.name}: {read.file.title}")
    for sentence in found.sentences():
        print(f"  {sentence}")
    print()
    rows = [
        {"rule": n.path, "says": f"{n.value} {n.unit}".strip(), "source": f"{n.source}, {n.date}", "mark": n.mark}
        for n in found.rules
    ]
    show(rows, ["rule", "says", "source", "mark"], False)
