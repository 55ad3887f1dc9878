"""The gate refuses what a limit or the map forbids, sends nothing then, and counts what the load was told."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from rig.clock import HOUR, SECOND, Span, VirtualClock
from rig.config import Limits
from rig.contracts import Edge, LoadMeasurement, RelayState, Reply, Request, Watch
from rig.errors import DeviceRefused, LinkError
from rig.keeper.gate import BusRules, Gate
from rig.keeper.gated import GatedBus, GatedLoad, GatedSource
from rig.keeper.pdu import touched

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

    def watch(self, from_edge: int = 0) -> Watch:
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


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("watts", "limit"),
    [(3001, "limits.watts is 3000"), (2301, "limits.amps is 10")],
)
def test_too_much_is_refused_and_never_clipped(bench: Bench, watts: int, limit: str) -> None:
    with pytest.raises(ValueError, match=rf"P01: refused to draw {watts} W.*{limit}; nothing was sent"):
        bench.load.draw_watts(watts)

    assert bench.copper.told == []
    bench.load.draw_watts(2300)
    assert bench.copper.told == [2300]


def test_the_current_follows_the_voltage_that_the_source_has(bench: Bench) -> None:
    bench.source.on(Decimal(115), Decimal(50))
    with pytest.raises(ValueError, match=r"at 115 V: limits\.amps"):
        bench.load.draw_watts(1151)
    bench.load.draw_watts(1150)

    bench.source.on(Decimal(230), Decimal(50))
    bench.load.draw_watts(2300)
    with pytest.raises(ValueError, match=r"supply 200 V to a load of 2300 W: limits\.amps"):
        bench.source.on(Decimal(200), Decimal(50))
    with pytest.raises(ValueError, match=r"limits\.volts is 250"):
        bench.source.on(Decimal("250.1"), Decimal(50))
    assert bench.mains.told == ["on 115 50", "on 230 50"]


def test_energy_is_counted_exactly_and_ends_the_drawing(bench: Bench) -> None:
    bench.load.draw_watts(2000)
    bench.clock.sleep_until(HOUR // 2 - 1)
    bench.load.measure()

    bench.clock.sleep_until(HOUR // 2)
    with pytest.raises(
        DeviceRefused, match=r"P01 load: switched off: the load has been told 1000 Wh, limits\.watt_hours"
    ):
        bench.bus.exchange([Request(7, bytes([4, 0, 0, 0, 1]))])

    assert bench.copper.told == [2000, 0]
    assert bench.wire.asked == []
    with pytest.raises(ValueError, match="1000 Wh"):
        bench.load.draw_watts(1)
    bench.load.draw_watts(0)


def test_seconds_count_only_while_the_load_is_on(bench: Bench) -> None:
    bench.load.draw_watts(10)
    bench.clock.sleep_until(7199 * SECOND)
    bench.load.off()
    bench.clock.sleep_until(100_000 * SECOND)
    assert bench.gate.exceeded() == ""

    bench.load.draw_watts(10)
    bench.clock.sleep_until(100_001 * SECOND)

    with pytest.raises(DeviceRefused, match=r"on for 7200 s, limits\.seconds is 7200"):
        bench.load.measure()


def test_a_machine_that_slept_has_drawn_on(bench: Bench) -> None:
    bench.load.draw_watts(10)
    bench.clock.sleep_until(SECOND)

    bench.gate.suspended(7199 * SECOND)

    assert "limits.seconds" in bench.gate.exceeded()
    assert bench.gate.expires <= bench.clock.now()


def test_a_setting_without_confirmation_counts_as_the_larger(bench: Bench) -> None:
    bench.load.draw_watts(100)
    bench.copper.fails = LinkError("no answer")
    with pytest.raises(LinkError):
        bench.load.draw_watts(2000)

    bench.clock.sleep_until(HOUR // 2)

    assert "1000 Wh" in bench.gate.exceeded()


def test_a_setting_that_the_load_itself_refused_does_not_count(bench: Bench) -> None:
    bench.copper.fails = ValueError("outside the rating; nothing was sent")
    with pytest.raises(ValueError, match="outside the rating"):
        bench.load.draw_watts(2000)

    bench.clock.sleep_until(100 * HOUR)

    assert bench.gate.exceeded() == ""


def test_relay_operations_are_changes_of_the_contact_and_not_of_the_line(bench: Bench) -> None:
    closed, opened, dead = RelayState.CLOSED, RelayState.OPEN, RelayState.UNKNOWN
    bench.contact(dead, closed, dead, closed, opened, dead, opened)
    assert bench.gate.relay_operations() == 1
    bench.contact(closed)
    assert bench.gate.relay_operations() == 2
    bench.load.draw_watts(100)

    bench.contact(opened)

    with pytest.raises(ValueError, match=r"operated 3 times, limits\.relay_operations is 2; nothing was sent"):
        bench.bus.exchange([Request(7, bytes([6, 0, 0x20, 0, 1]))])
    with pytest.raises(ValueError, match="operated 3 times"):
        bench.source.on(Decimal(230), Decimal(50))
    assert bench.wire.asked == []
    bench.bus.exchange([Request(7, bytes([4, 0, 0, 0, 1]))])


@pytest.mark.parametrize(
    ("unit", "pdu", "why"),
    [
        (0, "0400000001", "broadcast"),
        (8, "0400000001", "the meter of this position is unit 7"),
        (7, "0600220001", "does not let the rig write holding 0x0022"),
        (7, "10002000030600010002 0003", "does not let the rig write holding 0x0022"),
        (7, "050004ff00", "does not let the rig write coil 0x0004"),
        (7, "0601ff0001", "never to touch holding 0x01FF"),
        (7, "0301fe0002", "never to touch holding 0x01FF"),
        (7, "10 01fe 0002 04 00000000", "never to touch holding 0x01FF"),
        (7, "0800000000", "function 8 is none"),
        (7, "16 0020 0000 0000", "function 22 is none"),
        (7, "", "function 0 is none"),
        (7, "0400", "cannot have 2 bytes"),
        (7, "040000000100", "cannot have 6 bytes"),
        (7, "04ffff0002", "cannot ask for 2 items from 0xFFFF"),
        (7, "040000007e", "cannot ask for 126 items"),
        (7, "0400000000", "cannot ask for 0 items"),
        (7, "10 0020 0002 04 0000", "does not carry that many"),
        (7, "10 0020 0001 02 0000 00", "does not carry that many"),
    ],
)
def test_what_must_not_reach_a_meter_is_refused_at_the_bytes(bench: Bench, unit: int, pdu: str, why: str) -> None:
    good = Request(7, bytes([4, 0, 0, 0, 1]))

    with pytest.raises(ValueError, match=why):
        bench.bus.exchange([good, Request(unit, bytes.fromhex(pdu))])

    assert bench.wire.asked == []


@pytest.mark.parametrize(
    "pdu", ["0600200001", "10 0020 0002 04 00000001", "050003ff00", "0f 0003 0001 01 01", "0301fd0002"]
)
def test_what_the_map_allows_passes(bench: Bench, pdu: str) -> None:
    request = Request(7, bytes.fromhex(pdu))

    assert len(bench.bus.exchange([request, request])) == 2
    assert bench.wire.asked == [request, request]


def test_polls_of_the_relay_are_urgent(bench: Bench) -> None:
    assert bench.gate.urgent(Request(7, bytes.fromhex("04007f0002")))
    assert not bench.gate.urgent(Request(7, bytes.fromhex("0400810002")))
    assert not bench.gate.urgent(Request(7, bytes.fromhex("03007f0002")))


def test_rules_survive_being_handed_to_another_process() -> None:
    assert BusRules.from_table(RULES.as_table()) == RULES


def test_a_request_names_itself() -> None:
    assert str(touched(bytes.fromhex("0301000002"))) == "read holding 0x0100+2"
    assert str(touched(bytes.fromhex("050003ff00"))) == "write coil 0x0003+1"
