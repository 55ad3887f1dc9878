"""`rig emulate`: an emulated bench for anybody's client, on sockets and ptys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def emulate(
    bench: Annotated[str, typer.Option(help="Bench file with an `emulated` table, or sim/loopback.")] = "loopback",
    map: Annotated[str | None, typer.Option(help="Register map name or file.")] = None,
    policy: Annotated[str | None, typer.Option(help="Policy that the meters' prices come from.")] = None,
    fault: Annotated[list[str], typer.Option("--fault", help="Fault; may be repeated.")] = [],  # noqa: B006
    meters: Annotated[int | None, typer.Option(min=1, max=200, help="How many meters.")] = None,
    seed: Annotated[str, typer.Option(help="Seed of everything random.")] = "0",
    serve: Annotated[str, typer.Option(help="tcp, rtu, rtu_over_tcp, both (tcp and rtu) or all.")] = "both",
    baud: Annotated[int, typer.Option(help="Baud of the ptys.")] = 9600,
    ready_file: Annotated[Path | None, typer.Option(help="Write the addresses here as JSON, by position.")] = None,
) -> None:
    """Serve emulated meters, loads, sources and sense inputs until SIGTERM or Ctrl-C."""
    from rig.catalogue import thing
    from rig.choices import Choices, setup_of
    from rig.errors import ConfigError
    from rig.workplace import emulated_settings

    setup = setup_of(Choices(bench=bench, policy=policy, map=map, faults=tuple(fault), seed=seed, drives=False))
    if not setup.bench.emulates:
        raise ConfigError(f"{setup.bench.name}: emulates nothing; a bench of kind loopback or sim does")
    settings = emulated_settings(setup)
    settings.update({"serve": serve, "baud": baud})
    if meters is not None:
        settings.pop("positions", None)
        settings["meters"] = meters
    raise typer.Exit(thing("servers", "emulated")(settings, ready_file))
