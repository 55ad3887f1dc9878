"""What a bench file says of an instrument itself: serial number and calibration; kept beside the settings that open it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

KEYS = ("serial", "calibrated_on", "calibration_due")


def _day(given: object) -> object:
    if isinstance(given, str):
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise ValueError("is no day; write it like 2026-08-14") from None
    if isinstance(given, datetime):
        raise ValueError("is a time; a day is enough, like 2026-08-14")
    return given


Day = Annotated[date, BeforeValidator(_day)]


class Certificate(BaseModel):
    """Serial number, the day of the last calibration, and the day when the next is due; each may be left out."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    serial: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    calibrated_on: Day | None = None
    calibration_due: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.calibrated_on and self.calibration_due and self.calibration_due <= self.calibrated_on:
            raise ValueError(f"calibration_due {self.calibration_due} is not after calibrated_on {self.calibrated_on}")
        return self


def divided(table: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """What opens the instrument, and what is said of the instrument itself."""
    own = {key: given for key, given in table.items() if key not in KEYS}
    return own, {key: given for key, given in table.items() if key in KEYS}


def instrument_facts(tables: Mapping[str, Mapping[str, Any] | None]) -> list[dict[str, str]]:
    """What the evidence says of each instrument of which anything is known: `what`, and the keys as text."""
    found = []
    for what, table in tables.items():
        _, said = divided(table or {})
        try:
            known = Certificate.model_validate(said).model_dump(mode="json", exclude_none=True)
        except ValidationError:
            known = {key: str(given) for key, given in said.items()}
        if known:
            found.append({"what": what, **known})
    return found


def calibration_words(facts: Mapping[str, str], day: str) -> str:
    """What is wrong with an instrument's calibration on `day` (ISO), in words; empty when nothing is known to be."""
    name = " ".join(filter(None, (facts["what"], facts.get("serial", ""))))
    due, since = facts.get("calibration_due", ""), facts.get("calibrated_on", "")
    if due and due < day:
        days = (date.fromisoformat(day) - date.fromisoformat(due)).days
        return f"{name}: CALIBRATION EXPIRED: it was due on {due}, {days} {'day' if days == 1 else 'days'} before {day}"
    if since > day:
        return f"{name}: calibrated_on {since} lies after {day}"
    return ""
