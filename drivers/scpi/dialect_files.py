"""Where dialect files are found: by path, or by name in every installed package that brings some."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from drivers.scpi.dialect import Dialect
from rig.errors import ConfigError
from rig.opener import problems


def load_dialect(named: str | Path | Traversable) -> Dialect:
    """Read and check a dialect: a name of the catalogue ("generic"), a path that ends in .toml, or a file of a package.

    Raises:
        ConfigError: no such dialect, or everything that is wrong with it, each with file and key path.
    """
    return _by_name(named) if isinstance(named, str) and not named.endswith(".toml") else _read(named)


@functools.cache
def _by_name(name: str) -> Dialect:
    known = dict(_known())
    if name not in known:
        raise ConfigError(f"{name}: is no dialect and no .toml file; there are: {', '.join(sorted(known)) or 'none'}")
    return _read(known[name])


def _known() -> Iterator[tuple[str, Traversable]]:
    for point in entry_points(group="rig.catalogue"):
        if point.name.partition(".")[0] == "dialects":
            for file in importlib.resources.files(_package(point)).iterdir():
                if file.name.endswith(".toml"):
                    yield file.name.removesuffix(".toml"), file


def _package(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise ConfigError(f"catalogue entry {point.name} ({point.value}): cannot be imported: {why}") from None


def _read(file: str | Path | Traversable) -> Dialect:
    opened = Path(file) if isinstance(file, str) else file
    try:
        table = tomllib.loads(opened.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is no TOML: {error}") from error
    try:
        return Dialect.model_validate(table)
    except ValidationError as error:
        raise ConfigError(problems(error, str(file))) from error
