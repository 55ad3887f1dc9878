"""Opens the load that a bench file names."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from drivers.loads.scpi_load import ScpiLoad
from drivers.scpi.dialect_files import load_dialect
from drivers.scpi.settings import InstrumentSettings, open_instrument, prepare
from rig.errors import ConfigError
from rig.opener import Opener, Opening, decimal_text


class LoadSettings(InstrumentSettings):
    """`rating_w`: the most that is ever drawn (W). `accuracy_percent`: of its power reading, from its data sheet or certificate."""

    rating_w: int = Field(gt=0, le=100_000)
    accuracy_percent: Annotated[Decimal, BeforeValidator(decimal_text), Field(ge=0, le=100)] | None = None

    @property
    def tells_undervoltage(self) -> bool:
        """Whether the load has a name for a line that is dead."""
        table = load_dialect(self.dialect).load
        if table is None:
            return False
        return "undervoltage" in {*table.protection.bits, *table.protection.words.values()}

    @model_validator(mode="after")
    def _a_load(self) -> Self:
        if load_dialect(self.dialect).load is None:
            raise ValueError(f"the dialect {self.dialect} describes no load")
        return self


def _open(settings: LoadSettings, opening: Opening) -> ScpiLoad:
    instrument, dialect = open_instrument(settings, opening)
    if dialect.load is None:
        raise ConfigError(f"{opening.where}: the dialect {settings.dialect} describes no load")
    return ScpiLoad(instrument, dialect.load, settings.rating_w, settings.accuracy_percent)


open_load = Opener(LoadSettings, _open, prepare, about="an electronic load that speaks SCPI, by a dialect")
