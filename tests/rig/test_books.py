"""The books take in what happened in the order in which a meter can have done it."""

from __future__ import annotations

import tomllib
from datetime import datetime
from importlib import resources

from rig.books import Books
from rig.clock import SECOND, Span, VirtualClock
from rig.contracts import Edge, MeterReading, RelayState, Value, Watch
from rig.interval import Interval
from rig.policy import load_policy
from rig.promises import Promises

TABLE = tomllib.loads((resources.files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8"))[
    "promises"
]
PROMISES = Promises.read({**TABLE, "accuracy_percent": "0"}, "reference")
POLICY = load_policy(resources.files("scenarios.policies") / "arrears_first.toml")


class Silent:
    """A diary that nobody reads."""

    def record(self, kind: str, **facts: object) -> None:
        """Nothing."""


class Channel:
    """A relay sense whose edges are given."""

    def __init__(self) -> None:
        self.edges: list[Edge] = []

    def watch(self, from_edge: int = 0, since: int = 0) -> Watch:
        """What came since."""
        state = self.edges[-1].state if self.edges else RelayState.CLOSED
        return Watch(state, tuple(self.edges[from_edge:]), 0, 0, 0, 0)


def test_a_cut_that_was_due_when_a_recharge_was_sent_comes_before_it() -> None:
    clock, channel = VirtualClock(), Channel()
    books = Books(Silent(), clock, channel, POLICY, PROMISES, lambda: Interval.of(2317))  # type: ignore[arg-type]
    books.pull()
    values: dict[str, Value] = {"balance": 10, "arrears": 0, "energy": 0, "clock": datetime(2026, 3, 3, 12, 0)}
    books.open(MeterReading(values, {item: Span.at(0) for item in values}), {}, "as shown")
    books.demand(Span.at(0), Interval.of(2317))
    gone = 10 * 3600 * SECOND * 1000 // (2317 * 650)
    sent = gone + SECOND
    clock.sleep_until(sent + 4 * SECOND)
    channel.edges = [
        Edge(RelayState.OPEN, Span(sent + SECOND // 100, sent + 3 * SECOND // 100)),
        Edge(RelayState.CLOSED, Span(sent + SECOND, sent + SECOND + SECOND // 50)),
    ]
    books.recharge(10_000, Span(sent, sent + SECOND // 2), 9_900, 0)
    assert books.findings == [], "the meter cut before it knew of the recharge, and closed after it"
    assert books.state is RelayState.CLOSED
