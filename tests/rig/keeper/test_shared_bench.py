"""Positions that share a source, through the keeper: what is done together, and who goes down with whom."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest

from rig.clock import MILLISECOND, SECOND
from rig.errors import DeviceRefused
from rig.keeper import wire
from tests.rig.keeper.keeping import keeping, noted
from tests.rig.keeper.staging import FakeBench, wait

pytestmark = pytest.mark.loopback
V, HZ = Decimal(230), Decimal(50)


def test_a_lost_position_takes_those_on_its_source_with_it(fake: FakeBench) -> None:
    with keeping(fake.bench(("P01", "P02"), shared=True)) as keeper:
        one, other = keeper.reach("P01"), keeper.reach("P02")
        starting = threading.Thread(target=lambda: other.devices.source.on(V, HZ))
        starting.start()
        one.devices.source.on(V, HZ)
        starting.join(5)
        one.devices.load.draw_watts(100)
        other.devices.load.draw_watts(200)
        assert fake.now("demand", "P02")[1] == 200

        one._link._channel.shut()

        assert wait(lambda: fake.off() and fake.now("demand", "P02")[1] == 0, 1)
        with pytest.raises(DeviceRefused, match="P01, on the same source, was made safe: connection closed"):
            other.devices.load.draw_watts(200)


def test_a_finished_position_leaves_the_source_to_the_others(fake: FakeBench) -> None:
    with keeping(fake.bench(("P01", "P02"), shared=True)) as keeper:
        keeper.out("P02", "it never came")
        one = keeper.reach("P01")
        one.devices.source.on(V, HZ)
        one.devices.load.draw_watts(100)
        assert fake.drawing()
        one.devices.close()
        assert fake.off()


def test_a_position_that_waits_for_the_others_must_still_be_awake(fake: FakeBench) -> None:
    with keeping(fake.bench(("P01", "P02"), shared=True)) as keeper:
        one, other = keeper.reach("P01"), keeper.reach("P02")
        waiting = threading.Event()
        one._link._channel.send(wire.CALL, 99, wire.pack_call("source.on", V, HZ))

        def beat() -> None:
            while not waiting.is_set():
                other.still_here()
                waiting.wait(0.1)

        beating = threading.Thread(target=beat)
        beating.start()
        # P01 has asked, and does not echo the pulses: it is as good as stopped.
        assert noted(keeper, "lost").startswith("silent for 1 s while it waited")
        waiting.set()
        beating.join(5)
        assert fake.off()


def test_a_position_that_waits_and_is_awake_is_waited_with(fake: FakeBench) -> None:
    with keeping(fake.bench(("P01", "P02"), shared=True)) as keeper:
        one, other = keeper.reach("P01"), keeper.reach("P02")
        asking = threading.Thread(target=lambda: one.devices.source.on(V, HZ))
        asking.start()
        other.clock.sleep_until(other.clock.now() + SECOND + 500 * MILLISECOND)
        assert asking.is_alive()
        assert fake.now("source")[1] == 0
        other.devices.source.on(V, HZ)
        asking.join(5)
        assert fake.now("source")[1] == 1
        assert not [note for note in keeper.notes() if note.what == "lost"]
