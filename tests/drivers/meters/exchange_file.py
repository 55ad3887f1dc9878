"""Reads the files of exchanges that were written out by hand."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from typing import NamedTuple

from rig.contracts import Value


class Exchange(NamedTuple):
    """One line of the file."""

    line: int
    writes: bool
    values: dict[str, Value]
    request: bytes
    answer: bytes


def exchanges(name: str) -> list[Exchange]:
    """All exchanges of one map."""
    text = (files("drivers.meters") / "exchanges" / f"{name}.txt").read_text(encoding="utf-8")
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        what, request, answer = line.split("|")
        verb, _, assignments = what.strip().partition(" ")
        assert verb in ("read", "write"), line
        pairs = [one.split("=") for one in assignments.split(",")]
        values = {item.strip(): _value(text.strip()) for item, text in pairs}
        found.append(Exchange(number, verb == "write", values, bytes.fromhex(request), bytes.fromhex(answer)))
    return found


def _value(text: str) -> Value:
    if text.startswith('"'):
        return text.strip('"')
    if text in ("true", "false", "never"):
        return {"true": True, "false": False, "never": None}[text]
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", text):
        return datetime.fromisoformat(text)
    return Decimal(text) if "." in text else int(text)
