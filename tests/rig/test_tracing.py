"""Every requirement is shown by a scenario, every fault is somebody's to catch, every number of a policy is judged by."""

import json

from rig.planning.catchers import Catalogued, catalogued
from rig.scenarios import shipped
from rig.tracing import Traced, as_markdown, trace, uncaught
from tests.runs.command import rig

SCENARIOS = [one for one, _ in shipped()]
ROWS = trace()


def test_every_requirement_has_a_scenario() -> None:
    assert [row.id for row in ROWS if not row.scenarios] == []


def test_every_listed_fault_has_a_catcher() -> None:
    assert uncaught(catalogued(), SCENARIOS) == []


def test_a_fault_that_nobody_is_there_for_is_a_hole() -> None:
    missed = Catalogued("X1", "nobody's", "FAIL", {})
    assert uncaught([missed, *catalogued()], SCENARIOS) == ["X1"]
    borne = Catalogued("X2", "borne", "PASS", {SCENARIOS[0].id: ""})
    assert uncaught([borne], SCENARIOS) == []


def test_every_fault_that_is_named_is_listed() -> None:
    known = {fault.id for fault in catalogued()}
    ids = {one.id for one in SCENARIOS}
    assert {fault for one in SCENARIOS for fault in one.catches} <= known
    assert {id_ for fault in catalogued() for id_ in fault.by} <= ids


def test_every_scenario_and_every_number_of_a_policy_is_traced_to_a_requirement() -> None:
    assert {one.id for one in SCENARIOS} == {id_ for row in ROWS for id_ in row.scenarios}
    from rig.catalogue import files
    from rig.policy import load_policy

    there = {(e.name, n["path"]) for e in files("policies") for n in load_policy(e.file).facts(None)["numbers"]}
    traced = {(number["policy"], number["path"]) for row in ROWS for number in row.numbers}
    assert there == traced


def test_what_is_listed_is_the_same_in_every_form() -> None:
    table = json.loads(rig("list", "trace", "--json").out)
    assert [one["requirement"] for one in table] == [row.id for row in ROWS]
    share = next(one for one in table if one["requirement"] == "ARREARS-SHARE")
    assert {"id": "ARR-8", "faults": next(s["faults"] for s in share["scenarios"] if s["id"] == "ARR-8")} in share[
        "scenarios"
    ]
    assert any(n["policy"] == "uppcl_2025_09" and n["path"] == "sinks.arrears.slabs.0" for n in share["policy_numbers"])
    page = rig("list", "trace", "--markdown").out
    lines = rig("list", "trace").out.splitlines()
    assert page == as_markdown(ROWS)
    assert len(lines) == len(ROWS) + 1
    for row in ROWS:
        assert f"| **{row.id}**<br>" in page
        assert any(line.startswith(row.id) for line in lines)


def test_a_requirement_that_nothing_shows_stands_out() -> None:
    page = as_markdown([Traced("EMPTY", "a | b", "nowhere")])
    assert "| **EMPTY**<br>a \\| b | **none** | **none** | – | nowhere |" in page


def test_markdown_is_of_the_trace_alone() -> None:
    assert rig("list", "maps", "--markdown").code == 2
