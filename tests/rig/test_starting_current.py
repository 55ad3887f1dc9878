"""A load below the current at which a meter is promised to start: nothing may be shown, what flows may, and nothing else."""

from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path

import pytest

from rig.checks.metering import electrical
from rig.clock import Span
from rig.contracts import LoadMeasurement, MeterReading, Value
from rig.interval import Interval
from rig.starting_current import StartingCurrent
from tests.rig.test_promises import REFERENCE, differing
from tests.runs.command import rig
from tests.scenarios.variants import bench_with_meter

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


@pytest.mark.parametrize(
    ("watts", "factor", "least"),
    [(3, "1", 0), (5, "1", 5), (4, "1", 0), (3, "0.5", 3), (0, "1", 0)],
)
def test_what_flows_below_it_may_count_or_not(watts: int, factor: str, least: int) -> None:
    """20 mA at 232 V are 4.64 W; at half the power factor, 2.32 W."""
    start = StartingCurrent(STARTS)
    start.factor = Fraction(factor)
    assert start.counted(Interval.of(watts), Interval.of(228, 232)) == Interval.of(least, watts)
    assert StartingCurrent(REFERENCE).counted(Interval.of(watts), Interval.of(228, 232)) == Interval.of(watts)


SCENARIO = '''\
from rig.money import rupees
from rig.scenario import Money, Start, scenario


@scenario(
    "SML-1",
    "A load that a meter need not see",
    requires=(),
    starts=Start(credit=rupees("99.99")),
    judges=(Money("balance afterwards"),),
)
def test_small(bench):
    """Three watts for two hours."""
    bench.draw_watts(3)
    bench.sleep(7200)
    bench.load_off()
    bench.sleep("2.3")
    bench.observe_balance("balance afterwards")
'''


@pytest.mark.parametrize(("promised", "word"), [("0.02", "PASS"), ("", "FAIL")])
def test_the_oracles_of_energy_and_money_know_of_it(promised: str, word: str, tmp_path: Path) -> None:
    """The meter does not start at 13 mA: right where 20 mA are promised, wrong where nothing is."""
    text = (resources.files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8")
    if promised:
        text = text.replace("[promises]", f'[promises]\nstarting_current_a = "{promised}"', 1)
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    (tmp_path / "test_small.py").write_text(SCENARIO, encoding="utf-8")
    bench = bench_with_meter(tmp_path, "starting_ma = 20")
    ended = rig(
        "run",
        tmp_path / "test_small.py",
        "--bench",
        bench,
        "--map",
        tmp_path / "map.toml",
        "--out",
        tmp_path / "out",
        "--json",
    )
    assert {row["scenario"]: row["verdict"] for row in ended.table()} == {"SML-1": word}, ended.said
