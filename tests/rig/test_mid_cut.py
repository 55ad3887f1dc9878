"""What is done to a meter while its contact is on the way to a cut: swept over a tick, no healthy meter is blamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs.command import rig

SCENARIOS = '''\
from rig.contracts import PaymentMode, RelayState
from rig.money import rupees
from rig.scenario import Equal, Money, Start, scenario

START = Start(credit=rupees("5.03"), arrears=0, cuts=True)
JUDGES = (Equal("closed in the end", True), Money("balance afterwards"))


def sweep(bench, act):
    closed = []
    for number in range(84):
        bench.preset(balance=0)
        bench.sleep_ns(number * 13_000_000)
        act()
        bench.sleep("4")
        closed.append((bench.relay() is RelayState.CLOSED, f"{number}"))
        bench.preset(balance=503)
        bench.set_payment_mode(PaymentMode.PREPAID)
        bench.sleep("2.006")
    return closed


@scenario("MID-1", "Postpaid in mid-cut", requires=(), starts=START, judges=JUDGES)
def test_postpaid(bench):
    """In postpaid supply comes back."""
    closed = sweep(bench, lambda: bench.set_payment_mode(PaymentMode.POSTPAID))
    bench.observe_each("closed in the end", closed)
    bench.observe_balance("balance afterwards")


@scenario("MID-2", "The button in mid-cut", requires=(), starts=START, judges=JUDGES[1:])
def test_button(bench):
    """It may lend credit, or come too early for that."""
    sweep(bench, bench.press_button)
    bench.observe_balance("balance afterwards")
'''


@pytest.mark.parametrize("policy", ["arrears_first", "at_the_button"])
def test_in_the_middle_of_a_cut(policy: str, tmp_path: Path) -> None:
    file = tmp_path / "test_mid.py"
    file.write_text(SCENARIOS, encoding="utf-8")
    ended = rig("run", file, "--policy", policy, "--out", tmp_path / "out", "--json")
    assert {row["scenario"]: row["verdict"] for row in ended.table()} == {"MID-1": "PASS", "MID-2": "PASS"}, ended.said
