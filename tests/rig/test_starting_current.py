"""A load below the current at which a meter is promised to start: nothing may be shown, what flows may, and nothing else."""

from decimal import Decimal
from fractions import Fraction

import pytest

from rig.checks.metering import electrical
from rig.clock import Span
from rig.contracts import LoadMeasurement, MeterReading, Value
from tests.rig.test_promises import REFERENCE, differing

STARTS = differing(starting_current_a="0.02")
THREE_WATTS = LoadMeasurement(Decimal(230), Decimal("0.0130"), Decimal(3), 0, 1)
TEN_WATTS = LoadMeasurement(Decimal(230), Decimal("0.0435"), Decimal(10), 0, 1)


@pytest.mark.parametrize(
    ("load", "power", "current", "volts", "right"),
    [
        (THREE_WATTS, 0, "0.000", "230.0", True),
        (THREE_WATTS, 3, "0.013", "230.0", True),
        (THREE_WATTS, 9, "0.013", "230.0", False),
        (THREE_WATTS, 0, "0.050", "230.0", False),
        (THREE_WATTS, 0, "0.000", "0.0", False),
        (TEN_WATTS, 0, "0.000", "230.0", False),
    ],
)
def test_below_its_starting_current_a_meter_may_show_nothing(
    load: LoadMeasurement, power: int, current: str, volts: str, right: bool
) -> None:
    values: dict[str, Value] = {"power": power, "current": Decimal(current), "voltage": Decimal(volts)}
    reading = MeterReading(values, dict.fromkeys(values, Span(0, 1)))
    assert (electrical(reading, load, Fraction("0.0005"), STARTS) == []) is right


def test_a_meter_that_promises_no_starting_current_shows_the_smallest_load() -> None:
    reading = MeterReading({"power": 0}, {"power": Span(0, 1)})
    assert electrical(reading, THREE_WATTS, Fraction("0.0005"), REFERENCE)
