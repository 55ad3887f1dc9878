"""What `rig judge --policy` tells is what a run under that policy would have come to, with the very same meter on the bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from rig.catalogue import file_named
from rig.choices import Choices, setup_of
from rig.clock import VirtualClock
from rig.judged import judged_run
from rig.policy import load_policy
from rig.rejudging.other_limits import rejudged
from rig.scenario import declared
from rig.scenarios import shipped_functions
from rig.sim_run import run_sim
from rig.verdict import Word
from rig.workplace import open_session, open_sim

FAMILIES = ("ARR-", "REL-", "OVL-1")


def came_to(meter: str, judge: str, ids: list[str], folder: Path) -> dict[str, Word]:
    """The words of a run under the policy `judge`, of a meter that keeps the policy `meter`; without those left out."""
    clock = VirtualClock()
    own = setup_of(Choices(out=str(folder / "unused"), policy=meter))
    session = open_session(setup_of(Choices(out=str(folder / "other"), policy=judge)), open_sim(own, clock), clock)
    session.open()
    found = {}
    for id_ in ids:
        function = shipped_functions()[id_]
        scenario = declared(function)
        assert scenario is not None
        if not session.lacking(scenario)[0]:
            found[id_] = session.run(scenario, f"{function.__module__}.py::{function.__name__}", function).word
    session.close()
    return found


@pytest.mark.parametrize(
    ("own", "other", "at_least"),
    [
        ("arrears_first", "uppcl_2025_09", {"PASS", "FAIL"}),
        ("uppcl_2026_01", "arrears_first", {"PASS", "FAIL"}),
    ],
)
def test_nothing_is_guessed(own: str, other: str, at_least: set[str], tmp_path: Path) -> None:
    ids = [id_ for id_ in shipped_functions() if id_.startswith(FAMILIES)]
    run_sim(setup_of(Choices(out=str(tmp_path / "own"), policy=own)), ids)
    again = rejudged(judged_run(tmp_path / "own"), load_policy(file_named("policies", other)), None)
    told = {one.scenario: one.now for one in again.scenarios if one.now in ("PASS", "FAIL")}

    truth = came_to(own, other, ids, tmp_path)

    assert {id_: str(truth.get(id_)) for id_ in told} == told
    assert set(told.values()) == at_least
