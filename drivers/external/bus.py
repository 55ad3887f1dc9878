"""Opens the bus of a meter behind a program; see `drivers.external.line`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from drivers.external.opener import ProgramSettings
from rig.errors import ConfigError
from rig.opener import Opener, Opening

if TYPE_CHECKING:
    from drivers.external.line import ExternalBus


def _map(name: str) -> str:
    from drivers.meters.register_map import load_map

    try:
        load_map(name)
    except ConfigError as error:
        raise ValueError("; ".join(error.problems)) from None
    return name


class ExternalBusSettings(ProgramSettings):
    """`map`: whose items the program speaks of; the same as the meter's own."""

    map: Annotated[str, AfterValidator(_map)] = "reference"


def _open(settings: ExternalBusSettings, opening: Opening) -> ExternalBus:
    def words_only(instant: int, direction: str, line: bytes) -> None:
        if direction == "!":  # what the program says on standard error; its lines may hold a secret, the frames mask it
            opening.log(instant, direction, line)

    from drivers.external.line import ExternalBus
    from drivers.external.meter import ExternalMeter
    from drivers.meters.register_map import load_map

    program = settings.start("meter", Opening(opening.where, opening.clock, words_only))
    try:
        return ExternalBus(load_map(settings.map), ExternalMeter(program), opening.clock, opening.where, opening.log)
    except BaseException:
        program.close()
        raise


open_external_bus = Opener(ExternalBusSettings, _open, instrument=False, about="a meter behind a program of yours")
"""The way to a meter behind a program of yours."""
