"""Problems of a map file's form, in words, and what is left of the file without them, so that nothing hides behind another."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from drivers.meters.map_model import Command, EventField, MapFile, Register, ResultCodes

Problem = tuple[str, str]
"""Key path, and what is wrong there with what to do."""

_NEEDED: dict[str, object] = {"format": 1, "model": "unnamed", "wallet_location": "meter", "registers": {}}
_TABLES: Mapping[str, type[BaseModel]] = {
    "registers": Register,
    "events.fields": EventField,
    "recharge.result": ResultCodes,
    "recharge.commit": Command,
}


def validated(table: Mapping[str, object]) -> tuple[MapFile, frozenset[str], list[Problem]]:
    """The file as far as its form is right, the key paths that had to be left out, and the problems of form."""
    left = dict(table)
    broken: set[str] = set()
    problems: list[Problem] = []
    while True:
        try:
            return MapFile.model_validate(left), frozenset(broken), problems
        except ValidationError as error:
            details = error.errors(include_url=False)
        if not broken:
            left = deepcopy(left)
            problems += _in_words(details, table)
        for path in sorted(
            {_place(detail, left) for detail in details}, key=lambda path: (str(path[0]), path[1:]), reverse=True
        ):
            broken.add(".".join(str(part) for part in path))
            _leave_out(left, path)


def _in_words(details: Sequence[ErrorDetails], table: Mapping[str, object]) -> list[Problem]:
    """One problem a key path; where a key may be one of two kinds, both complaints stand in it."""
    found: dict[str, list[str]] = {}
    for detail in details:
        path = ".".join(str(part) for part in _walked(detail, table))
        texts = found.setdefault(path, [])
        if (text := _words(detail, path)) not in texts:
            texts.append(text)
    return [(path, ", or ".join(texts)) for path, texts in found.items()]


def _words(detail: ErrorDetails, path: str) -> str:
    if detail["type"] == "extra_forbidden":
        return "is not a known key; " + _suggestion(path)
    if detail["type"] == "missing":
        return "is missing; add it"
    given = detail.get("input")
    if detail["type"] == "string_type" and isinstance(given, int | float) and not isinstance(given, bool):
        return f'write it as text, "{given}"'
    text = detail["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    return f"{text} (given: {given!r})" if isinstance(given, str | int | float | bool) else text


def _suggestion(path: str) -> str:
    parts = [part for part in path.split(".") if not part.isdecimal()]
    known = sorted(_known_keys(parts))
    near = difflib.get_close_matches(parts[-1], known, 1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def _known_keys(parts: Sequence[str]) -> list[str]:
    model: type[BaseModel] = MapFile
    if len(parts) > 1:
        model = _TABLES.get(parts[0]) or _TABLES.get(".".join(parts[:2]), Command)
        if len(parts) == 2 and parts[0] != "registers":
            annotation = MapFile.model_fields[parts[0]].annotation
            model = next((one for one in _models(annotation)), Command)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part)]


def _walked(detail: ErrorDetails, table: object) -> list[str | int]:
    """The key path without pydantic's own marks for the branches of a choice."""
    path: list[str | int] = []
    here = table
    for place, part in enumerate(detail["loc"]):
        inside = part in here if isinstance(here, dict) else isinstance(here, list) and part in range(len(here))
        if inside:
            here = here[part]  # type: ignore[index]
        elif not (detail["type"] == "missing" and place == len(detail["loc"]) - 1):
            continue
        path.append(part)
    return path


def _place(detail: ErrorDetails, table: Mapping[str, object]) -> tuple[str | int, ...]:
    """What is left out for this problem: one register, one entry of a list, else the whole key."""
    first = detail["loc"][0]
    if len(detail["loc"]) > 1 and isinstance(table.get(str(first)), list):
        return (first, detail["loc"][1])
    if first == "registers" and len(detail["loc"]) > 1 and isinstance(table.get("registers"), dict):
        return (first, detail["loc"][1])
    return (first,)


def _leave_out(table: dict[str, Any], path: tuple[str | int, ...]) -> None:
    if len(path) == 2:
        del table[str(path[0])][path[1]]
    elif path[0] in _NEEDED:
        table[str(path[0])] = _NEEDED[str(path[0])]
    else:
        del table[str(path[0])]
