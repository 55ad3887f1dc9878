"""The meter's button through the keeper: pressed when a position asks and never else, and let go of at every way out."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.emulated.process import EmulatedProcess
from drivers.emulated.truth_log import read_truth
from rig.clock import MILLISECOND, SECOND, raw_now
from rig.config import BenchFile, filled, parse_bench
from rig.errors import RigError
from rig.keeper import wire
from rig.keeper.hardware import buses_of
from tests.rig.keeper.keeping import keeping, noted
from tests.rig.keeper.staging import wait

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not hasattr(os, "killpg"), reason="SIGSTOP and SIGKILL are POSIX"),
]

LOOPBACK = {
    "format": 1,
    "name": "press",
    "kind": "loopback",
    "limits": {"volts": 276, "amps": 20, "watts": 4000, "watt_hours": 5000, "seconds": 3600, "relay_operations": 100},
}


class Emulated:
    """An emulated bench in a process of its own, its truth, and a bench file that reaches it."""

    def __init__(self, folder: Path, pulse_s: str) -> None:
        self.truth = folder / "truth.jsonl"
        self.process = EmulatedProcess({"meters": 2}, truth=self.truth)
        positions = [{"name": "P01", "button": {"pulse_s": pulse_s}}, {"name": "P02"}]
        self.bench: BenchFile = filled(parse_bench(LOOPBACK | {"positions": positions}, "press"), self.process.ready)

    def turns(self) -> list[tuple[str, int, int]]:
        """Every turn of a button: position, raw instant, 1 down or 0 up."""
        found = [c for c in read_truth(self.truth) if c["what"] == "button"]
        return [(str(c["position"]), int(str(c["raw"])), int(str(c["to"]))) for c in found]

    def down(self) -> bool:
        turns = self.turns()
        return bool(turns) and turns[-1][2] == 1

    def up(self) -> bool:
        turns = self.turns()
        return bool(turns) and turns[-1][2] == 0


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Emulated]:
    one = Emulated(tmp_path, "0.1")
    yield one
    one.process.close()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Emulated]:
    """A button that would be held down for 5 s."""
    one = Emulated(tmp_path, "5")
    yield one
    one.process.close()


def pressing(press: Callable[[], object]) -> list[BaseException]:
    """Press in a thread; what it ended with."""
    ended: list[BaseException] = []

    def run() -> None:
        try:
            press()
        except (RigError, OSError) as error:
            ended.append(error)

    threading.Thread(target=run, daemon=True).start()
    return ended


def test_one_press_is_one_press_of_that_meter_and_nothing_else_presses(quick: Emulated, tmp_path: Path) -> None:
    line = next(bus for bus in buses_of(quick.bench) if bus.buttons)
    assert (line.positions, line.senses, line.buttons) == ((), ("P01", "P02"), ("P01", "P02"))
    with keeping(quick.bench, tmp_path / "out") as keeper:
        remote = keeper.reach("P01")
        assert quick.turns() == []
        assert remote.devices.button is not None
        before = remote.clock.now()
        at = remote.devices.button.press()
        assert before < at.lo < at.hi < remote.clock.now() - 90 * MILLISECOND
        remote.devices.close()
        keeper.finish()
        assert noted(keeper, "pressed").startswith("press 1 of the meter's button: it went down between ")
        assert not [note for note in keeper.notes() if note.what in ("lost", "unsafe", "emergency")]
    (one, down, on), (other, up, off) = quick.turns()
    assert (one, on, other, off) == ("P01", 1, "P01", 0)
    assert keeper.zero + at.lo <= down <= keeper.zero + at.hi
    assert 100 * MILLISECOND <= up - down < 300 * MILLISECOND
    assert " 05 03 e8 ff 00" in (tmp_path / "out" / "P01.button.frames").read_text()
    assert " 05 03 e8 ff 00" not in (tmp_path / "out" / "P01.sense.frames").read_text()


@pytest.mark.parametrize("way", ["keeper killed", "keeper stopped", "position gone", "made safe", "told to end"])
def test_at_every_way_out_in_the_middle_of_a_press_it_is_let_go_of(slow: Emulated, way: str) -> None:
    with keeping(slow.bench) as keeper:
        remote = keeper.reach("P01")
        assert remote.devices.button is not None
        ended = pressing(remote.devices.button.press)
        assert wait(slow.down, 5)
        since = raw_now()
        if way == "keeper killed":
            os.kill(keeper.pid, signal.SIGKILL)
        elif way == "keeper stopped":
            os.kill(keeper.pid, signal.SIGSTOP)
        elif way == "position gone":
            remote._link._channel.shut()
        elif way == "told to end":
            os.kill(keeper.pid, signal.SIGTERM)
        else:
            remote.make_safe()

        assert wait(slow.up, 3), way
        assert slow.turns()[-1][1] - since < 2 * SECOND
        assert wait(lambda: bool(ended), 3), "whoever pressed is told"
        assert [to for _, _, to in slow.turns()] == [1, 0]


def test_a_position_that_is_stopped_in_the_middle_of_a_press_is_made_safe(slow: Emulated) -> None:
    with keeping(slow.bench) as keeper:
        keeper.out("P02", "it never came")
        remote = keeper.reach("P01")
        remote.devices.source.on(Decimal(230), Decimal(50))
        remote.devices.load.draw_watts(517)
        # It has asked, and does not echo the pulses: it is as good as stopped.
        remote._link._channel.send(wire.CALL, 99, wire.pack_call("button.press"))
        assert wait(slow.down, 3)
        since = raw_now()

        assert wait(slow.up, 3)

        assert slow.turns()[-1][1] - since < 2 * SECOND
        assert noted(keeper, "lost") == "silent for 1 s while it waited"
        assert noted(keeper, "safe").startswith("everything off")
