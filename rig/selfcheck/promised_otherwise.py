"""A register map that is as another one, and promises something else."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rig.catalogue import file_named
from rig.choices import Choices, bench_of
from rig.errors import ConfigError
from rig.toml_files import read_toml
from rig.variety.toml_text import toml_text


def map_promising(name: str, promises: Mapping[str, str], folder: Path) -> Path:
    """The path in `folder` of a copy of a map (the one of the bench in virtual time when empty) with these promises.

    Each promise is a key of the map's table with its value as TOML text. ConfigError when a text is none.
    """
    table = read_toml(file_named("maps", name or bench_of(Choices()).positions[0].meter.map))
    table = {**table, "promises": {**table.get("promises", {}), **{k: _value(k, text) for k, text in promises.items()}}}
    text = toml_text(table)
    path = folder / f"map-{hashlib.sha256(text.encode()).hexdigest()[:12]}.toml"
    if not path.exists():
        path.write_text(text, encoding="utf-8")
    return path


def _value(key: str, text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"promises.{key} = {text}: is no TOML: {error}") from None
