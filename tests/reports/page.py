"""Reads a report as a browser would before its script ran: the rows that pytest-html keeps as data, and the text around."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any


@dataclass
class Markup(HTMLParser):
    """Tags with their attributes, and all text, of a piece of HTML."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def parsed(html: str) -> Markup:
    markup = Markup()
    markup.feed(html)
    return markup


@dataclass(frozen=True)
class Row:
    """A row of the results table: its cells by column, pytest-html's own result, and what opens under it."""

    nodeid: str
    cells: dict[str, str]
    under: Markup

    @property
    def verdict(self) -> str:
        return self.cells["verdict"]


@dataclass(frozen=True)
class Report:
    markup: Markup
    rows: dict[str, Row]
    title: str


def read_page(path: Path) -> Report:
    markup = parsed(path.read_text(encoding="utf-8"))
    blob = next(a["data-jsonblob"] for tag, a in markup.tags if tag == "div" and a.get("data-jsonblob"))
    data = json.loads(blob or "")
    return Report(markup, {n: _row(n, tests) for n, tests in data["tests"].items()}, data["title"])


def _row(nodeid: str, tests: list[dict[str, Any]]) -> Row:
    (test,) = tests
    cells = {}
    for html in test["resultsTableRow"]:
        cell = parsed(html)
        cells[str(cell.tags[0][1]["class"]).split()[0].removeprefix("col-")] = cell.text
    return Row(nodeid, cells, parsed("".join(extra["content"] for extra in test["extras"])))
