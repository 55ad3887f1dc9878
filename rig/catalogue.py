"""What there is: bench kinds, devices, maps, dialects, policies, plans, scenarios, faults, renderers.

Everything is found through one entry-point group. An entry is named KIND.LABEL; its value is an importable object, or a
package whose *.toml files are the entries. Our own package fills it, and so may a customer's private one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rig.errors import ConfigError
from rig.file_kinds import other_kind
from rig.importing import why_not
from rig.toml_files import read_toml

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from types import ModuleType

    from rig.opener import Opener

GROUP = "rig.catalogue"
S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be listed. `file` for TOML entries, `package` is the distribution that brings it."""

    kind: str
    name: str
    package: str
    file: Traversable


@cache
def _points() -> Mapping[str, tuple[EntryPoint, ...]]:
    """Every entry, by kind. Looking for them reads a file of each installed package, so it is done once."""
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for point in entry_points(group=GROUP):
        kind = point.name.partition(".")[0]
        found[kind] = (*found.get(kind, ()), point)
    return found


def _of(kind: str) -> tuple[EntryPoint, ...]:
    return _points().get(kind, ())


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else ""


def _loaded(point: EntryPoint) -> Any:
    """What an entry names. ConfigError with entry, package, file and reason where its own code cannot be imported."""
    try:
        return point.load()
    except Exception as error:
        who = f"catalogue entry {point.name} of {_package(point) or 'an unknown package'} ({point.value})"
        raise ConfigError(f"{who}: {why_not(error)}") from None


def each(items: Iterable[S], take: Callable[[S], T]) -> list[T]:
    """What is taken of every item. ConfigError with the problems of all: none is passed over in silence."""
    taken: list[T] = []
    problems: list[str] = []
    for item in items:
        try:
            taken.append(take(item))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return taken


def files(kind: str) -> list[Entry]:
    """Every TOML entry of a kind ("policies", "maps", ...), by name. ConfigError for a package that cannot be imported."""
    found = [
        Entry(kind, file.name.removesuffix(".toml"), package, file)
        for package, folder in each(_of(kind), lambda point: (_package(point), _loaded(point)))
        for file in _toml_files(folder)
    ]
    return sorted(found, key=lambda e: (e.name, e.package))


def _toml_files(package: ModuleType) -> Iterator[Traversable]:
    from importlib.resources import files as files_of

    return (file for file in files_of(package).iterdir() if file.name.endswith(".toml"))


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
    named = [entry for entry in entries if entry.name == name]
    if len(named) > 1:
        packages = " and ".join(entry.package for entry in named)
        raise ConfigError(f"{name}: {packages} bring one of {kind} each with this name; name the file that is meant")
    if named:
        return named[0].file
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
    """The importable object of entry KIND.LABEL. ConfigError says what there is, or why it cannot be imported."""
    points = _of(kind)
    named = [point for point in points if point.name.partition(".")[2] == label]
    if named:
        _unambiguous(named)
        return _loaded(named[0])
    known = ", ".join(sorted(p.name.partition(".")[2] for p in points)) or "none"
    raise ConfigError(f"{label}: there is no {kind.rstrip('s')} of this type; there are: {known}")


def things(kind: str) -> dict[str, tuple[Any, str]]:
    """Every importable object of a kind, with the distribution that brings it, by label. ConfigError as in `files`."""
    _unambiguous(_of(kind))
    return dict(each(_of(kind), lambda point: (point.name.partition(".")[2], (_loaded(point), _package(point)))))


def _unambiguous(points: Sequence[EntryPoint]) -> None:
    """ConfigError where two packages bring an entry of one name: neither is left out in silence."""
    packages: dict[str, list[str]] = {}
    for point in points:
        packages.setdefault(point.name, []).append(_package(point))
    twice = {name: found for name, found in packages.items() if len(found) > 1}
    if twice:
        raise ConfigError(
            [f"catalogue entry {name}: {' and '.join(found)} bring it both" for name, found in twice.items()]
        )


_FAMILIES = dict.fromkeys(("tcp", "rtu", "rtu_over_tcp"), "modbus")


def opener(kind: str, type_: str) -> Opener:
    """The opener of a device table's `type`: kind "buses" | "loads" | "sources" | "senses"."""
    from rig.opener import Opener

    found = thing(kind, _FAMILIES.get(type_, type_) if kind == "buses" else type_)
    if not isinstance(found, Opener):
        raise ConfigError(f"{kind}.{type_}: the catalogue entry is no opener")
    return found


def scenario_folders() -> list[Path]:
    """Folders with scenarios that packages bring."""
    return [Path(str(module.__file__)).parent for module, _ in things("scenarios").values()]
