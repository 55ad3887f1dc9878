"""The scenarios that installed packages bring, without running pytest."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

from rig.catalogue import things
from rig.scenario import Scenario, declared


def shipped() -> list[tuple[Scenario, str]]:
    """Every declared scenario, by id, with the distribution that brings it."""
    found: list[tuple[Scenario, str]] = []
    for package, distribution in things("scenarios").values():
        for module in _modules(package):
            found += [(one, distribution) for value in vars(module).values() if (one := declared(value)) is not None]
    return sorted({one.id: (one, name) for one, name in found}.values(), key=lambda pair: in_turn(pair[0].id))


def shipped_functions() -> dict[str, Callable[..., Any]]:
    """Every declared scenario's function, by id, in the order of ids."""
    found: dict[str, Callable[..., Any]] = {}
    for package, _ in things("scenarios").values():
        for module in _modules(package):
            found |= {one.id: value for value in vars(module).values() if (one := declared(value)) is not None}
    return dict(sorted(found.items(), key=lambda pair: in_turn(pair[0])))


def families() -> list[tuple[str, Scenario]]:
    """Every declared scenario with its family, the folder that it stands in; in the order of ids, families as they come."""
    folders = {id_: function.__module__.split(".")[-2] for id_, function in shipped_functions().items()}
    return [(folders[one.id], one) for one, _ in shipped()]


def in_turn(scenario_id: str) -> tuple[tuple[str, int], ...]:
    """Where an id stands among others: EXH-2 before EXH-10."""
    return tuple((word, int(number or 0)) for word, number in re.findall(r"(\D+)(\d*)", scenario_id))


def _modules(package: ModuleType) -> list[ModuleType]:
    names = [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return [importlib.import_module(name) for name in names if name.rpartition(".")[2].startswith("test_")]
