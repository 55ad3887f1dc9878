"""What the hour multiplies the rate by, from one time to another."""

from datetime import datetime
from fractions import Fraction

import pytest

from rig.interval import Interval
from rig.policies.pricing import Pricing
from rig.policies.tariff import Tariff

WINDOWS = [
    {"begins": "18:00", "ends": "22:00", "percent": "20"},
    {"begins": "23:00", "ends": "06:00", "percent": "-15"},
]
PRICES = Pricing(Tariff.model_validate({"energy_charge": "6.37", "time_of_use": WINDOWS}))
LOW, PLAIN, HIGH = Fraction(85, 100), Fraction(1), Fraction(120, 100)


@pytest.mark.parametrize(
    ("begins", "ends", "least", "most"),
    [
        ("01T00:00:06", "01T00:26:00", LOW, LOW),
        ("01T12:00:00", "01T17:59:59", PLAIN, PLAIN),
        ("01T12:00:00", "01T18:00:00", PLAIN, HIGH),
        ("01T23:30:00", "02T05:59:59", LOW, LOW),
        ("01T23:30:00", "02T06:00:00", LOW, PLAIN),
        ("01T19:00:00", "01T23:00:00", LOW, HIGH),
        ("01T12:00:00", "09T12:00:00", LOW, HIGH),
    ],
)
def test_every_hour_between_two_times_counts(begins: str, ends: str, least: Fraction, most: Fraction) -> None:
    shown = PRICES.rates_between(datetime.fromisoformat(f"2026-07-{begins}"), datetime.fromisoformat(f"2026-07-{ends}"))
    assert shown == Interval(least, most)
