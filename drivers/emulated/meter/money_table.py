"""What a meter is told about money: a plain table of sinks, rates, charges, credit and protected time.

Money is whole paise, exact numbers come as text ("650.5", "33600/73"), times of day are minutes since midnight of the
meter's own clock. What is left out, the meter does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from rig.errors import ConfigError
from rig.opener import problems

DAY_MINUTES = 24 * 60


def _exact(given: object) -> object:
    if isinstance(given, bool) or not isinstance(given, (int, str, Fraction)):
        raise ValueError('is a whole number, or an exact one as text, like "650.5"')
    try:
        return Fraction(given)
    except (ValueError, ZeroDivisionError):
        raise ValueError("is no exact number") from None


Exact = Annotated[Fraction, BeforeValidator(_exact)]
Whole = Annotated[int, Field(strict=True, ge=0)]
Minute = Annotated[int, Field(strict=True, ge=0, le=DAY_MINUTES)]
SinkKind = Literal["negative_balance", "emergency_credit", "arrears", "charges", "balance"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


class SinkRule(_Table):
    """Where a part of a recharge goes. The percentage of a slab is chosen by the arrears before the recharge."""

    kind: SinkKind
    base: Literal["gross", "rest"] = "rest"
    mode: Literal["all", "percent", "fixed", "slab_percent"] = "all"
    percent: Exact | None = None
    fixed: Whole | None = None
    slabs: tuple[tuple[Whole | None, Exact], ...] = ()
    floor: Whole | None = None
    cap: Whole | None = None
    cap_per_period: Whole | None = None
    period: Literal["day", "week", "month"] = "month"
    rounding: Literal["down", "half_up", "half_even"] = "down"


class InstalmentPlan(_Table):
    """Arrears that come off the balance at 00:00: `per_day_paise`, `count` times; the last one takes the remainder."""

    per_day_paise: Whole
    count: Annotated[int, Field(strict=True, gt=0)]
    catch_up: Literal["next_recharge", "next_day", "none"] = "none"
    from_balance: Literal[True] = True


class EmergencyRule(_Table):
    """Credit that is lent when the balance is used up; without `paise` only the days bound it."""

    paise: Whole | None = None
    granted: Literal["automatic", "button"] = "automatic"
    days: Annotated[int, Field(strict=True, gt=0)] | None = None
    once: bool = True


class NoCutRule(_Table):
    """Protected time. A daily window whose end is not after its beginning runs over midnight."""

    daily: tuple[tuple[Minute, Minute], ...] = ()
    weekdays: frozenset[Annotated[int, Field(ge=0, le=6)]] = frozenset()
    second_saturday: bool = False
    holidays: frozenset[date] = frozenset()


class DuesRule(_Table):
    """After a cut the relay closes when so much of what is owed was paid (%), between `floor` and `cap` (paise)."""

    percent: Exact
    of: Literal["arrears", "below_zero", "all"] = "all"
    at: Literal["cut", "recharge"] = "cut"
    floor: Whole = 0
    cap: Whole | None = None


class MoneyTable(_Table):
    """Everything beside the single rate, the payment mode and the simple arrears rule."""

    sinks: tuple[SinkRule, ...] = ()
    slabs: tuple[tuple[Whole | None, Exact], ...] = ()
    time_of_use: tuple[tuple[Minute, Minute, Exact], ...] = ()
    duty_percent: Exact = Fraction(0)
    rebate_percent: Exact = Fraction(0)
    daily_charge_paise: Exact = Fraction(0)
    monthly_charge_paise: Whole = 0
    instalment: InstalmentPlan | None = None
    emergency_credit: EmergencyRule | None = None
    no_cut: NoCutRule | None = None
    notices_percent: tuple[Annotated[int, Field(ge=0, le=100)], ...] = ()
    smallest_for_reconnection_paise: Whole | None = None
    reconnection_dues: DuesRule | None = None

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> MoneyTable:
        """Read the keys of `table` that belong here. ConfigError names everything that is wrong with them."""
        try:
            return cls.model_validate({key: to for key, to in table.items() if key in cls.model_fields})
        except ValidationError as error:
            raise ConfigError(problems(error, "meter")) from None

    @property
    def by_the_calendar(self) -> bool:
        """True when something happens at midnight or at a time of day."""
        return bool(
            self.slabs or self.time_of_use or self.daily_charge_paise or self.monthly_charge_paise or self.instalment
        )


NOTHING_ELSE = MoneyTable()
"""A single rate, and no more."""
