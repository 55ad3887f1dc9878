"""`rig list trace`: requirement, scenario, faults caught, policy numbers, source."""

from __future__ import annotations

import json


def show_trace(as_json: bool, markdown: bool) -> None:
    """Print the table: as JSON, as Markdown, or for the terminal."""
    from rig.cli.table import show
    from rig.tracing import as_markdown, rules_in_short, trace

    rows = trace()
    if as_json:
        print(json.dumps([row.as_json() for row in rows], indent=2, ensure_ascii=False))
        return
    if markdown:
        print(as_markdown(rows), end="")
        return
    show(
        [
            {
                "requirement": row.id,
                "scenarios": ", ".join(row.scenarios) or "NONE",
                "faults caught": ", ".join(row.faults),
                "policy numbers": ", ".join(rules_in_short(row.numbers)),
                "source": row.source,
            }
            for row in rows
        ],
        ["requirement", "scenarios", "faults caught", "policy numbers", "source"],
        False,
    )
