"""What a named fault is: where it lives, what it changes there, and which word a good rig must say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from drivers.emulated.circuit import Circuit
from drivers.modbus.unit import Unit

BusFault = Callable[[Unit, frozenset[tuple[str, int]]], Unit]
"""(unit, where its map keeps two-word numbers, as (table, address of the first word)) -> the unit with the fault."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What has to be so for a fault to show at all. Names are those of the catalogue; what is left out is as shipped.

    `policy` and `map` name files. `promises` are keys of the map's table of that name, each with its value as TOML text,
    which take the place of what the map says there. `meter` are fields of `MeterSettings`, as a bench file may set them.
    """

    policy: str = ""
    map: str = ""
    promises: Mapping[str, str] = field(default_factory=dict)
    meter: Mapping[str, str | int | bool | list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run on a meter with the fault must end: `word`, in each scenario of `by`, for the reason named there.

    `by` maps the id of a scenario to the judgement, or the kind of finding, that is the reason. A fault that the rig has
    to bear ends in PASS, and in INCONCLUSIVE or ERROR where it takes away what a verdict needs; `counted` is then what
    the evidence of the scenario must count at least once.
    """

    word: Literal["FAIL", "ERROR", "INCONCLUSIVE", "PASS"]
    by: Mapping[str, str]
    counted: str = ""


def fails(scenario: str, reason: str) -> Ending:
    """The end of a fault that breaks a promise: a FAIL of this scenario, for this judgement or kind of finding."""
    return Ending("FAIL", {scenario: reason})


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by its id in the list of faults. `where` is the place it lives in; `expected` what a good rig sees.

    `rooms` are subclasses of parts of the firmware that take their places; `plant` changes the copper; `bus` wraps the
    unit that answers on the line; `parts` are subclasses of the bench's own devices (load, source, sense, machine) that
    take their places, see `drivers.emulated.parts`. `ends_in` is the word that it must end in, `needs` what it takes to show.
    """

    id: str
    title: str
    where: str
    expected: str
    rooms: tuple[type[Any], ...] = ()
    plant: Callable[[Circuit], None] | None = None
    bus: BusFault | None = None
    parts: tuple[type[Any], ...] = ()
    ends_in: Ending | None = None
    needs: Setting = Setting()
