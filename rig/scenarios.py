"""The scenarios that installed packages bring, without running pytest. What cannot be imported is never left out in silence."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from rig.catalogue import things
from rig.errors import ConfigError
from rig.importing import why_not
from rig.scenario import Scenario, declared

Function = Callable[..., Any]


def shipped() -> list[tuple[Scenario, str]]:
    """Every declared scenario, by id, with the distribution that brings it. ConfigError as in `shipped_functions`."""
    return [(one, package) for one, _, package in _all()]


def shipped_functions() -> dict[str, Function]:
    """Every declared scenario's function, by id, in the order of ids.

    Raises:
        ConfigError: a package or module that cannot be imported, an id that two functions claim; every one at once.
    """
    return {one.id: function for one, function, _ in _all()}


def families() -> list[tuple[str, Scenario]]:
    """Every declared scenario with its family, the folder that it stands in; in the order of ids, families as they come."""
    return [(function.__module__.split(".")[-2], one) for one, function, _ in _all()]


def in_turn(scenario_id: str) -> tuple[tuple[str, int], ...]:
    """Where an id stands among others: EXH-2 before EXH-10."""
    return tuple((word, int(number or 0)) for word, number in re.findall(r"(\D+)(\d*)", scenario_id))


def _all() -> list[tuple[Scenario, Function, str]]:
    found: dict[str, tuple[Scenario, Function, str]] = {}
    problems: list[str] = []
    for package, distribution in things("scenarios").values():
        for file, name in _files(package):
            try:
                module = importlib.import_module(name)
            except Exception as error:
                problems.append(f"{file}: {why_not(error)}")
                continue
            for one, function in _declared_in(module):
                known = found.setdefault(one.id, (one, function, distribution))
                if known[1] is not function:
                    problems.append(f"{file}: scenario {one.id}: {known[1].__module__} has one of this id too")
    if problems:
        raise ConfigError(problems)
    return sorted(found.values(), key=lambda found: in_turn(found[0].id))


def _declared_in(module: ModuleType) -> Iterator[tuple[Scenario, Function]]:
    yield from ((one, value) for value in vars(module).values() if (one := declared(value)) is not None)


def _files(package: ModuleType) -> Iterator[tuple[Path, str]]:
    """The files that pytest would collect, and their modules: a folder counts whether or not it says that it is a package."""
    for folder in map(Path, package.__path__):
        for file in sorted(folder.rglob("test_*.py")):
            inside = file.relative_to(folder).with_suffix("").parts
            yield file, ".".join((package.__name__, *inside))
