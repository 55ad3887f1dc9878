"""Protected time, emergency credit, notices, the least balance for reconnection. 08:00:00 at 0 s, a Monday."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from drivers.emulated.meter.money_table import NoCutRule
from drivers.emulated.meter.protected_time import ProtectedTime
from tests.drivers.emulated.bench import MeterBench

NIGHT = {"daily": [[18 * 60, 8 * 60]], "weekdays": [6], "second_saturday": True, "holidays": ["2026-08-15"]}
HOUR, DAY = 3600, 86_400


def rule(**table: Any) -> ProtectedTime:
    return ProtectedTime(NoCutRule.model_validate(table))


@pytest.mark.parametrize(
    ("gone", "cut"),
    [
        ("2026-03-03T17:59:59", "2026-03-03T17:59:59"),
        ("2026-03-03T18:00:00", "2026-03-04T08:00:00"),
        ("2026-03-04T07:59:59", "2026-03-04T08:00:00"),
        ("2026-03-14T12:00:00", "2026-03-16T08:00:00"),
        ("2026-03-07T12:00:00", "2026-03-07T12:00:00"),
        ("2026-08-14T20:00:00", "2026-08-17T08:00:00"),
        ("2026-12-31T23:00:00", "2027-01-01T08:00:00"),
    ],
)
def test_when_a_cut_is_made(gone: str, cut: str) -> None:
    assert rule(**NIGHT).ends(datetime.fromisoformat(gone)) == datetime.fromisoformat(cut)


def test_time_that_never_ends() -> None:
    assert rule(weekdays=[0, 1, 2, 3, 4, 5, 6]).ends(datetime(2026, 3, 3)) is None


def night(**more: Any) -> MeterBench:
    bench = MeterBench(opening_balance=50, no_cut=NIGHT, alarm_1=0, alarm_2=0, **more)
    bench.meter.set("clock", datetime(2026, 3, 3, 17, 59, 0))
    bench.circuit.demand_watts(2317)
    return bench


def test_a_cut_waits_for_the_end_of_protected_time() -> None:
    bench = night()
    bench.wait(14 * HOUR + 59)
    assert bench.closed() and bench.get("balance") < -10_000
    bench.wait(2)
    assert bench.edges() == [(2 + 14 * HOUR + 60 + 0.02, 0)]


def test_a_recharge_before_the_end_cancels_it_and_a_set_clock_brings_it_forward() -> None:
    bench = night()
    bench.wait(HOUR)
    bench.recharge(500_000, 1)
    bench.wait(14 * HOUR)
    assert bench.edges() == []
    bench = night()
    bench.wait(HOUR)
    bench.meter.set("clock", datetime(2026, 3, 4, 12, 0, 0))
    bench.wait(2)
    assert not bench.closed()


def lent(**rule: Any) -> MeterBench:
    table = {"paise": 5_000, **rule}
    sinks = [{"kind": "emergency_credit"}, {"kind": "arrears"}, {"kind": "balance"}]
    bench = MeterBench(opening_balance=10, emergency_credit=table, sinks=sinks, alarm_1=0, alarm_2=0)
    bench.circuit.demand_watts(2317)
    return bench


def test_emergency_credit_is_lent_once_until_repaid() -> None:
    bench = lent()
    bench.wait(2 * HOUR)
    assert bench.closed() and bench.get("emergency_limit") == 5_000
    assert bench.get("emergency_used") == -bench.get("balance") > 2_000
    bench.wait(2 * HOUR)
    assert not bench.closed() and bench.get("emergency_used") == 5_000
    assert bench.get("balance") <= -5_000
    bench.recharge(3_000, 1)
    bench.wait(10)
    assert not bench.closed(), "it was lent once, and is not repaid"
    bench.recharge(3_000, 2)
    bench.wait(10)
    assert bench.closed() and bench.get("emergency_used") == 0
    bench.wait(2 * HOUR)
    assert bench.closed() and bench.get("balance") < 0
    assert bench.codes().count(907) == 2 and bench.codes().count(908) == 1


def test_what_was_lent_is_repaid_before_the_arrears() -> None:
    bench = lent()
    bench.wait(HOUR)
    bench.meter.set("arrears", 2_000)
    used = bench.get("emergency_used")
    bench.circuit.demand_watts(0)
    bench.wait(2)
    used = bench.get("emergency_used")
    bench.recharge(used + 1_500, 1)
    assert (bench.get("arrears"), bench.get("emergency_used")) == (500, 0) and 0 <= bench.get("balance") <= 1


def test_a_part_can_be_drawn_again_where_it_is_not_lent_only_once() -> None:
    bench = lent(once=False)
    bench.wait(4 * HOUR)
    bench.recharge(3_000, 1)
    bench.wait(10)
    assert bench.closed() and bench.get("balance") < 0


def test_days_of_emergency_credit() -> None:
    bench = lent(paise=None, days=3)
    bench.wait(3 * DAY)
    assert bench.closed()
    bench.wait(60)
    assert not bench.closed()


def test_emergency_credit_at_the_button() -> None:
    bench = lent(granted="button")
    bench.wait(60)
    assert not bench.closed() and bench.get("control_state") == 2
    bench.meter.press_button()
    bench.wait(1)
    assert bench.closed()
    bench.wait(4 * HOUR)
    assert not bench.closed()
    bench.meter.press_button()
    bench.wait(1)
    assert not bench.closed()


def test_its_days_count_from_where_the_balance_was_used_up_also_at_the_button() -> None:
    bench = lent(granted="button", days=3)
    bench.wait(2 * DAY)
    bench.circuit.demand_watts(0)
    bench.meter.press_button()
    bench.wait(1)
    assert bench.closed()
    bench.wait(DAY - HOUR)
    assert bench.closed()
    bench.wait(2 * HOUR)
    assert not bench.closed(), "three days from where the balance was used up, one from the press"


def test_the_button_lends_nothing_once_its_days_are_over() -> None:
    bench = lent(granted="button", days=3)
    bench.wait(3 * DAY + 60)
    bench.meter.press_button()
    bench.wait(1)
    assert not bench.closed() and bench.codes().count(907) == 0


def test_notices_are_told_once_a_crossing_and_again_after_a_recharge() -> None:
    bench = MeterBench(opening_balance=0, notices_percent=[30, 10, 0], alarm_1=0, alarm_2=0)
    bench.recharge(1_000, 1)
    bench.circuit.demand_watts(2317)
    notices = []
    for number in (2, 3):
        bench.wait(HOUR)
        notices.append([code for code in bench.codes() if 904 <= code <= 906])
        bench.recharge(2_000, number)
    assert notices == [[904, 905, 906], [904, 905, 906, 904]]


def test_the_least_balance_for_reconnection() -> None:
    bench = MeterBench(opening_balance=0, smallest_for_reconnection_paise=5_000)
    bench.wait(5)
    bench.recharge(4_999, 1)
    bench.wait(5)
    assert not bench.closed()
    bench.recharge(100, 2)
    bench.wait(5)
    assert bench.closed()
