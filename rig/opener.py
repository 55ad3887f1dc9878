"""How a device named in a bench file is checked and opened, without the rig knowing what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rig.clock import Clock, seconds
from rig.contracts import Bus, FrameLog, Load
from rig.errors import ConfigError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails


def decimal_text(given: object) -> object:
    """A decimal number in quotes, as files write them; anything else is left to the type check. ValueError when it is none."""
    if isinstance(given, str):
        try:
            return Decimal(given)
        except ArithmeticError:
            raise ValueError("is not a decimal number") from None
    return given


def seconds_text(given: object) -> int:
    """Decimal seconds in quotes, as files write them, in ns. ValueError when it is none."""
    if isinstance(given, str):
        return seconds(given)
    raise ValueError('is written as decimal seconds in quotes, "1.5"')


def silent(_instant: int, _direction: str, _frame: bytes) -> None:
    """A frame log that keeps nothing."""


def _forgotten(_words: str) -> None:
    """A note that nobody keeps."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What an opener is given besides its own settings. `where` names the device in messages: "P03 load"."""

    where: str
    clock: Clock
    log: FrameLog = silent
    load: Load | None = None
    """The load of the same position, for a sense channel that reads it."""
    bus: Bus | None = None
    """An open bus with the address in this device's `bus` table, when others talk on it too; it is not to be closed."""
    note: Callable[[str], None] = _forgotten
    """Takes what a person should find in the evidence of the bench: what somebody did by hand."""


def _nothing_to_prepare() -> None:
    """Opening needs nothing that takes long."""


def _nothing_missing() -> str:
    """Opening needs nothing but the device."""
    return ""


@dataclass(frozen=True, slots=True)
class Opener:
    """An entry of the catalogue that opens one kind of device from its table in a bench file.

    `model` is a strict pydantic model that forbids unknown keys; `open` gets a validated instance of it. `prepare` does
    beforehand what takes long and touches no device, so that whoever has to open one in an emergency opens it at once.
    """

    model: type[BaseModel]
    open: Callable[[Any, Opening], Any]
    prepare: Callable[[], None] = _nothing_to_prepare
    missing: Callable[[], str] = _nothing_missing
    """Why such a device cannot be opened from here, whatever the file says (nobody at a terminal); empty when it can."""
    instrument: bool = True
    """True for what can have a serial number and a calibration, see `rig.certificate`; they are not part of `model`."""
    about: str = ""
    """What it opens, in a line, for `rig list instruments`."""
    tried_on_hardware: bool = False
    """True once it was seen to work on a real device; where a file describes the device, that file says so."""

    def check(self, settings: Mapping[str, object], where: str) -> list[str]:
        """Every problem of these settings, each beginning with `where` and the key path; opens nothing."""
        from pydantic import ValidationError

        from rig.certificate import Certificate

        own, said = self._divided(settings)
        found = []
        for model, table in ((self.model, own), (Certificate, said)):
            try:
                model.model_validate(table)
            except ValidationError as error:
                found += problems(error, where)
        return found

    def _divided(self, settings: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
        from rig.certificate import divided

        return divided(settings) if self.instrument else (dict(settings), {})

    def __call__(self, settings: Mapping[str, object], opening: Opening) -> Any:
        """Validate and open. Raises ConfigError with every problem, or what the device raises."""
        if found := self.check(settings, opening.where):
            raise ConfigError(found)
        return self.open(self.model.model_validate(self._divided(settings)[0]), opening)


_WORDS = (
    ("Value error, ", ""),
    ("Input should be a valid ", "must be a "),
    ("Input should be ", "must be "),
    ("must be a integer", "must be a whole number"),
    ("must be a boolean", "must be true or false, without quotes"),
    ("must be a string", "must be text in quotes"),
    ("must be a dictionary or instance of", "must be a table of"),
    ("must be a dictionary", "must be a table"),
    (
        "String should match pattern '^[A-Za-z0-9][A-Za-z0-9_.-]*$'",
        "must be letters, digits, dots, dashes and underlines",
    ),
    ("List should have at least 1 item after validation, not 0", "must not be empty"),
    ("String should have at least 1 character", "must not be empty"),
)


def _plainly(message: str) -> str:
    """What pydantic says, in the words of somebody who writes TOML."""
    for theirs, ours in _WORDS:
        message = message.replace(theirs, ours)
    return message


def _as_text(one: ErrorDetails) -> str:
    """For a number where a decimal number is wanted as text: floats are not exact."""
    given = one.get("input")
    if one["type"] != "is_instance_of" or one.get("ctx", {}).get("class") != "Decimal":
        return ""
    shown = f'"{given}"' if isinstance(given, int | float) and not isinstance(given, bool) else 'such as "0.2"'
    return f"write it as text, {shown}"


def problems(error: ValidationError, where: str, of_keys: bool = False) -> list[str]:
    """One line a problem: `where`, key path, what was wrong, and what was given when that helps.

    `of_keys`: only what is wrong with a key; what is said of the table as a whole is left to the caller.
    """
    lines = []
    for one in error.errors(include_url=False):
        if of_keys and not one["loc"]:
            continue
        path = ".".join(str(part) for part in one["loc"])
        given = one.get("input")
        plain = isinstance(given, str | int | float | bool) and "secrets" not in one["loc"]
        shown = f" (given: {given!r})" if plain else ""
        message = {"missing": "is missing", "extra_forbidden": "is not a known key"}.get(one["type"], one["msg"])
        message = _as_text(one) or _plainly(message)
        lines.append(f"{where}: {path}: {message}{shown}" if path else f"{where}: {message}{shown}")
    return lines
