"""What stands in the tables of a policy: amounts, times of day, sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Protocol

from pydantic import BeforeValidator, Field

from rig.config import Strict
from rig.money import in_rupees, rupees
from rig.policies.week import MINUTES_A_DAY

Finding = tuple[str, str]
"""Key path, and what is wrong there."""

Stated = tuple[str, str, str]
"""Key path of a number or rule, what it says, and its unit."""


class States(Protocol):
    """A table that can say what stands in it, and what of it cannot be true together. Paths are relative to the table."""

    def findings(self) -> Iterator[Finding]:
        """Every contradiction."""

    def stated(self) -> Iterator[Stated]:
        """Every number and rule."""


def _paise(given: object) -> object:
    if not isinstance(given, str):
        raise ValueError('is an amount in rupees as text, like "12.50"')
    try:
        return rupees(given)
    except ValueError:
        raise ValueError("is no amount in rupees with at most two decimals") from None


Rupees = Annotated[int, BeforeValidator(_paise), Field(ge=0)]
"""Rupees as text in the file, whole paise once read."""


def _minute(given: object) -> object:
    if not isinstance(given, str):
        raise ValueError('is a time of day as text, like "18:00"')
    hour, colon, minute = given.partition(":")
    if colon and len(hour) == len(minute) == 2 and (hour + minute).isdigit() and int(minute) < 60:
        return int(hour) * 60 + int(minute)
    raise ValueError('is no time of day from "00:00" to "24:00"')


Minute = Annotated[int, BeforeValidator(_minute), Field(ge=0, le=MINUTES_A_DAY)]
"""A time of day as text in the file, minutes since midnight once read; "24:00" is the end of the day."""


def o_clock(minute: int) -> str:
    """A time of day for people: "18:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def inr(paise: int) -> str:
    """Whole paise as rupees, for a stated number: "12.50"."""
    return in_rupees(paise)


class Source(Strict):
    """Where a number or a rule was read: in words, with its date, and a mark when it is weak ("GK": from memory).

    `otherwise` keeps what another source says, where sources disagree.
    """

    source: str = Field(min_length=1)
    date: str = Field(min_length=4, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    mark: str = ""
    otherwise: str = ""


class TimeWindow(Strict):
    """A part of every day, from `begins` up to `ends`; it runs over midnight where `ends` is the earlier."""

    begins: Minute
    ends: Minute

    def findings(self) -> Iterator[Finding]:
        """A window of no length is none, and the whole day has no end."""
        if self.begins == self.ends or self.begins == MINUTES_A_DAY:
            yield "begins", f"{o_clock(self.begins)} to {o_clock(self.ends)} is no part of a day"

    def holds(self, minute: int) -> bool:
        """True when this minute of the day lies in it."""
        if self.begins < self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends

    def __str__(self) -> str:
        return f"{o_clock(self.begins)} to {o_clock(self.ends)}"
