"""The checks that every scenario ends with: what moved without a reason is found, what moved with one is not."""

from datetime import datetime
from pathlib import Path

import pytest

from rig import checks
from rig.bench import Bench
from rig.choices import Choices, setup_of
from rig.clock import SECOND, Span
from rig.contracts import Edge, MeterEvent, MeterReading, RelayState, Value
from rig.money import rupees
from rig.scenario import Equal, Start, scenario
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.rig.running import run_own

AT = Span(0, 1)


def reading(**values: Value) -> MeterReading:
    return MeterReading(values, dict.fromkeys(values, AT))


BEFORE = reading(recharge_count=3, total_recharged=5000, last_recharge_amount=700, last_recharge_id=9, load_limit=2000)


@pytest.mark.parametrize(
    ("after", "paid", "found"),
    [
        (BEFORE, [], ""),
        (reading(recharge_count=4, total_recharged=5100, last_recharge_amount=100), [(100, 0)], ""),
        (reading(recharge_count=4), [], "recharge_count"),
        (reading(total_recharged=5000), [(100, 0)], "total_recharged"),
        (reading(last_recharge_amount=700), [(100, 0)], "last_recharge_amount"),
        (reading(last_recharge_id=10), [], "last_recharge_id"),
        (reading(load_limit=3000), [], "load_limit"),
    ],
)
def test_registers_move_as_told_or_not_at_all(after: MeterReading, paid: list[tuple[int, int]], found: str) -> None:
    words = checks.registers(BEFORE, after, paid, {"load_limit": 2000})
    assert bool(words) == bool(found)
    assert not words or found in words[0]


def event(sequence: int, name: str, second: int = 0) -> MeterEvent:
    return MeterEvent(sequence, 0, name, datetime(2026, 3, 3, 10, 0, second))


OPENED = Edge(RelayState.OPEN, Span(SECOND, SECOND + 1))
NAMES = frozenset({checks.DISCONNECTED, checks.CONNECTED, "recharge accepted", "load limit set"})
LIMIT_SET = checks.Written("load_limit", 2317, AT)
OVER = {checks.RESTORATION: checks.Count(0, 1, "times an overload was over")}


@pytest.mark.parametrize(
    ("log", "done", "found"),
    [
        ([event(8, checks.DISCONNECTED)], checks.Done(edges=[OPENED]), ""),
        ([], checks.Done(edges=[OPENED]), "seen to open: 1 due"),
        ([event(8, checks.DISCONNECTED), event(9, checks.DISCONNECTED)], checks.Done(edges=[OPENED]), "logged 2"),
        ([event(9, checks.DISCONNECTED)], checks.Done(edges=[OPENED]), "sequence"),
        ([event(8, "magnet")], checks.Done(), "without a cause"),
        ([event(8, checks.RESTORATION)], checks.Done(), "without a cause"),
        ([event(8, checks.RESTORATION)], checks.Done(oracles=OVER), ""),
        ([event(8, "recharge accepted", 5), event(9, "recharge accepted", 4)], checks.Done(recharges=2), "backwards"),
        ([], checks.Done(recharges=1), "recharges credited: 1 due"),
        ([], checks.Done(unsure_recharges=1), ""),
        ([event(8, "recharge accepted")], checks.Done(unsure_recharges=1), ""),
        ([event(8, "load limit set")], checks.Done(settings=[LIMIT_SET]), ""),
        ([], checks.Done(settings=[LIMIT_SET]), "load_limit was written: 1 due"),
        ([event(8, "load limit set")], checks.Done(), "without a cause"),
        ([], checks.Done(power_fails=1), ""),
    ],
)
def test_events_have_causes_and_causes_have_events(log: list[MeterEvent], done: checks.Done, found: str) -> None:
    """A log that has no power failures by its map owes none."""
    words = checks.events(log, 7, checks.due(done, NAMES), done.edges, None)
    assert bool(words) == bool(found), words
    assert not words or found in " ".join(words)


def test_what_a_log_has_overwritten_is_not_held_against_it_but_a_surplus_is() -> None:
    log = [event(n, "recharge accepted") for n in range(40, 72)]
    due = checks.due(checks.Done(recharges=64), NAMES)
    assert checks.events(log, 7, due, (), None, forgotten=32) == []
    too_many = checks.events(log, 7, checks.due(checks.Done(recharges=63), NAMES), (), None, forgotten=32)
    assert too_many == ["64 events were logged, and no more than 63 have a cause"]


@pytest.mark.parametrize("balance", [-1, 0])
def test_a_meter_that_is_found_without_credit_is_held_still_and_not_blamed(balance: int, tmp_path: Path) -> None:
    bench = tmp_path / "bench.toml"
    shipped = Path(__file__).parents[2] / "scenarios" / "benches" / "sim.toml"
    bench.write_text(shipped.read_text() + f"meter = {{ opening_balance = {balance} }}\n")
    found = run_sim(
        setup_of(Choices(bench=str(bench), out=str(tmp_path / "run"))), ["REL-1", "ARR-1", "RCH-2", "REL-2"]
    )
    assert {i: o.word for i, o in found.outcomes.items()} == dict.fromkeys(found.outcomes, Word.PASS)


def test_a_step_of_the_bench_may_cause_events_of_its_own() -> None:
    due = checks.due(checks.Done(caused={"magnet": checks.Count(1, 2, "caused by the bench")}), NAMES)
    assert [bool(checks.events([event(8 + n, "magnet") for n in range(came)], 7, due, (), None)) for came in range(4)] == [
        True, False, False, True,
    ]  # fmt: skip


@scenario(
    "T-TRIP",
    "Calm for long, then a trip at the very end",
    requires=(),
    starts=Start(credit=rupees("523.45"), settings={"load_limit": 2317, "under_threshold_duration": 1}),
    judges=(Equal("tripped", True),),
)
def trips_at_the_end(bench: Bench) -> None:
    bench.draw_watts(1013)
    bench.sleep(30)
    over = bench.draw_watts(2999)
    bench.observe("tripped", bench.wait_for(RelayState.OPEN, over.hi + 2 * 10**10, over) is not None)


def test_an_overload_that_opened_the_relay_is_not_over_while_it_stands_open(tmp_path: Path) -> None:
    outcome, _ = run_own(trips_at_the_end, tmp_path / "run")
    assert outcome.word is Word.PASS, outcome.reasons
