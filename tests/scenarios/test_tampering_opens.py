"""A meter whose relay tampering opens is judged by that promise, closing by itself or at the button as its control mode says."""

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.clock import SECOND, Span
from rig.config import read_toml
from rig.contracts import Edge, RelayState
from rig.errors import ConfigError
from rig.expectation import READY, Expectation
from rig.promises import Promises
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.scenarios.variants import MAIN, map_with

OPENS = {"tamper": '{ lasts_s = "5", opens_relay = true }'}
TABLE = read_toml(MAIN / "drivers" / "meters" / "maps" / "reference.toml")["promises"]


def test_it_passes_and_is_not_asked_to_go_on_supplying(tmp_path: Path) -> None:
    found = run_sim(
        setup_of(Choices(out=str(tmp_path / "run"), map=map_with(tmp_path, **OPENS))), ["EVT-5", "EVT-7", "REL-1"]
    )
    assert {i: (o.word, o.reasons) for i, o in found.outcomes.items()} == dict.fromkeys(
        ("EVT-7", "REL-1"), (Word.PASS, ())
    )


def test_the_state_that_it_shows_must_be_promised_too() -> None:
    table = {**TABLE, "tamper": {"lasts_s": "5", "opens_relay": True}, "control_state": {}}
    with pytest.raises(ConfigError, match=r"tamper\.opens_relay: needs control_state\.tamper"):
        Promises.read(table, "mine")


@pytest.mark.parametrize(("mode", "closes"), [(7, True), (4, False)])
def test_the_oracle_waits_for_the_end_of_it(mode: int, closes: bool) -> None:
    promises = Promises.read({**TABLE, "tamper": {"lasts_s": "5", "opens_relay": True}}, "mine")
    wait = promises.tamper_window
    assert wait is not None
    oracle = Expectation(promises, {"control_mode": mode}, True)
    oracle.tampered(Span(SECOND, SECOND), wait)
    assert oracle.edge(Edge(RelayState.OPEN, Span.at(6 * SECOND))) == ""
    oracle.tampering_ended(Span(20 * SECOND, 20 * SECOND), wait, not closes)
    edge = oracle.edge(Edge(RelayState.CLOSED, Span.at(25 * SECOND)))
    assert (edge == "") is closes
    assert (READY in oracle.held_by) is False


def test_a_moment_of_it_opens_nothing() -> None:
    promises = Promises.read({**TABLE, "tamper": {"lasts_s": "5", "opens_relay": True}}, "mine")
    wait = promises.tamper_window
    assert wait is not None
    oracle = Expectation(promises, {}, True)
    oracle.tampered(Span(SECOND, SECOND), wait)
    oracle.tampering_ended(Span(2 * SECOND, 2 * SECOND), wait, False)
    assert oracle.overdue(60 * SECOND) == []
    assert "nothing allows it" in oracle.edge(Edge(RelayState.OPEN, Span.at(60 * SECOND)))
