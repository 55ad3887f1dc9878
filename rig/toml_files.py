"""A TOML file as it is, before anybody says what may stand in it. Needs nothing but the standard library, so lists start soon."""

from __future__ import annotations

import tomllib
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from rig.errors import ConfigError


def read_toml(file: Traversable | Path) -> dict[str, Any]:
    """A TOML file as it is. ConfigError when it cannot be read or is no TOML, with the line."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8 text (byte {error.start}); is it the right file?") from None
