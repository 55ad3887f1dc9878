"""Random histories: money is conserved, nothing is energised without credit, and looking changes nothing."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.modbus.codec import ModbusRefusal
from rig.clock import MILLISECOND, SECOND
from tests.drivers.emulated.bench import MeterBench

STEP = st.one_of(
    st.tuples(st.just("load"), st.sampled_from([0, 731, 1500, 2000, 2317, 4800])),
    st.tuples(st.just("recharge"), st.sampled_from([0, 99, 100, 123, 12_345])),
    st.tuples(st.just("mains"), st.booleans()),
    st.tuples(st.just("relay"), st.sampled_from([0, 1])),
    st.tuples(st.just("limit"), st.sampled_from([1000, 2000, 2316])),
    st.tuples(st.just("mode"), st.sampled_from(["prepaid", "postpaid"])),
    st.tuples(st.just("again"), st.none()),
)
WAIT = st.one_of(st.integers(0, 3000), st.sampled_from([0, 1000, 120, 20, 50, 61_000, 3_600_000]))
HISTORY = st.lists(st.tuples(WAIT, STEP), min_size=1, max_size=25)


class Lived:
    """A history lived through, looked at as often as `looks` says."""

    def __init__(self, history: list[tuple[int, tuple[str, Any]]], looks: random.Random | None = None) -> None:
        self.bench = MeterBench(
            opening_balance=37, opening_arrears=150, load_limit=2000, over_threshold_duration=3, reclose_interval=7
        )
        self.looks = looks
        self.number = 0
        for wait, (what, to) in history:
            self._pass(wait * MILLISECOND)
            self._do(what, to)
        self._pass(5 * SECOND)

    def _pass(self, duration: int) -> None:
        clock, end = self.bench.clock, self.bench.clock.now() + duration
        if self.looks is not None:
            for _ in range(self.looks.randrange(4)):
                clock.sleep_until(self.looks.randint(clock.now(), end))
                for item in self.looks.sample(sorted(self.bench.meter.registers.readers), 3):
                    self.bench.get(item)
                self.bench.meter.truth()
        clock.sleep_until(end)

    def _do(self, what: str, to: Any) -> None:
        bench = self.bench
        if what == "load":
            bench.circuit.demand_watts(to)
        elif what == "mains":
            bench.circuit.set_source(to)
        elif bench.meter.answers():
            self._write(what, to)

    def _write(self, what: str, to: Any) -> None:
        meter = self.bench.meter
        try:
            if what == "recharge":
                self.number += 1
                meter.set("recharge_amount", to)
            if what in ("recharge", "again"):
                meter.set("recharge_id", self.number)
                meter.set("recharge_commit", 1)
            else:
                meter.set({"relay": "relay_control", "limit": "load_limit", "mode": "payment_mode"}[what], to)
        except ModbusRefusal as refused:
            assert refused.code == 6, "only a recharge that is not through yet is in the way"


@settings(max_examples=150, deadline=None)
@given(HISTORY, st.randoms(use_true_random=False))
def test_looking_changes_nothing(history: list[tuple[int, tuple[str, Any]]], looks: random.Random) -> None:
    unseen, seen = Lived(history), Lived(history, looks)
    assert seen.bench.meter.truth() == unseen.bench.meter.truth()
    assert seen.bench.circuit.log == unseen.bench.circuit.log
    assert seen.bench.meter.store.entries == unseen.bench.meter.store.entries


@settings(max_examples=150, deadline=None)
@given(HISTORY)
def test_money_is_conserved(history: list[tuple[int, tuple[str, Any]]]) -> None:
    lived = Lived(history)
    truth: dict[str, Any] = lived.bench.meter.truth()
    lost_at_most = 1 + sum(what == "mains" for _, (what, _) in history)
    whole = Fraction(lived.bench.circuit.energy_through(lived.bench.clock.now()), 1125 * SECOND)
    assert 0 <= whole - truth["quanta"] < lost_at_most
    booked = lived.bench.meter.store.account.booked_quanta
    assert 0 <= truth["quanta"] - booked <= 5
    paid_off = 150 - truth["arrears"]
    assert Fraction(truth["balance"]) == 37 + truth["total_recharged"] - paid_off - booked * Fraction(650, 3200)
    assert truth["arrears"] >= 0


@settings(max_examples=150, deadline=None)
@given(HISTORY)
def test_nothing_is_energised_without_credit_or_against_an_order(history: list[tuple[int, tuple[str, Any]]]) -> None:
    bench = Lived([*history, (0, ("mains", True))]).bench
    agreed = []
    for _ in range(3):  # one of three looks may fall between a decision and its contact or the next refresh
        truth: dict[str, Any] = bench.meter.truth()
        assert truth["answers"]
        open_for_credit = bench.get("payment_mode") == "prepaid" and Fraction(truth["balance"]) <= 0
        agreed.append(
            truth["contact"] is truth["position"] is (truth["holds"] == 0)
            and truth["control"] == bench.get("control_state")
            and not (open_for_credit and truth["contact"])
        )
        bench.wait(0.33)
    assert sum(agreed) >= 2
