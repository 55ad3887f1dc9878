"""What supply costs: energy by slab and time of day, duty, rebate, and what a day or a month costs whatever is used."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from rig.config import DecimalText, Strict
from rig.policies.sinks import slab_findings
from rig.policies.values import Finding, Rupees, Stated, TimeWindow, inr
from rig.policies.week import MINUTES_A_DAY

MONTHS_A_DAY = Fraction(12, 365)
"""Part of a monthly charge that a day takes, whatever the month."""


def _signed(given: object) -> object:
    if not isinstance(given, str):
        raise ValueError('is a percentage as text, like "15" or "-10"')
    try:
        return Decimal(given)
    except ArithmeticError:
        raise ValueError("is not a decimal number") from None


SignedPercent = Annotated[Decimal, BeforeValidator(_signed), Field(gt=-100, le=1000)]


class EnergySlab(Strict):
    """A rate (rupees per kWh) up to so many kWh of the month, that kWh included; the last slab has no upper edge."""

    upto_kwh: DecimalText | None = None
    energy_charge: DecimalText

    def __str__(self) -> str:
        return f"{self.energy_charge} " + (
            f"up to {self.upto_kwh} kWh a month" if self.upto_kwh is not None else "above"
        )


class TimeOfUse(TimeWindow):
    """So many percent more (or, with a minus, less) for energy in this part of the day."""

    percent: SignedPercent


class FixedCharge(Strict):
    """A charge by the load that was contracted: rupees per kW and month, taken month by month or 12/365 of it a day."""

    per_kw_month: DecimalText
    load_kw: DecimalText
    taken: Literal["daily", "monthly"]

    @property
    def monthly(self) -> Fraction:
        """What a month costs (paise, exact)."""
        return Fraction(self.per_kw_month) * Fraction(self.load_kw) * 100


class Tariff(Strict):
    """What supply costs. Energy at one rate, or by slabs that count from the first of the month on the meter's clock."""

    energy_charge: DecimalText | None = None
    slabs: list[EnergySlab] | None = Field(default=None, min_length=1)
    time_of_use: list[TimeOfUse] = Field(default=[])
    duty_percent: DecimalText | None = None
    duty_per_kwh: DecimalText | None = None
    rebate_percent: DecimalText | None = None
    daily_charge: Rupees | None = None
    monthly_charge: Rupees | None = None
    fixed_charge: FixedCharge | None = None

    def findings(self) -> Iterator[Finding]:
        """What in it cannot be true together."""
        if (self.energy_charge is None) == (self.slabs is None):
            yield "energy_charge", "needs either energy_charge or slabs, and not both"
        if self.slabs is not None:
            yield from slab_findings([slab.upto_kwh for slab in self.slabs])
            if any(slab.upto_kwh is not None and slab.upto_kwh % Decimal("0.001") for slab in self.slabs):
                yield "slabs", "have an edge that is no whole Wh"
        if self.rebate_percent is not None and self.rebate_percent > 100:
            yield "rebate_percent", f"{self.rebate_percent} is more than the whole"
        for number, window in enumerate(self.time_of_use):
            yield from ((f"time_of_use.{number}.{key}", text) for key, text in window.findings())
        yield from self._overlaps()
        yield from self._fixed()

    def _overlaps(self) -> Iterator[Finding]:
        minutes = [0] * MINUTES_A_DAY
        for window in self.time_of_use:
            for minute in range(window.begins, window.ends + MINUTES_A_DAY * (window.ends <= window.begins)):
                minutes[minute % MINUTES_A_DAY] += 1
        if max(minutes) > 1:
            yield "time_of_use", "has two windows over one part of the day"

    def _fixed(self) -> Iterator[Finding]:
        if self.fixed_charge is None:
            return
        beside = "daily_charge" if self.fixed_charge.taken == "daily" else "monthly_charge"
        if getattr(self, beside) is not None:
            yield beside, f"is charged by fixed_charge, taken {self.fixed_charge.taken}; give one of them"
        if self.fixed_charge.taken == "monthly" and self.fixed_charge.monthly.denominator != 1:
            yield "fixed_charge", f"is {self.fixed_charge.monthly} paise a month, which is not whole"

    def stated(self) -> Iterator[Stated]:
        """Every number of the tariff."""
        for number, slab in enumerate(self.slabs or ()):
            yield f"slabs.{number}", str(slab), "INR/kWh"
        for number, window in enumerate(self.time_of_use):
            yield f"time_of_use.{number}", f"{window.percent:+} % from {window}", ""
        for key, unit in (
            ("energy_charge", "INR/kWh"), ("duty_percent", "%"), ("duty_per_kwh", "INR/kWh"), ("rebate_percent", "%"),
        ):  # fmt: skip
            if (rate := getattr(self, key)) is not None:
                yield key, str(rate), unit
        for key, unit in (("daily_charge", "INR a day"), ("monthly_charge", "INR a month")):
            if (paise := getattr(self, key)) is not None:
                yield key, inr(paise), unit
        if self.fixed_charge is not None:
            fixed = self.fixed_charge
            yield "fixed_charge.per_kw_month", str(fixed.per_kw_month), "INR/kW a month"
            yield "fixed_charge.load_kw", str(fixed.load_kw), "kW"
            yield "fixed_charge.taken", "12/365 of a month each day" if fixed.taken == "daily" else "on the 1st", ""

    # what follows

    @property
    def bands(self) -> tuple[tuple[Fraction | None, Fraction], ...]:
        """(upper edge in Wh of the month, paise per Wh before duty and rebate), lowest first; the last edge is None."""
        if self.slabs is None:
            assert self.energy_charge is not None, "the file was checked"
            return ((None, Fraction(self.energy_charge) / 10),)
        return tuple(
            (None if slab.upto_kwh is None else Fraction(slab.upto_kwh) * 1000, Fraction(slab.energy_charge) / 10)
            for slab in self.slabs
        )

    @property
    def levied(self) -> tuple[Fraction, Fraction]:
        """(factor on the energy charge, paise per Wh on top): duty in percent and rebate, both of the energy charge; duty per kWh."""
        percent = Fraction(self.duty_percent or 0) - Fraction(self.rebate_percent or 0)
        return 1 + percent / 100, Fraction(self.duty_per_kwh or 0) / 10

    @property
    def daily(self) -> Fraction:
        """What a day costs that begins (paise, exact)."""
        if self.fixed_charge is not None and self.fixed_charge.taken == "daily":
            return self.fixed_charge.monthly * MONTHS_A_DAY
        return Fraction(self.daily_charge or 0)

    @property
    def monthly(self) -> int:
        """What a month costs that begins (paise)."""
        if self.fixed_charge is not None and self.fixed_charge.taken == "monthly":
            return int(self.fixed_charge.monthly)
        return self.monthly_charge or 0
