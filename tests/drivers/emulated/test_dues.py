"""A share of the dues before the relay closes, as the firmware reckons it in whole paise."""

from __future__ import annotations

from typing import Any

from tests.drivers.emulated.bench import MeterBench

SINKS = [{"kind": "arrears", "mode": "percent", "percent": "10", "base": "gross"}, {"kind": "balance"}]


def cut(**rule: Any) -> MeterBench:
    """A meter that has cut at zero, with 100.01 of arrears."""
    dues = {"percent": "50", "of": "all", "at": "cut", **rule}
    bench = MeterBench(opening_balance=0, opening_arrears=10_001, sinks=SINKS, reconnection_dues=dues)
    bench.wait(5)
    assert not bench.closed()
    return bench


def paid(bench: MeterBench, *amounts: int) -> list[bool]:
    """Whether the relay is closed after each of these recharges."""
    found = []
    for number, amount in enumerate(amounts, 1):
        bench.recharge(amount, number)
        bench.wait(5)
        found.append(bench.closed())
    return found


def test_half_a_paisa_counts_as_one() -> None:
    assert paid(cut(), 5_000, 100) == [False, True]
    assert paid(cut(), 5_001) == [True]


def test_the_demand_outlives_a_power_failure() -> None:
    bench = cut()
    bench.recharge(4_900, 1)
    bench.circuit.set_source(False)
    bench.wait(30)
    bench.circuit.set_source(True)
    bench.wait(10)
    assert not bench.closed()
    bench.recharge(101, 2)
    bench.wait(5)
    assert bench.closed()


def test_each_recharge_for_itself_where_the_rule_says_so() -> None:
    # 100.01, then 95.11 after 49.00, then 90.36 after 47.54
    assert paid(cut(at="recharge"), 4_900, 4_755, 4_519) == [False, False, True]


def test_floor_and_cap_and_never_more_than_is_owed() -> None:
    assert paid(cut(floor=8_000), 7_999, 100) == [False, True]
    assert paid(cut(floor=20_000), 10_000, 100) == [False, True]
    assert paid(cut(cap=3_000), 2_999, 100) == [False, True]


def test_an_account_written_by_hand_owes_nothing_for_that_cut() -> None:
    bench = cut()
    bench.meter.set("balance", 1)
    bench.wait(5)
    assert bench.closed()


def test_the_next_cut_is_another() -> None:
    bench = cut()
    assert paid(bench, 5_001) == [True]
    bench.meter.set("balance", 0)
    bench.wait(5)
    assert not bench.closed()
    left = bench.get("arrears")
    assert left == 9_501
    bench.recharge(4_750, 7)
    bench.wait(5)
    assert not bench.closed()
    bench.recharge(100, 8)
    bench.wait(5)
    assert bench.closed()
