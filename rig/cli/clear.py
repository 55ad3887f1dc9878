"""`rig clear`: a person has looked at a blocked position and says why it may be used again."""

from __future__ import annotations

from typing import Annotated

import typer


def clear(
    position: Annotated[str, typer.Argument(help="Position that is blocked.")],
    reason: Annotated[str, typer.Option(help="What was found and done.")],
    bench: Annotated[str, typer.Option(help="Name of the bench, or its file.")],
) -> None:
    """Clear a position that a failed restore has blocked."""
    from rig import blocked
    from rig.catalogue import file_named
    from rig.config import load_bench
    from rig.errors import ConfigError

    if not reason.strip():
        raise ConfigError("--reason: say what was found and done")
    name = load_bench(file_named("benches", bench)).name if bench.endswith(".toml") else bench
    why = blocked.clear(name, position, reason)
    print(f"{name} {position}: cleared; it was blocked because {why}")
