"""The recharge mailbox: credited once, refused without a trace, arrears first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from drivers.modbus.codec import ModbusRefusal
from tests.drivers.emulated.bench import MeterBench

TRACES = (
    "balance", "arrears", "last_recharge_amount", "last_recharge_time", "last_recharge_to_arrears", "total_recharged",
    "recharge_count", "last_recharge_id", "event_sequence",
)  # fmt: skip


def traces(bench: MeterBench) -> dict[str, Any]:
    return {item: bench.get(item) for item in TRACES}


def test_result_tells_received_and_then_accepted() -> None:
    bench = MeterBench()
    bench.meter.set("recharge_amount", 12_345)
    bench.meter.set("recharge_id", 7)
    assert bench.get("recharge_result") == 0
    bench.meter.set("recharge_commit", 1)
    assert (bench.get("recharge_result"), bench.get("balance")) == (8, 52_345)
    with pytest.raises(ModbusRefusal) as busy:
        bench.meter.set("recharge_commit", 1)
    assert busy.value.code == 6
    bench.wait(0.119)
    assert bench.get("recharge_result") == 8
    bench.wait(0.001)
    assert traces(bench) == {
        "balance": 52_345 + 12_345,
        "arrears": 0,
        "last_recharge_amount": 12_345,
        "last_recharge_time": datetime(2026, 1, 5, 8, 0, 2),
        "last_recharge_to_arrears": 0,
        "total_recharged": 12_345,
        "recharge_count": 1,
        "last_recharge_id": 7,
        "event_sequence": 1,
    }


def test_an_id_is_credited_once_also_over_a_power_failure() -> None:
    bench = MeterBench()
    assert bench.recharge(12_345, 7) == 3
    before = traces(bench)
    assert bench.recharge(12_345, 7) == 6
    assert bench.recharge(54_321, 7) == 6
    assert traces(bench) == before
    bench.power_cycle()
    assert bench.recharge(12_345, 7) == 6
    assert bench.get("recharge_count") == 1


def test_two_hundred_ids_are_remembered() -> None:
    bench = MeterBench()
    for number in range(1, 202):
        assert bench.recharge(100, number) == 3
    assert [bench.recharge(100, number) for number in (2, 201, 1)] == [6, 6, 3]


@pytest.mark.parametrize("paise", [0, -1, -12_345, 99, 5_000_001, 2**31 - 1])
def test_a_bad_amount_changes_nothing_and_leaves_its_id_good(paise: int) -> None:
    bench = MeterBench(opening_arrears=777)
    before = traces(bench)
    assert bench.recharge(paise, 7) == 4
    assert traces(bench) == before
    assert bench.recharge(12_345, 7) == 3


def test_id_zero_is_none() -> None:
    bench = MeterBench()
    assert bench.recharge(12_345, 0) == 4


def test_arrears_come_first() -> None:
    bench = MeterBench(opening_arrears=30_000)
    seen = []
    for number, paise in enumerate((12_345, 17_655, 20_001), 1):
        bench.recharge(paise, number)
        seen.append((bench.get("arrears"), bench.get("last_recharge_to_arrears"), bench.get("balance")))
    assert seen == [(17_655, 12_345, 52_345), (0, 17_655, 52_345), (0, 0, 72_346)]


def test_the_last_instalment_is_what_is_left() -> None:
    bench = MeterBench(opening_arrears=1_000)
    bench.recharge(10_007, 1)
    assert (bench.get("arrears"), bench.get("last_recharge_to_arrears"), bench.get("balance")) == (0, 1_000, 61_352)


def test_power_failing_before_the_credit_credits_nothing_and_keeps_the_id_good() -> None:
    bench = MeterBench()
    bench.meter.set("recharge_amount", 12_345)
    bench.meter.set("recharge_id", 7)
    bench.meter.set("recharge_commit", 1)
    bench.wait(0.1)
    bench.power_cycle()
    assert (bench.get("recharge_result"), bench.get("balance"), bench.get("recharge_count")) == (0, 52_345, 0)
    assert bench.recharge(12_345, 7) == 3


def test_only_one_commits() -> None:
    bench = MeterBench()
    with pytest.raises(ModbusRefusal) as refused:
        bench.meter.set("recharge_commit", 2)
    assert refused.value.code == 3
