"""Shipped plans name scenarios that exist, and stay what they are for."""

from rig.catalogue import file_named, files
from rig.plan import load_plan
from rig.scenarios import shipped

SCENARIOS = {one.id: one for one, _ in shipped()}
A_FEW_MINUTES = 5 * 60


def test_every_plan_names_scenarios_that_exist() -> None:
    for entry in files("plans"):
        plan = load_plan(entry.file)
        assert plan.scenarios == ["all"] or set(plan.scenarios) <= set(SCENARIOS), entry.name


def test_the_type_plan_holds_everything() -> None:
    assert all(load_plan(file_named("plans", "type")).selects(one) for one in SCENARIOS)


def test_the_site_plan_takes_minutes() -> None:
    takes = [SCENARIOS[one].wall_seconds for one in load_plan(file_named("plans", "site")).scenarios]
    assert all(takes)
    assert sum(takes) <= A_FEW_MINUTES
