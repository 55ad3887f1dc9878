"""A run judged again under another policy or plan: what stands, what falls, and what nobody can tell from the evidence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rig.catalogue import file_named
from rig.choices import Choices, setup_of
from rig.judged import judged_run
from rig.plan import load_plan
from rig.policy import Policy, load_policy
from rig.rejudging.other_limits import Again, Rejudged, rejudged
from rig.results import RunResult
from rig.sim_run import run_sim
from rig.verdict import Word

SCENARIOS = ("ARR-1", "RCH-1", "RCH-3", "EXH-2", "OVL-1")
POLICIES = Path(__file__).resolve().parents[2] / "scenarios" / "policies"

Ran = Callable[..., RunResult]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run on the emulated bench, kept for all who ask for the same."""
    kept: dict[tuple[object, ...], RunResult] = {}

    def run(
        *ids: str, policy: str = "arrears_first", map_: str = "reference", faults: tuple[str, ...] = ()
    ) -> RunResult:
        key = (ids, policy, map_, faults)
        if key not in kept:
            out = tmp_path_factory.mktemp("run") / "out"
            run_sim(setup_of(Choices(out=str(out), policy=policy, map=map_, faults=faults)), ids or SCENARIOS)
            kept[key] = judged_run(out)
        return kept[key]

    return run


def policy(name: str) -> Policy:
    return load_policy(file_named("policies", name))


def changed(folder: Path, name: str, *pairs: tuple[str, str]) -> Policy:
    """A shipped policy with a few words changed."""
    text = (POLICIES / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return load_policy(file)


def of(found: Rejudged, scenario: str) -> Again:
    (one,) = [one for one in found.scenarios if one.scenario == scenario]
    return one


def test_under_its_own_policy_nothing_changes(ran: Ran) -> None:
    found = rejudged(ran(), policy("arrears_first"), None)
    assert {one.scenario: one.now for one in found.scenarios} == {one.scenario: one.was for one in found.scenarios}
    assert (found.word, found.policies) == (ran().word, {"P01": []})


def test_who_did_as_one_policy_says_breaks_another_that_takes_less(ran: Ran) -> None:
    found = rejudged(ran(), policy("uppcl_2025_09"), None)
    assert of(found, "ARR-1").now == "FAIL"
    assert of(found, "ARR-1").why == (
        "of ₹123.45 with ₹500.03 owed ₹12.34 go to arrears under it; the meter took ₹123.45, as its own policy says",
    )
    assert (found.word, found.exit_code) == (Word.FAIL, 1)


def test_a_recharge_that_both_share_alike_stands(ran: Ran) -> None:
    """Nothing was owed, and no load was on: neither price nor share had anything to do with it."""
    assert of(rejudged(ran(), policy("uppcl_2025_09"), None), "RCH-1").now == "PASS"


def test_what_the_other_policy_has_nothing_to_do_with_is_not_promised(ran: Ran) -> None:
    found = of(rejudged(ran(), policy("uppcl_2025_09"), None), "OVL-1")
    assert (found.was, found.now) == ("PASS", "not promised")
    assert found.why == ("policy uppcl_2025_09: supply is not cut for too much load",)


def test_another_price_is_not_guessed_where_energy_flowed(ran: Ran, tmp_path: Path) -> None:
    dearer = changed(tmp_path, "arrears_first", ('energy_charge = "6.50"', 'energy_charge = "6.51"'))

    found = rejudged(ran(), dearer, None)

    assert [(d.path, d.was, d.now) for d in found.policies["P01"]] == [
        ("tariff.energy_charge", "6.50 INR/kWh", "6.51 INR/kWh")
    ]
    assert of(found, "EXH-2").now == "cannot be told"
    assert "what energy costs differs, and up to 4321 W were drawn" in of(found, "EXH-2").why[0]
    assert of(found, "RCH-1").now == "PASS", "no load was on"
    assert (found.word, found.exit_code) == (Word.INCONCLUSIVE, 3)


def test_what_fails_by_the_clock_fails_whatever_energy_costs(ran: Ran, tmp_path: Path) -> None:
    dearer = changed(tmp_path, "arrears_first", ('energy_charge = "6.50"', 'energy_charge = "6.51"'))
    found = rejudged(ran("OVL-1", faults=("O1",)), dearer, None)
    assert of(found, "OVL-1").now == "FAIL"
    assert "overload trip time: never came" in of(found, "OVL-1").why[0]


def test_a_failure_by_the_policy_of_the_run_is_not_taken_for_one_by_another(ran: Ran) -> None:
    """A meter that takes the whole arrears, run under a policy that takes a share."""
    run = ran("ARR-1", policy="uppcl_2025_09", faults=("A1",))
    assert run.word is Word.FAIL
    found = of(rejudged(run, policy("arrears_first"), None), "ARR-1")
    assert found.now == "cannot be told"
    assert "by which the meter failed" in " ".join(found.why)


def test_what_was_left_out_and_is_promised_by_the_other_never_ran(ran: Ran) -> None:
    run = ran("OVL-1", "RCH-1", policy="uppcl_2025_09")
    found = of(rejudged(run, policy("arrears_first"), None), "OVL-1")
    assert (found.was, found.now) == ("not promised", "never ran")
    assert found.why[0].startswith("policy arrears_first promises it, and the run left it out: ")


def test_what_the_map_does_not_promise_stays_so(ran: Ran) -> None:
    run = ran("ARR-1", "RCH-3", map_="odd_kwh")
    found = of(rejudged(run, policy("uppcl_2025_09"), None), "ARR-1")
    assert (found.was, found.now) == ("not promised", "not promised")
    assert of(rejudged(run, policy("uppcl_2025_09"), None), "RCH-3").now == "PASS", "a kWh is a kWh under either"


def test_a_policy_that_is_not_installed_as_it_was_leaves_everything_open(ran: Ran, tmp_path: Path) -> None:
    own = changed(tmp_path, "arrears_first", ("Arrears first", "Arrears first of all"))
    out = tmp_path / "run"
    run_sim(setup_of(Choices(out=str(out), policy=str(tmp_path / "arrears_first.toml"))), ("RCH-1",))
    assert own.name == "arrears_first"

    found = of(rejudged(judged_run(out), policy("arrears_first"), None), "RCH-1")

    assert found.now == "cannot be told"
    assert found.why == (
        "the run's own policy, arrears_first, is not installed as it was: in what the two differ is not known",
    )


class TestAnotherPlan:
    def test_what_it_asks_for_and_the_run_does_not_hold_never_ran(self, ran: Ran) -> None:
        found = rejudged(ran(), None, load_plan(file_named("plans", "acceptance")))
        assert of(found, "RCH-2").now == "never ran"
        assert (of(found, "RCH-1").was, of(found, "RCH-1").now) == ("PASS", "PASS")
        assert found.word is Word.INCONCLUSIVE

    def test_what_it_does_not_ask_for_weighs_nothing(self, ran: Ran, tmp_path: Path) -> None:
        file = tmp_path / "small.toml"
        file.write_text('format = 1\nname = "small"\ntitle = "Small"\nscenarios = ["RCH-1"]\n', encoding="utf-8")
        run = ran("RCH-1", "OVL-1", faults=("O1",))
        assert run.word is Word.FAIL

        found = rejudged(run, None, load_plan(file))

        assert of(found, "OVL-1").now == "not in the plan"
        assert found.word is Word.PASS


def test_the_data_holds_every_cause(ran: Ran) -> None:
    found = json.loads(json.dumps(rejudged(ran(), policy("uppcl_2025_09"), None).as_json()))
    assert found["word"] == "FAIL" and found["exit_code"] == 1
    assert {one["scenario"] for one in found["scenarios"]} >= {"ARR-1", "EXH-2"}
    assert all(one["why"] for one in found["scenarios"] if one["was"] != one["now"])


def test_a_cap_that_may_have_been_reached_before_leaves_the_share_open(ran: Ran) -> None:
    found = of(rejudged(ran(), policy("trial"), None), "ARR-1")
    assert found.now == "cannot be told"
    assert any("what its caps had let pass before is not in the evidence" in why for why in found.why)


def test_promises_that_this_version_does_not_read_leave_everything_open(ran: Ran, tmp_path: Path) -> None:
    run = ran("RCH-1")
    records = run.positions[0].evidence.records
    told = next(record for record in records if record["kind"] == "meter")
    told["promises"] = {**told["promises"], "of_another_version": 1}
    try:
        found = of(rejudged(run, policy("postpaid"), None), "RCH-1")
        same = rejudged(run, policy("arrears_first"), None)
    finally:
        del told["promises"]["of_another_version"]

    assert found.now == "cannot be told"
    assert (
        "this version does not read what the meter promised: map reference: promises.of_another_version" in found.why[0]
    )
    assert of(same, "RCH-1").now == "PASS", "under its own policy nothing is derived again"
