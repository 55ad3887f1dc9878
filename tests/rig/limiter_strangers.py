"""Random loads on an emulated meter of every family of overload, and the oracle of the relay beside it: what it does not explain."""

from __future__ import annotations

import random
from collections.abc import Collection
from typing import Any

from drivers.emulated.circuit import Circuit
from drivers.emulated.meter.meter import EmulatedMeter
from drivers.emulated.meter.settings import MeterSettings
from rig.clock import MILLISECOND, SECOND, Span, VirtualClock
from rig.contracts import Edge, RelayState
from rig.expectation import Expectation
from rig.interval import Interval
from rig.promises import Promises
from tests.rig.strangers import PROMISED

LIMIT = 2000
FAMILIES: dict[str, dict[str, Any]] = {
    "definite_time": {"family": "definite_time", "delay": "over_threshold_duration"},
    "inverse": {
        "family": "inverse",
        "pairs": [
            {"times": "1", "delay_s": "60"}, {"times": "1.2", "delay_s": "25"}, {"times": "1.5", "delay_s": "10"},
            {"times": "2", "delay_s": "3"},
        ],
    },
    "sliding": {"family": "demand_average", "average_s": "60", "average": "sliding"},
    "block": {"family": "demand_average", "average_s": "30", "average": "block"},
}  # fmt: skip
SETTINGS = {
    "load_limit": LIMIT, "over_threshold_duration": 10, "reclose_attempts": 2, "reclose_interval": 30,
    "lock_out_duration": 300, "under_threshold_duration": 5,
}  # fmt: skip


class LimiterStrangers:
    """Firmware and oracle with one history of loads between them. `findings` is what the oracle does not explain or misses."""

    def __init__(self, seed: int, family: str, faults: Collection[str] = (), **promised: Any) -> None:
        self.luck = random.Random(seed)
        table = {
            **PROMISED,
            "overload": {**FAMILIES[family], "tolerance_percent": "0", "cleared_after_s": "3600"},
            **promised,
        }
        self.promises = Promises.read(table, family)
        self.clock = VirtualClock()
        self.circuit = Circuit(self.clock)
        made = MeterSettings.from_promises(table, {}, opening_balance=10**9, **SETTINGS)
        self.meter = EmulatedMeter(self.circuit, self.clock, made, faults)
        self.circuit.set_source(True)
        self.clock.sleep_until(self.promises.power_up + 7 * SECOND)
        self.heard = len(self.circuit.log)
        self.trips = 0
        self.findings: list[str] = []
        self.oracle = Expectation(self.promises, SETTINGS, True, now=self.clock.now())

    def live(self, steps: int) -> list[str]:
        """Live through so many loads."""
        for _ in range(steps):
            self.step()
            if self.findings:
                break
        return self.findings

    def step(self) -> None:
        """Another load, for a while; now and then another limit."""
        times = self.luck.choice((0, 20, 80, 99, 100, 101, 105, 119, 121, 149, 151, 200, 260, self.luck.randrange(300)))
        watts = LIMIT * times // 100
        self.circuit.demand_watts(watts)
        self.oracle.load(Span.at(self.clock.now()), Interval.of(watts))
        self.wait(self.luck.choice((300, 999, 2500, 11_000, 31_007, 64_000, self.luck.randrange(400_000))))
        if self.luck.random() < 0.1:
            limit = self.luck.choice((1500, 2000, 2600))
            self.meter.set("load_limit", limit)
            self.oracle.setting("load_limit", limit, Span.at(self.clock.now()))
            self.wait(10)

    def wait(self, milliseconds: int) -> None:
        """Let time pass, and tell the oracle of every edge."""
        until = self.clock.now() + milliseconds * MILLISECOND
        while self.clock.now() < until and not self.findings:
            self.clock.sleep_until(min(self.clock.now() + SECOND, until))
            self.hear()
            self.findings += self.oracle.overdue(self.clock.now())

    def hear(self) -> None:
        """Edges of the contact go to the oracle."""
        heard, self.heard = self.circuit.log[self.heard :], len(self.circuit.log)
        for instant, what, to in heard:
            if what == "contact":
                state = RelayState.CLOSED if to else RelayState.OPEN
                self.trips += not to
                words = self.oracle.edge(Edge(state, Span.at(instant)))
                self.findings += [words] if words else []
