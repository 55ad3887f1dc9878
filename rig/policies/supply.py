"""When supply may be cut and when not: protected time, emergency credit, notices, overload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from rig.config import DecimalText, Strict
from rig.policies.values import Finding, Rupees, Stated, TimeWindow, inr
from rig.policies.week import MINUTES_A_DAY, WEEKDAYS

UNBOUNDED = 2**31 - 1
"""More emergency credit (paise) than a register holds."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Overload(Strict):
    """Whether the meter may open the relay because of too much load."""

    allowed: bool


class Holiday(Strict):
    """A day of one year on which supply is not cut."""

    on: date
    name: str = Field(min_length=1)


class NoCut(Strict):
    """Protected time: a cut for want of credit that falls into it is made when it ends. Times are the meter's clock's."""

    daily: list[TimeWindow] = Field(default=[])
    weekdays: list[Weekday] = Field(default=[])
    second_saturday: bool = False
    holidays: list[Holiday] = Field(default=[])

    def findings(self) -> Iterator[Finding]:
        """What in it cannot be true together: time that never ends, days named twice."""
        for number, window in enumerate(self.daily):
            yield from ((f"daily.{number}.{key}", text) for key, text in window.findings())
        if len(set(self.weekdays)) < len(self.weekdays):
            yield "weekdays", "names a day twice"
        if len(set(self.weekdays)) == len(WEEKDAYS):
            yield "weekdays", "protects every day: supply is never cut; set payment_mode postpaid"
        if "saturday" in self.weekdays and self.second_saturday:
            yield "second_saturday", "means nothing where every Saturday is protected"
        if len({day.on for day in self.holidays}) < len(self.holidays):
            yield "holidays", "names a day twice"
        if all(any(window.holds(minute) for window in self.daily) for minute in range(MINUTES_A_DAY)):
            yield "daily", "protects the whole day: supply is never cut; set payment_mode postpaid"

    def stated(self) -> Iterator[Stated]:
        """Every rule of it."""
        for number, window in enumerate(self.daily):
            yield f"daily.{number}", str(window), ""
        if self.weekdays:
            yield "weekdays", ", ".join(self.weekdays), ""
        if self.second_saturday:
            yield "second_saturday", "yes", ""
        for day in self.holidays:
            yield f"holidays.{day.on}", day.name, ""

    @property
    def empty(self) -> bool:
        """True when no time is protected."""
        return not (self.daily or self.weekdays or self.second_saturday or self.holidays)


class EmergencyCredit(Strict):
    """Credit that is lent when the balance is used up: `amount`, or by consumer category, of which one is told.

    Without either it is bounded by `days` alone. Granted by itself or at the meter's button; lasts until it is used up, and no
    longer than `days`. `once`: lent again only when all of it was repaid; otherwise what was repaid can be drawn again. It is
    repaid where the sink `emergency_credit` stands in the order.
    """

    amount: Rupees | None = None
    category: str | None = None
    by_category: dict[str, Rupees] = Field(default={})
    granted: Literal["automatic", "button"]
    days: Annotated[int, Field(gt=0, le=365)] | None = None
    once: bool = True

    def findings(self) -> Iterator[Finding]:
        """What in it cannot be true together."""
        if self.amount is not None and self.by_category:
            yield "amount", "and by_category both say how much; give one of them"
        if self.amount is None and not self.by_category and self.days is None:
            yield "amount", "is missing: emergency credit without an amount and without days has no end"
        if bool(self.by_category) != (self.category is not None):
            yield "category", "belongs to by_category; give both or neither"
        elif self.category is not None and self.category not in self.by_category:
            yield "category", f"{self.category} is none of {', '.join(sorted(self.by_category))}"

    def stated(self) -> Iterator[Stated]:
        """Every number and rule of it."""
        if self.amount is not None:
            yield "amount", inr(self.amount), "INR"
        for category, paise in self.by_category.items():
            told = " (told here)" if category == self.category else ""
            yield f"by_category.{category}", inr(paise), f"INR{told}"
        yield "granted", "by itself" if self.granted == "automatic" else "at the button", ""
        if self.days is not None:
            yield "days", str(self.days), "days"
        yield "once", "once until repaid" if self.once else "again at every recharge", ""

    @property
    def paise(self) -> int:
        """What is lent (paise); UNBOUNDED where only the days bound it."""
        if self.category is not None:
            return self.by_category[self.category]
        return UNBOUNDED if self.amount is None else self.amount


class Notices(Strict):
    """Notices before credit is gone: at so many percent of what the last recharge brought."""

    percent: list[DecimalText] = Field(min_length=1)

    def findings(self) -> Iterator[Finding]:
        """Percentages fall from one notice to the next."""
        if self.percent != sorted(set(self.percent), reverse=True):
            yield "percent", "does not fall from one notice to the next"
        if any(one > 100 or one != int(one) for one in self.percent):
            yield "percent", "holds a part that is no whole percentage from 0 to 100"

    def stated(self) -> Iterator[Stated]:
        """The notices."""
        yield "percent", ", ".join(map(str, self.percent)), "% of the last recharge"
