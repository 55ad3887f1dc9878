"""The relay of known speed that stands in the place of a meter while a bench tests itself, as the bench file describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from rig.catalogue import opener
from rig.clock import SECOND
from rig.errors import ConfigError
from rig.opener import problems, seconds_text

_LONGEST = SECOND


def _least_first(pair: list[int]) -> list[int]:
    if not 0 <= pair[0] <= pair[1] <= _LONGEST:
        raise ValueError("must be [least, most], from 0 to 1 s")
    return pair


Pair = Annotated[
    list[Annotated[int, BeforeValidator(seconds_text)]], Field(min_length=2, max_length=2), AfterValidator(_least_first)
]


class KnownRelay(BaseModel):
    """`operates_s` and `releases_s`: least and most from its coil to its contact, as its maker states them. `contact`: "no" is
    open at rest, "nc" closed. The other keys are those of the output that works its coil, as under `button`."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    type: str
    operates_s: Pair
    releases_s: Pair
    contact: Literal["no", "nc"] = "no"

    @property
    def output(self) -> dict[str, Any]:
        """The table of what works the coil."""
        return {"type": self.type, **(self.model_extra or {})}


def known_relay(table: Mapping[str, Any], path: str) -> KnownRelay:
    """The relay of a table. ConfigError with every problem, each beginning with `path`."""
    wrong: list[str] = []
    found = None
    try:
        found = KnownRelay.model_validate(dict(table))
    except ValidationError as error:
        wrong = problems(error, path)
    if isinstance(kind := table.get("type"), str):
        output = {key: given for key, given in table.items() if key == "type" or key not in KnownRelay.model_fields}
        try:
            wrong += opener("buttons", kind).check(output, path)
        except ConfigError as error:
            wrong += [f"{path}: type: {problem}" for problem in error.problems]
    if wrong or found is None:
        raise ConfigError(wrong)
    return found


def known_relay_problems(table: object, path: str) -> list[str]:
    """What is wrong with the table of a known relay; nothing where there is none."""
    if not isinstance(table, Mapping):
        return []
    try:
        known_relay(table, path)
    except ConfigError as error:
        return error.problems
    return []
