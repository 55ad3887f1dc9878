"""Tables on standard output: for people with rich, for programs as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text


def show(rows: Sequence[Mapping[str, object]], columns: Sequence[str], as_json: bool) -> None:
    """Print rows; `columns` are keys in order. JSON keeps every key of a row; piped, a row is a line."""
    if as_json:
        print(json.dumps(list(rows), indent=2, ensure_ascii=False, default=str))
    elif sys.stdout.isatty():
        _drawn(rows, columns)
    else:
        _piped(rows, columns)


def _piped(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """For programs that read lines, and for logs: no colours and nothing folded. Without rich, which takes a while to load."""
    if not rows:
        print("nothing")
        return
    cells = [list(columns), *([" ".join(_shown(row, c).split()) for c in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _drawn(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """For people, as wide as their terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(_shown(row, column)) for column in columns))
    Console(highlight=False).print(table if rows else Text("nothing"))


def _shown(row: Mapping[str, object], column: str) -> str:
    return str(row.get(column, ""))


def _cell(text: str) -> Text:
    from rich.text import Text

    colours = {"PASS": "green", "FAIL": "bold red", "ERROR": "bold magenta", "INCONCLUSIVE": "yellow"}
    return Text(text, style=colours.get(text, ""))
