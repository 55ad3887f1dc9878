"""A table as TOML text: what the files of the rig hold, and no more (text, whole numbers, yes or no, lists and tables)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def toml_text(table: Mapping[str, Any]) -> str:
    """The table as a TOML document. ValueError for anything that the files of the rig never hold."""
    plain = [f"{_key(key)} = {_in_line(to)}" for key, to in table.items() if not isinstance(to, Mapping)]
    tables = [
        "\n".join([f"\n[{_key(key)}]", *(f"{_key(inner)} = {_in_line(one)}" for inner, one in to.items())])
        for key, to in table.items()
        if isinstance(to, Mapping)
    ]
    return "\n".join([*plain, *tables]) + "\n"


def _in_line(what: object) -> str:
    if isinstance(what, bool):
        return "true" if what else "false"
    if isinstance(what, int):
        return str(what)
    if isinstance(what, str):
        return _quoted(what)
    if isinstance(what, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_in_line(to)}" for key, to in what.items()) + " }"
    if isinstance(what, list | tuple):
        return "[" + ", ".join(map(_in_line, what)) + "]"
    raise ValueError(f"{what!r}: no file of the rig holds such a thing")


def _key(key: object) -> str:
    return _quoted(str(key))


def _quoted(text: str) -> str:
    """As JSON has it; of the characters that TOML wants escaped, JSON leaves one as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
