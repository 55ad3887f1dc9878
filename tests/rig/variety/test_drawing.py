"""What healthy meters are drawn from: all of what good meters differ by, the same for a seed each time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rig.choices import setup_of
from rig.promise_table import PromiseTable
from rig.toml_files import read_toml
from rig.variety import healthy_meter
from rig.variety.tables import bench_table, map_table
from rig.variety.traits import Traits

METERS = [healthy_meter(seed) for seed in range(600)]


def test_a_seed_is_always_the_same_meter() -> None:
    assert [healthy_meter(meter.seed) for meter in METERS[:50]] == METERS[:50]
    assert len({repr(meter.traits) for meter in METERS}) == len(METERS)


def test_every_trait_differs_in_some_meter_and_is_as_shipped_in_some() -> None:
    for name in Traits.__dataclass_fields__:
        differ = sum(name in meter.differs for meter in METERS)
        assert 0 < differ < len(METERS), name


def test_the_whole_width_of_good_meters_is_drawn() -> None:
    def found(name: str) -> set[object]:
        return {getattr(meter.traits, name) for meter in METERS}

    assert {"0.3125", "100"} <= found("quantum_wh")
    assert {200, 2000} <= found("window_ms")
    assert found("family") == {"definite_time", "demand_average", "inverse"}
    assert found("compares") == {">", ">="}
    assert found("control_mode") == set(range(8))
    assert found("map") == {"reference", "odd_kwh"}
    assert {"nbpdcl", "mepdcl_2026", "postpaid", "uppcl_2025_09", "uppcl_2026_01", "arrears_first"} <= found("policy")
    assert {5, 20} <= found("contact_ms")


def test_the_default_traits_are_the_shipped_meter() -> None:
    shipped = read_toml(Path(__file__).parents[3] / "drivers" / "meters" / "maps" / "reference.toml")
    made = map_table(Traits())
    assert PromiseTable.model_validate(made.pop("promises")) == PromiseTable.model_validate(shipped.pop("promises"))
    assert made == shipped
    assert bench_table(Traits())["positions"][0]["every_ms"] == 20


@pytest.mark.parametrize("off", [1000, -1000, 333])
def test_the_truth_lies_within_the_accuracy_of_what_the_load_shows(off: int) -> None:
    table = bench_table(Traits(load_accuracy="1", load_error=off))
    shows = 1 + Fraction(table["emulated"]["load_error_ppm"], 1_000_000)
    beside = (shows - 1) / shows
    assert abs(beside) <= Fraction(1, 100)
    assert abs(beside - Fraction(off, 100_000)) < Fraction(2, 1_000_000)


def test_what_is_written_can_be_run(tmp_path: Path) -> None:
    for meter in METERS[:24]:
        setup = setup_of(meter.choices(tmp_path / str(meter.seed)))
        assert setup.policy.name == meter.traits.policy
        assert setup.seed == meter.seed
