"""Alarms in wall time: in order, never early, and at the instant that was asked for."""

from __future__ import annotations

import asyncio

import pytest

from drivers.emulated.wall_alarms import WallAlarms
from rig.clock import MILLISECOND, WallClock

pytestmark = pytest.mark.loopback


def test_run_in_order_and_see_the_instant_they_asked_for() -> None:
    seen: list[tuple[str, int, int]] = []

    async def run() -> None:
        clock = WallClock()
        alarms = WallAlarms(clock, asyncio.get_running_loop())
        done = asyncio.Event()

        def note(name: str) -> None:
            seen.append((name, alarms.now(), clock.now()))

        def first() -> None:
            note("first")
            alarms.call_at(30 * MILLISECOND, lambda: note("chained"))

        alarms.call_at(40 * MILLISECOND, lambda: note("last"))
        alarms.call_at(40 * MILLISECOND, done.set)
        alarms.call_at(20 * MILLISECOND, first)
        alarms.call_at(20 * MILLISECOND, lambda: note("second"))
        alarms.call_at(25 * MILLISECOND, lambda: note("taken back")).cancel()
        await asyncio.wait_for(done.wait(), 5)

    asyncio.run(run())
    assert [(name, at) for name, at, _ in seen] == [
        ("first", 20 * MILLISECOND),
        ("second", 20 * MILLISECOND),
        ("chained", 30 * MILLISECOND),
        ("last", 40 * MILLISECOND),
    ]
    assert all(wall >= at for _, at, wall in seen), "an alarm rang before its time"


class HandClock(WallClock):
    """A wall clock that a test moves by hand."""

    instant = 0

    def now(self) -> int:
        return self.instant


def test_what_is_overdue_has_happened_before_anybody_looks() -> None:
    async def run() -> list[int]:
        clock = HandClock()
        alarms = WallAlarms(clock, asyncio.get_running_loop())
        rung: list[int] = []
        alarms.call_at(5 * MILLISECOND, lambda: rung.append(alarms.now()))
        clock.instant = 10 * MILLISECOND  # the loop is held up, as by a long request
        assert not rung
        return alarms.at_one_instant(lambda seen: list(seen), rung)

    assert asyncio.run(run()) == [5 * MILLISECOND]


def test_time_never_runs_backwards_for_a_device() -> None:
    """An alarm that falls due while a device is being asked comes after the asking, and not before it in time."""
    seen: list[int] = []

    async def run() -> None:
        clock = HandClock()
        alarms = WallAlarms(clock, asyncio.get_running_loop())

        def look(until: int) -> None:
            seen.append(alarms.now())
            clock.instant = until
            seen.append(alarms.now())

        alarms.call_at(5 * MILLISECOND, lambda: seen.append(alarms.now()))
        clock.instant = 2 * MILLISECOND
        alarms.at_one_instant(look, 8 * MILLISECOND)
        alarms.at_one_instant(look, 9 * MILLISECOND)

    asyncio.run(run())
    assert seen == [n * MILLISECOND for n in (2, 2, 5, 8, 8)]
