"""`rig run`: check everything, run the positions, judge from the evidence, render, and say it in one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Names = Annotated[list[str], typer.Option("--fault", help="Fault of the emulated bench; may be repeated.")]


def run(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Scenario files or folders (default: the shipped ones).")
    ] = None,
    bench: Annotated[str, typer.Option(help="sim, loopback, or a bench file.")] = "sim",
    policy: Annotated[str | None, typer.Option(help="Policy name or file (default: the plan's).")] = None,
    map: Annotated[str | None, typer.Option(help="Register map name or file (default: the bench's).")] = None,
    plan: Annotated[str | None, typer.Option(help="Plan name or file.")] = None,
    fault: Names = [],  # noqa: B006 - typer reads the default
    k: Annotated[str, typer.Option("-k", help="Run only what matches; narrows a plan.")] = "",
    out: Annotated[str | None, typer.Option(help="Folder for evidence and report.")] = None,
    seed: Annotated[str, typer.Option(help="Seed of everything random.")] = "0",
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Run scenarios on a bench and write evidence and report."""
    from rig.choices import Choices, out_problems, setup_of
    from rig.cli.running import Running, path_problems

    choices = Choices(
        bench=bench, policy=policy, map=map, plan=plan, faults=tuple(fault), out=out, seed=seed, narrowed=bool(k)
    )
    setup = setup_of(choices, [*path_problems(paths or []), *out_problems(out)])
    raise typer.Exit(Running(setup, choices, paths or [], k).run(as_json))
