"""A scenario that is not about what a day costs gets hours in which no day begins."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rig.catalogue import file_named
from rig.choices import Choices, setup_of
from rig.policy import load_policy
from rig.quiet_hours import meets_midnight, quiet_hour
from rig.sim_run import run_sim
from rig.verdict import Word

HOUR = timedelta(hours=1)
LATE = datetime(2026, 3, 3, 23, 30)


@pytest.mark.parametrize(
    ("policy", "shown", "stretch", "meets"),
    [
        ("mepdcl_2026", LATE, HOUR, True),
        ("mepdcl_2026", LATE, timedelta(minutes=29), False),
        ("mepdcl_2026", LATE, timedelta(0), False),
        ("arrears_first", LATE, HOUR, False),
        ("nbpdcl", LATE, HOUR, True),
    ],
)
def test_only_a_midnight_that_costs_something_is_met(
    policy: str, shown: datetime, stretch: timedelta, meets: bool
) -> None:
    assert meets_midnight(load_policy(file_named("policies", policy)), shown, stretch) is meets


@pytest.mark.parametrize(
    ("shown", "stretch", "cuts", "due"),
    [
        (LATE, HOUR, False, LATE - HOUR),
        (LATE, 2 * HOUR, False, LATE - 2 * HOUR),
        (datetime(2026, 3, 4, 0, 30), 24 * HOUR, False, None),
        (LATE, HOUR, True, datetime(2026, 3, 3, 10, 30)),
    ],
)
def test_the_clock_goes_back_within_its_day(
    shown: datetime, stretch: timedelta, cuts: bool, due: datetime | None
) -> None:
    assert quiet_hour(load_policy(file_named("policies", "nbpdcl")), shown, stretch, cuts) == due


@pytest.mark.parametrize(("capability", "hour"), [('"clock_set", ', 23), ("", 0)], ids=["set", "waited for"])
def test_a_charge_at_midnight_meets_no_scenario_that_expects_none(capability: str, hour: int, tmp_path: Path) -> None:
    """The meter's clock is set to another hour; where it cannot be set, midnight passes first."""
    text = file_named("maps", "reference").read_text(encoding="utf-8")
    assert '"clock_set", ' in text
    (tmp_path / "map.toml").write_text(text.replace('"clock_set", ', capability), encoding="utf-8")
    bench = file_named("benches", "sim").read_text(encoding="utf-8")
    bench = bench.replace("[emulated]", '[emulated]\ncivil_zero = "2026-03-03T23:30:00"')
    (tmp_path / "bench.toml").write_text(bench, encoding="utf-8")
    choices = Choices(
        bench=str(tmp_path / "bench.toml"),
        map=str(tmp_path / "map.toml"),
        policy="mepdcl_2026",
        out=str(tmp_path / "o"),
    )
    found = run_sim(setup_of(choices), ["IDL-1"])
    assert {i: (o.word, tuple(o.reasons)) for i, o in found.outcomes.items()} == {"IDL-1": (Word.PASS, ())}


@pytest.mark.parametrize("second", (32, 44, 57, 59))
def test_an_instalment_missed_between_two_scenarios_is_taken_by_the_next_recharge(second: int, tmp_path: Path) -> None:
    """The meter is put back below zero, and midnight comes while it is: nobody read what it missed then."""
    bench = file_named("benches", "sim").read_text(encoding="utf-8")
    emulated = "[emulated]\nlatency_us = 100000\nmeter = { opening_balance = -777, opening_arrears = 500000 }\n"
    emulated += f'civil_zero = "2026-03-03T23:59:{second}"'
    (tmp_path / "bench.toml").write_text(bench.replace("[emulated]", emulated), encoding="utf-8")
    choices = Choices(bench=str(tmp_path / "bench.toml"), policy="nbpdcl", out=str(tmp_path / "o"))
    found = run_sim(setup_of(choices), ["ARR-1", "ARR-2", "ARR-3"])
    assert {i: o.reasons for i, o in found.outcomes.items() if o.word is not Word.PASS} == {}
