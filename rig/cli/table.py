"""Tables on standard output: for people with rich, for programs as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text


def show(rows: Sequence[Mapping[str, object]], columns: Sequence[str], as_json: bool, title: str = "") -> None:
    """Print rows; `columns` are keys in order. JSON keeps every key of a row."""
    if as_json:
        print(json.dumps(list(rows), indent=2, ensure_ascii=False, default=str))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(column, "")) for column in columns))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False).print(table if rows else Text("nothing"))


def _cell(value: object) -> Text:
    from rich.text import Text

    colours = {"PASS": "green", "FAIL": "bold red", "ERROR": "bold magenta", "INCONCLUSIVE": "yellow"}
    text = str(value)
    return Text(text, style=colours.get(text, ""))
