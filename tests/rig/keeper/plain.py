"""Devices that do as they are told and remember it, on a virtual clock, behind a gate."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rig.clock import Span, VirtualClock
from rig.config import Limits
from rig.contracts import Edge, LoadMeasurement, RelayState, Reply, Request, Watch
from rig.keeper.gate import BusRules, Gate
from rig.keeper.gated import GatedBus, GatedLoad, GatedSource

LIMITS = Limits(volts=250, amps=10, watts=3000, watt_hours=1000, seconds=7200, relay_operations=2)
RULES = BusRules(
    unit=7,
    writes=frozenset({("holding", 0x20), ("holding", 0x21), ("coil", 3)}),
    never_touch=frozenset({("holding", 0x1FF)}),
    relay=frozenset({("input", 0x80)}),
)


class PlainLoad:
    """A load that does as it is told and remembers it."""

    rating_w = 3680

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.told: list[int] = []
        self.fails: Exception | None = None

    def draw_watts(self, watts: int) -> Span:
        if self.fails is not None:
            raise self.fails
        self.told.append(watts)
        return Span.at(self.clock.now())

    def off(self) -> Span:
        self.told.append(0)
        return Span.at(self.clock.now())

    def measure(self) -> LoadMeasurement:
        now = self.clock.now()
        return LoadMeasurement(Decimal(230), Decimal(1), Decimal(230), now, now)

    def tripped(self) -> str:
        return ""


class PlainSource:
    def __init__(self) -> None:
        self.told: list[str] = []

    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        self.told.append(f"on {volts} {hertz}")
        return Span.at(0)

    def off(self) -> Span:
        self.told.append("off")
        return Span.at(0)

    def is_on(self) -> bool:
        return bool(self.told) and self.told[-1] != "off"


class PlainBus:
    def __init__(self) -> None:
        self.asked: list[Request] = []

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        self.asked += requests
        return [Reply(b"\x04\x02\x00\x01", 0, 1) for _ in requests]

    def close(self) -> None:
        """Nothing to close."""


class PlainSensing:
    def __init__(self) -> None:
        self.edges: list[Edge] = []

    def watch(self, from_edge: int = 0, _since: int = 0) -> Watch:
        return Watch(RelayState.UNKNOWN, tuple(self.edges[from_edge:]), 1, 0, 0, 0)

    def blind(self) -> str:
        return ""


class Bench:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.gate = Gate("P01", LIMITS, self.clock, RULES, Decimal(230))
        self.copper, self.mains, self.wire, self.sensing = (
            PlainLoad(self.clock),
            PlainSource(),
            PlainBus(),
            PlainSensing(),
        )
        self.gate.sensing = self.sensing
        self.load = GatedLoad(self.copper, self.gate, self.clock)
        self.source = GatedSource(self.mains, [self.gate])
        self.bus = GatedBus(self.wire, self.gate, self.load, self.clock)

    def contact(self, *states: RelayState) -> None:
        self.sensing.edges += [Edge(state, Span.at(self.clock.now())) for state in states]
