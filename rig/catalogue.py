"""What there is: bench kinds, devices, maps, dialects, policies, plans, scenarios, faults, renderers.

Everything is found through one entry-point group. An entry is named KIND.LABEL; its value is an importable object, or a
package whose *.toml files are the entries. Our own package fills it, and so may a customer's private one.
"""

from __future__ import annotations

import importlib
import importlib.resources
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.resources.abc import Traversable
from pathlib import Path
from types import ModuleType
from typing import Any

from rig.errors import ConfigError
from rig.file_kinds import other_kind
from rig.opener import Opener
from rig.toml_files import read_toml

GROUP = "rig.catalogue"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be listed. `file` for TOML entries, `package` is the distribution that brings it."""

    kind: str
    name: str
    package: str
    file: Traversable


@cache
def _points(kind: str) -> tuple[EntryPoint, ...]:
    return tuple(p for p in entry_points(group=GROUP) if p.name.partition(".")[0] == kind)


def files(kind: str) -> list[Entry]:
    """Every TOML entry of a kind ("policies", "maps", ...), by name."""
    found = []
    for point in _points(kind):
        package = point.dist.name if point.dist else ""
        for file in _toml_files(point):
            found.append(Entry(kind, file.name.removesuffix(".toml"), package, file))
    return sorted(found, key=lambda e: (e.name, e.package))


def _toml_files(point: EntryPoint) -> Iterator[Traversable]:
    module = point.load()
    for file in importlib.resources.files(module).iterdir():
        if file.name.endswith(".toml"):
            yield file


def file_named(kind: str, name: str) -> Traversable | Path:
    """The file of a catalogue entry, or of a path that the user typed. ConfigError says what there is."""
    path = Path(name)
    if name.endswith(".toml") or "/" in name or "\\" in name:
        if path.is_dir():
            raise ConfigError(f"{name}: is a folder, and a file is needed")
        if not path.is_file():
            raise ConfigError(f"{name}: there is no such file")
        return _of_kind(kind, path)
    entries = files(kind)
    for entry in entries:
        if entry.name == name:
            return entry.file
    if path.is_file():
        return _of_kind(kind, path)
    known = ", ".join(entry.name for entry in entries) or "none"
    raise ConfigError(f"{name}: is no entry of {kind} and no file; there are: {known}")


_ONE_OF = {"benches": "bench", "maps": "map", "policies": "policy", "plans": "plan"}


def _of_kind(kind: str, path: Path) -> Path:
    """The path, unless the file is clearly of another kind. What else is wrong with it is left to whoever reads it."""
    try:
        table = read_toml(path)
    except ConfigError:
        return path
    if wrong := other_kind(table, _ONE_OF.get(kind, "")):
        raise ConfigError(f"{path}: {wrong}")
    return path


def thing(kind: str, label: str) -> Any:
    """The importable object of entry KIND.LABEL. ConfigError says what there is."""
    points = _points(kind)
    for point in points:
        if point.name.partition(".")[2] == label:
            return point.load()
    known = ", ".join(sorted(p.name.partition(".")[2] for p in points)) or "none"
    raise ConfigError(f"{label}: there is no {kind.rstrip('s')} of this type; there are: {known}")


def things(kind: str) -> dict[str, tuple[Any, str]]:
    """Every importable object of a kind, with the distribution that brings it, by label."""
    return {p.name.partition(".")[2]: (p.load(), p.dist.name if p.dist else "") for p in _points(kind)}


_FAMILIES = dict.fromkeys(("tcp", "rtu", "rtu_over_tcp"), "modbus")


def opener(kind: str, type_: str) -> Opener:
    """The opener of a device table's `type`: kind "buses" | "loads" | "sources" | "senses"."""
    found = thing(kind, _FAMILIES.get(type_, type_) if kind == "buses" else type_)
    if not isinstance(found, Opener):
        raise ConfigError(f"{kind}.{type_}: the catalogue entry is no opener")
    return found


def scenario_folders() -> list[Path]:
    """Folders with scenarios that packages bring."""
    return [Path(str(module.__file__)).parent for module, _ in _modules("scenarios")]


def _modules(kind: str) -> list[tuple[ModuleType, str]]:
    return [(importlib.import_module(p.value), p.dist.name if p.dist else "") for p in _points(kind)]
