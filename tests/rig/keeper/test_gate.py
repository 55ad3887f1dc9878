"""The gate refuses what a limit forbids, sends nothing then, and counts what the load was told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rig.clock import HOUR, SECOND
from rig.contracts import RelayState, Request
from rig.errors import DeviceRefused, LinkError
from tests.rig.keeper.plain import Bench


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
