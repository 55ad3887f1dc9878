"""A position with its mains on, for a person at a terminal who wants to look: behind the same gate as a run, off on every way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from rig.choices import make_out
from rig.clock import SECOND, Clock, VirtualClock, seconds
from rig.contracts import Devices
from rig.errors import ConfigError
from rig.setup import Setup
from rig.wall import Wall
from rig.workplace import open_sim, read_map
from rig.zones import civil_now

STARTS_WITHIN = 10 * SECOND
"""ns that a meter gets to start before it is asked, where its map promises no time."""

SETTLES_WITHIN = 4 * SECOND
"""ns that a load and the meter's measurement of it get to settle."""


@contextmanager
def attended(setup: Setup, watts: int = 0) -> Iterator[tuple[Clock, Devices]]:
    """The devices of the setup's position, line live, the load at `watts` (W; 0: off), both settled.

    Raises:
        ValueError: a limit of the bench forbids it; it was not sent.
        LinkError, DeviceRefused: a device is not there, or does not obey; everything was made safe.
        Unsafe: something is not confirmed to be off.
    """
    wall = None
    clock: Clock
    if setup.bench.kind == "sim":
        virtual = VirtualClock()
        clock, devices = virtual, open_sim(setup, virtual)
    else:
        make_out(setup.out)
        wall = Wall(setup)
        keeper = wall.open()
        try:
            for other in setup.bench.positions:
                if other.name != setup.position:
                    keeper.out(other.name, f"only {setup.position} is attended to")
            reached = keeper.reach(setup.position)
        except BaseException:
            wall.finish()
            raise
        clock, devices = reached.clock, reached.devices
    try:
        _bring_up(setup, clock, devices, watts)
        yield clock, devices
    finally:
        try:
            devices.make_safe()
            devices.close()
        finally:
            if wall is not None:
                wall.finish()


def _bring_up(setup: Setup, clock: Clock, devices: Devices, watts: int) -> None:
    mains = setup.bench.mains
    if not devices.source.is_on():
        promised = read_map(setup.map_name).promises.get("power_up_s")
        starts = STARTS_WITHIN if promised is None else seconds(str(promised))
        clock.sleep_until(devices.source.on(mains.volts, mains.hertz).hi + starts)
    if watts:
        clock.sleep_until(devices.load.draw_watts(watts).hi + SETTLES_WITHIN)


def bench_time(clock: Clock, devices: Devices, zone: str) -> datetime:
    """Civil time on the bench now, naive, in the zone of the meter."""
    if devices.civil_zero is None:
        return civil_now(zone)
    return devices.civil_zero + timedelta(microseconds=clock.now() // 1000)


def with_other_map(setup: Setup, tried: str) -> Setup:
    """The setup with a map of this name or file for its driver; an emulated meter keeps the map of its bench."""
    bench = setup.bench
    if bench.emulates:
        table = dict(bench.emulated or {})
        names = {p.name: p.meter for p in bench.positions}
        given = table.get("positions") or [{"name": name, "unit": meter.unit} for name, meter in names.items()]
        if any(one.get("name") not in names for one in given):
            raise ConfigError(f"{bench.name}: emulated.positions: has a position that the bench has not")
        table["positions"] = [{"map": names[one["name"]].map, **one} for one in given]
        bench = bench.model_copy(update={"emulated": table})
    return replace(setup, bench=bench, map_name=tried)
