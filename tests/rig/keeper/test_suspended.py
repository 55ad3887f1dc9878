"""A machine that slept: positions learn when, and what the load drew meanwhile is counted."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from rig.clock import MILLISECOND, SECOND, raw_now
from rig.keeper import wire
from rig.keeper.callers import PositionCaller
from rig.keeper.channel import Channel
from rig.keeper.keeper import Keeper
from rig.keeper.settings import Settings
from tests.rig.keeper.staging import RULES, FakeBench

pytestmark = pytest.mark.loopback


def test_a_jump_is_a_void_and_counts_for_the_limits(fake: FakeBench, tmp_path: Path) -> None:
    slept = 0
    settings = Settings(fake.bench(limits={"seconds": 60}), {"P01": RULES}, raw_now(), b"k", tmp_path)
    keeper = Keeper(settings, suspended=lambda: slept)
    keeper.open()
    station = keeper.stations["P01"]
    station.load.draw_watts(100)
    keeper.tick()
    slept += 10 * MILLISECOND
    keeper.tick()
    assert keeper.voids == []
    before = keeper.clock.now()

    slept += 61 * SECOND
    keeper.tick()

    (void,) = keeper.voids
    assert before - SECOND < void.lo <= before <= void.hi <= keeper.clock.now()
    assert "limits.seconds is 60" in station.out
    keeper.finish()
    assert fake.off()
    assert "suspended for 61.000 s" in (tmp_path / "keeper.log").read_text()

    here, there = socket.socketpair()
    caller = PositionCaller(Channel(here), keeper, "P01")
    assert wire.COUNT.unpack(caller.answer(wire.BEAT, b"")[1]) == (1,)
    assert wire.unpack_result(caller.answer(wire.CALL, wire.pack_call("voids"))[1]) == [void]
    here.close()
    there.close()
    keeper.close()
