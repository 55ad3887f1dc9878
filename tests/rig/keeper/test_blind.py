"""A channel that is blind while the load is on: the keeper goes safe by itself, and a position that sleeps hears of it at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rig.clock import MINUTE, SECOND, raw_now
from rig.errors import LinkError, Unsafe
from tests.rig.keeper.keeping import keeping, noted
from tests.rig.keeper.staging import FakeBench, wait

pytestmark = pytest.mark.loopback
V, HZ = Decimal(230), Decimal(50)
WITHIN = 4 * SECOND
"""2 s of blindness, 1 s for an answer that is being waited for, and what a busy machine adds."""


def test_a_blind_channel_ends_a_long_sleep_and_the_load_is_off(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        remote = keeper.reach("P01")
        remote.devices.source.on(V, HZ)
        remote.devices.load.draw_watts(2317)
        since = raw_now()
        fake.order("sense", "hang", "yes")

        with pytest.raises(LinkError, match=r"P01: the keeper made it safe: its relay sense has been blind for .* s"):
            remote.clock.sleep_until(remote.clock.now() + 5 * MINUTE)

        assert raw_now() - since < WITHIN
        assert wait(fake.off, 2)
        assert "blind" in noted(keeper, "lost")


def test_a_position_that_looks_and_never_sleeps_hears_of_it_too(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        devices = keeper.reach("P01").devices
        devices.source.on(V, HZ)
        devices.load.draw_watts(2317)
        fake.order("sense", "hang", "yes")
        since = raw_now()

        with pytest.raises(LinkError, match="blind"):
            while raw_now() - since < WITHIN:
                devices.sensing.watch()

        assert wait(fake.off, 2)


def test_when_every_device_dies_the_sleep_ends_and_the_bench_is_called_unsafe(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        remote = keeper.reach("P01")
        remote.devices.source.on(V, HZ)
        remote.devices.load.draw_watts(2317)
        since = raw_now()
        for device in ("sense", "bus", "load", "source"):
            fake.order(device, "hang", "yes")

        with pytest.raises(LinkError, match=r"blind|does not answer"):
            remote.clock.sleep_until(remote.clock.now() + 5 * MINUTE)

        assert raw_now() - since < WITHIN
        assert "P01 load" in noted(keeper, "unsafe")
        with pytest.raises(Unsafe, match="isolate this by hand"):
            keeper.finish()


def test_a_blind_channel_with_the_load_off_switches_nothing(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        remote = keeper.reach("P01")
        remote.devices.source.on(V, HZ)
        fake.order("sense", "hang", "yes")

        remote.clock.sleep_until(remote.clock.now() + WITHIN)

        assert fake.now("source")[1] == 1
        assert not [note for note in keeper.notes() if note.what == "lost"]


def test_a_load_that_dies_alone_is_noticed_though_nobody_asks_it(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        remote = keeper.reach("P01")
        remote.devices.source.on(V, HZ)
        remote.devices.load.draw_watts(2317)
        since = raw_now()
        fake.order("load", "hang", "yes")

        with pytest.raises(LinkError, match="P01: the keeper made it safe: its load is on and does not answer"):
            remote.clock.sleep_until(remote.clock.now() + 5 * MINUTE)

        assert raw_now() - since < 2 * WITHIN
        assert wait(lambda: fake.now("source")[1] == 0, 2), "what the load does not do, the source does"
        assert "P01 load" in noted(keeper, "unsafe"), "it never said that it is off"
        with pytest.raises(Unsafe):
            keeper.finish()
