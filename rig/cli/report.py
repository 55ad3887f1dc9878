"""`rig report`: the same pages again, from the evidence alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Judge a run's evidence again and render its report."""
    from rig.catalogue import thing
    from rig.cli.running import summary
    from rig.judged import judged_run

    thing("renderers", "html")(folder)
    result = judged_run(folder)
    summary(result, as_json)
    raise typer.Exit(result.exit_code)
