"""Opens the AC source that a bench file names."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from drivers.scpi.dialect_files import load_dialect
from drivers.scpi.settings import InstrumentSettings, open_instrument, prepare
from drivers.sources.scpi_source import ScpiSource
from rig.errors import ConfigError
from rig.opener import Opener, Opening


class SourceSettings(InstrumentSettings):
    """`most_volts`: never exceeded (V rms)."""

    most_volts: int = Field(gt=0, le=480)

    @model_validator(mode="after")
    def _a_source(self) -> Self:
        if load_dialect(self.dialect).ac_source is None:
            raise ValueError(f"the dialect {self.dialect} describes no AC source")
        return self


def _open(settings: SourceSettings, opening: Opening) -> ScpiSource:
    instrument, dialect = open_instrument(settings, opening)
    if dialect.ac_source is None:
        raise ConfigError(f"{opening.where}: the dialect {settings.dialect} describes no AC source")
    return ScpiSource(instrument, dialect.ac_source, settings.most_volts)


open_source = Opener(SourceSettings, _open, prepare, about="an AC source that speaks SCPI, by a dialect")
