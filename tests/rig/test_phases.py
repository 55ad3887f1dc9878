"""Over-current at a meter of three phases: promised for each phase, reckoned by the one that carries most."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from rig.config import BenchFile, parse_bench
from rig.errors import ConfigError
from rig.interval import Interval
from rig.limiting import over_current_watts
from rig.phases import ANYHOW, heaviest_phase
from rig.promises import Promises
from tests.runs.command import rig

THREE = ("voltage", "voltage_l1", "voltage_l2", "voltage_l3")
LIMITS = {"volts": 253, "amps": 40, "watts": 9000, "watt_hours": 900, "seconds": 900, "relay_operations": 99}
MAP = resources.files("drivers.meters.maps") / "reference_3ph.toml"


def wired(**position: Any) -> BenchFile:
    source = {"type": "scpi", "resource": "x", "most_volts": 253}
    one = {
        "name": "P01",
        "meter": {"bus": {"type": "tcp"}},
        "load": {"type": "scpi"},
        "sense": {"type": "load"},
        "source": source,
        **position,
    }
    return parse_bench({"format": 1, "name": "b", "kind": "wired", "limits": LIMITS, "positions": [one]}, "b")


def emulated(table: dict[str, Any]) -> BenchFile:
    one = {"format": 1, "name": "b", "kind": "sim", "limits": LIMITS, "positions": [{"name": "P01"}]}
    return parse_bench({**one, "emulated": table}, "b")


@pytest.mark.parametrize(
    ("bench", "part"),
    [
        (wired(phases=[40, 35, 25]), Interval.of(Fraction(2, 5))),
        (wired(phases=[0, 0, 100]), Interval.of(1)),
        (wired(), ANYHOW),
        (emulated({}), Interval.of(Fraction(2, 5))),
        (emulated({"meter": {"phase_shares": [20, 20, 60]}}), Interval.of(Fraction(3, 5))),
    ],
)
def test_the_phase_that_carries_most(bench: BenchFile, part: Interval) -> None:
    assert heaviest_phase(THREE, bench, bench.position("P01")) == part
    assert heaviest_phase(("voltage", "current"), bench, bench.position("P01")) == Interval.of(1)


def test_what_is_an_over_current_goes_by_that_phase() -> None:
    table = tomllib.loads(MAP.read_text(encoding="utf-8"))["promises"]
    current = {"over_current": {"amps": "10", "delay_s": "1", "tolerance_percent": "0"}}
    promises = Promises.read({**table, **current}, "m")
    assert over_current_watts(promises, Fraction(0), Decimal(100)) == (990, 1011)
    three = replace(promises, heaviest_phase=Interval.of(Fraction(2, 5)))
    assert over_current_watts(three, Fraction(0), Decimal(100)) == (2475, 2526)
    assert over_current_watts(replace(promises, heaviest_phase=ANYHOW), Fraction(0), Decimal(100)) == (990, 3031)


@pytest.mark.parametrize("shares", [[40, 35], [40, 35, 26], [50, 60, -10]])
def test_parts_that_make_up_no_load_are_refused(shares: list[int]) -> None:
    with pytest.raises(ConfigError, match=r"phases"):
        wired(phases=shares)


def test_an_emulated_load_stands_as_the_emulator_says() -> None:
    with pytest.raises(ConfigError, match="belongs to a wired bench"):
        parse_bench(
            {
                "format": 1,
                "name": "b",
                "kind": "sim",
                "limits": LIMITS,
                "positions": [{"name": "P01", "phases": [40, 35, 25]}],
            },
            "b",
        )


@pytest.mark.parametrize(("fault", "word"), [("", "PASS"), ("O10", "FAIL")])
def test_a_meter_of_three_phases_is_judged_on_over_current(fault: str, word: str, tmp_path: Path) -> None:
    text = MAP.read_text(encoding="utf-8").replace(
        "[promises]", '[promises]\nover_current = { amps = "7.3", delay_s = "5" }', 1
    )
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    faults = ("--fault", fault) if fault else ()
    ended = rig(
        "run",
        "--map",
        tmp_path / "map.toml",
        "--plan",
        "type",
        "-k",
        "OVL-15",
        *faults,
        "--out",
        tmp_path / "out",
        "--json",
    )
    assert {row["scenario"]: row["verdict"] for row in ended.table()} == {"OVL-15": word}, ended.said
