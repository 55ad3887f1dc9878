"""The settings of an emulated bench: strict, whole, and the same for every way in."""

from __future__ import annotations

import pytest

from drivers.emulated.settings import checked
from rig.errors import ConfigError


def test_counted_positions_are_named_and_inherit_the_bench() -> None:
    tables = checked({"meters": 3, "map": "reference", "faults": ["R1"], "meter": {"load_limit": 2317}}).tables()
    assert [t.name for t in tables] == ["P01", "P02", "P03"]
    assert {t.map for t in tables} == {"reference"}
    assert tables[2].meter == {"load_limit": 2317} and tables[2].faults == ["R1"]


def test_a_position_overrides_the_bench() -> None:
    table = {
        "faults": ["R1"],
        "meter": {"load_limit": 2317, "serial": "A"},
        "positions": [{"name": "left", "unit": 7, "map": "acme", "meter": {"serial": "B"}, "faults": ["K4"]}],
    }
    (one,) = checked(table).tables()
    assert (one.name, one.unit, one.map) == ("left", 7, "acme")
    assert one.meter == {"load_limit": 2317, "serial": "B"} and one.faults == ["R1", "K4"]


def test_every_problem_is_named_at_once_with_its_key_path() -> None:
    wrong = {"meters": 0, "baud": "9600", "colour": "red", "positions": [{"name": "a b", "unit": 300}]}
    with pytest.raises(ConfigError) as refused:
        checked(wrong, "bench.toml: emulated")
    text = str(refused.value)
    for path in ("meters", "baud", "colour", "positions.0.name", "positions.0.unit"):
        assert f"bench.toml: emulated: {path}: " in text


def test_positions_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="named twice: P01"):
        checked({"positions": [{"name": "P01"}, {"name": "P01"}]})
