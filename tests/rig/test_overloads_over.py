"""When an overload is over: calm counts with the relay closed and the meter awake, and not otherwise."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple, cast

import pytest

from rig.bench import Bench
from rig.books import Books
from rig.checks.counts import RESTORATION
from rig.checks.overloads import Calm, overloads
from rig.choices import Choices, setup_of
from rig.clock import SECOND, Span, VirtualClock
from rig.contracts import Capability, Edge, RelayState
from rig.dark_time import DarkTime
from rig.energy import PowerTrace
from rig.expectation import OVERLOAD, Expectation
from rig.interval import Interval
from rig.money import rupees
from rig.scenario import Equal, Scenario, Start, declared, scenario
from rig.verdict import Word
from rig.workplace import open_session, open_sim

SETTINGS = {
    "load_limit": 2317,
    "over_threshold_duration": 3,
    "under_threshold_duration": 5,
    "reclose_attempts": 3,
    "reclose_interval": 6,
}
STARTS = Start(credit=rupees("523.45"), settings=SETTINGS)


def trip(bench: Bench) -> None:
    over = bench.draw_watts(2999)
    bench.observe("tripped", bench.wait_for(RelayState.OPEN, over.hi + 20 * SECOND, over) is not None)
    bench.load_off()


class Seen(NamedTuple):
    """What the books know of a trip at 10 s, a reclosing at 20 s and no mains from 22 s to 30 s, without load since the trip."""

    edges: Sequence[Edge]
    trace: PowerTrace
    expectation: Expectation
    lit: Callable[[int, int], list[tuple[int, int]]]


def seen() -> Books:
    dark, trace = DarkTime(), PowerTrace()
    dark.note(Edge(RelayState.UNKNOWN, Span.at(22 * SECOND)))
    dark.note(Edge(RelayState.CLOSED, Span.at(30 * SECOND)))
    trace.set(Span.at(SECOND), Interval.of(2999))
    trace.set(Span.at(10 * SECOND), Interval.of(0))
    edges = [Edge(RelayState.OPEN, Span.at(10 * SECOND)), Edge(RelayState.CLOSED, Span.at(20 * SECOND))]
    expectation = cast(Expectation, SimpleNamespace(openings=[frozenset({OVERLOAD})], closed=True))
    return cast(Books, Seen(edges, trace, expectation, dark.lit))


@pytest.mark.parametrize(("until", "due"), [(34, 0), (37, 0), (38, 0), (39, 1), (60, 1)])
def test_calm_counts_from_when_the_meter_has_started(until: int, due: int) -> None:
    """Five seconds of calm end an overload, a window may be lost; after the failure the meter needs three to start."""
    calm = Calm(Fraction(2317), Fraction(2317), 6 * SECOND, 4 * SECOND, (), 3 * SECOND)
    count = overloads(seen(), calm, False, Span(SECOND, until * SECOND))[RESTORATION]
    assert (count.least, count.most) == (due, 1)


@scenario(
    "T-OPENED",
    "A trip, and a command that keeps the relay open",
    requires=(),
    starts=STARTS,
    judges=(Equal("tripped", True),),
)
def trips_and_is_disconnected(bench: Bench) -> None:
    trip(bench)
    bench.remote_disconnect()


@scenario(
    "T-OPEN",
    "Nothing but an open relay",
    requires=(),
    needs={Capability.REMOTE_RELAY},
    starts=Start(credit=rupees("523.45"), relay=RelayState.OPEN, settings=SETTINGS),
    judges=(Equal("stays", "open"),),
)
def stays_open(bench: Bench) -> None:
    bench.sleep(30)
    bench.observe("stays", bench.relay())


def test_no_calm_is_counted_while_the_relay_stands_open(tmp_path: Path) -> None:
    setup = setup_of(Choices(out=str(tmp_path / "run")))
    clock = VirtualClock()
    session = open_session(setup, open_sim(setup, clock), clock)
    session.open()
    for function in (trips_and_is_disconnected, stays_open):
        own = declared(function)
        assert isinstance(own, Scenario), "the function declares itself"
        outcome = session.run(own, function.__name__, function)
        assert (outcome.word, outcome.reasons) == (Word.PASS, ())
    session.close()
