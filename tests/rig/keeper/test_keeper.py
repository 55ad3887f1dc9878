"""The keeper as a position and its parent meet it: commands, limits, silence, hung and absent devices, the end."""

from __future__ import annotations

import os
import re
import signal
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from rig.clock import MILLISECOND, SECOND, WallClock, raw_now
from rig.config import BenchFile
from rig.contracts import RelayState, Request
from rig.errors import ConfigError, DeviceRefused, LinkError, Unsafe
from rig.keeper.hardware import open_device
from rig.keeper.parent import KeeperProcess
from rig.opener import Opening
from tests.rig.keeper.keeping import keeping, noted
from tests.rig.keeper.staging import RULES, FakeBench, pause, wait

pytestmark = pytest.mark.loopback
V, HZ = Decimal(230), Decimal(50)
READ = Request(1, bytes([4, 0, 0, 0, 1]))


def test_everything_a_position_does_and_a_normal_end(fake: FakeBench, tmp_path: Path) -> None:
    with keeping(fake.bench(), tmp_path) as keeper:
        assert fake.off()
        remote = keeper.reach("P01")
        devices, clock = remote.devices, remote.clock
        assert (devices.position, devices.unit, devices.load.rating_w) == ("P01", 1, 3680)
        before = clock.now()
        on = devices.source.on(V, HZ)
        drawn = devices.load.draw_watts(2317)
        assert before <= on.lo <= on.hi <= drawn.lo <= drawn.hi <= clock.now()
        assert devices.source.is_on()
        assert devices.load.measure().power_w == 2317
        assert devices.load.tripped() == ""
        (reply,) = devices.bus.exchange([READ])
        assert drawn.hi <= reply.sent <= reply.received <= clock.now()
        clock.sleep_until(clock.now() + SECOND + 300 * MILLISECOND)
        watch = devices.sensing.watch()
        assert (watch.state, devices.sensing.blind()) == (RelayState.CLOSED, "")
        assert [edge.state for edge in watch.edges] == [RelayState.UNKNOWN, RelayState.CLOSED]
        assert watch.samples > 40
        assert fake.drawing()

        devices.make_safe()

        assert fake.off()
        assert fake.now("demand")[0] < fake.now("source")[0]
        devices.close()
        keeper.finish()
        assert keeper.notes()[0].what == "ready"
        assert not [note for note in keeper.notes() if note.what in ("lost", "emergency", "unsafe")]
    frames = (tmp_path / "P01.frames").read_text()
    assert frames.count(" > 01 04 00 00 00 01") == 1
    with pytest.raises(LinkError, match="hung up"):
        devices.load.measure()


def test_the_gate_and_the_errors_of_devices_reach_the_position(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        devices = keeper.connect("P01")
        with pytest.raises(ValueError, match=r"P01: refused to draw 3681 W: limits\.watts is 3680; nothing was sent"):
            devices.load.draw_watts(3681)
        with pytest.raises(ValueError, match="broadcast"):
            devices.bus.exchange([Request(0, READ.pdu)])
        with pytest.raises(ValueError, match="does not let the rig write holding 0x0021"):
            devices.bus.exchange([Request(1, bytes([6, 0, 0x21, 0, 1]))])
        with pytest.raises(ConfigError, match="P02: the keeper has no such position"):
            _reach_unknown(keeper)
        with pytest.raises(ConfigError, match="another process holds"):
            keeper.reach("P01")
        fake.order("bus", "hang", "yes")
        with pytest.raises(LinkError, match=r"P01 meter: asked exchange: no answer"):
            devices.bus.exchange([READ])
        devices.still_here()
        assert devices.sensing.watch().largest_gap < 500 * MILLISECOND


def _reach_unknown(keeper: KeeperProcess) -> None:
    from rig.keeper.remote import RemotePosition

    RemotePosition(keeper.address, keeper._key, keeper.zero, "P02", 1, 1)


def test_a_silent_position_is_made_safe_and_finds_its_line_cut(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        devices = keeper.connect("P01")
        devices.source.on(V, HZ)
        devices.load.draw_watts(2317)
        since = raw_now()

        assert wait(fake.off, 2)

        assert 800 * MILLISECOND < fake.now("source")[0] - since < 2 * SECOND
        assert noted(keeper, "lost") == "silent for 1 s"
        with pytest.raises(LinkError, match="keeper"):
            devices.load.draw_watts(2317)
        devices.make_safe()
        assert fake.off()


def test_a_limit_that_is_reached_ends_the_drawing_and_leaves_reading(fake: FakeBench) -> None:
    with keeping(fake.bench(limits={"seconds": 1})) as keeper:
        remote = keeper.reach("P01")
        devices = remote.devices
        devices.source.on(V, HZ)
        devices.load.draw_watts(100)
        remote.clock.sleep_until(remote.clock.now() + 2 * SECOND, fake.off)

        assert fake.off()
        assert "limits.seconds is 1" in noted(keeper, "lost")
        with pytest.raises(DeviceRefused, match="nothing may be switched on"):
            devices.source.on(V, HZ)
        with pytest.raises(DeviceRefused, match=r"limits\.seconds"):
            devices.bus.exchange([Request(1, bytes([6, 0, 0x20, 0, 1]))])
        assert devices.bus.exchange([READ])
        assert devices.sensing.watch().edges


def test_a_command_without_confirmation_makes_the_position_safe(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        devices = keeper.connect("P01")
        devices.source.on(V, HZ)
        fake.order("load", "hang", "yes")
        with pytest.raises(LinkError, match="P01 load: asked draw: no answer"):
            devices.load.draw_watts(2317)

        assert wait(lambda: fake.now("source")[1] == 0, 2)

        assert "draw 2317 W was not confirmed" in noted(keeper, "lost")
        assert noted(keeper, "unsafe").startswith("P01 load: ")
        with pytest.raises(Unsafe, match=r"P01 load: .*isolate this by hand"):
            keeper.finish()


def test_ctrl_c_during_a_long_request_does_not_wait_for_it(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        devices = keeper.connect("P01")
        devices.source.on(V, HZ)
        devices.load.draw_watts(2317)
        fake.order("bus", "hang", "yes")
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            devices.bus.exchange([READ, READ, READ])
        since = raw_now()

        devices.make_safe()

        assert raw_now() - since < SECOND // 2
        assert fake.off()
        assert devices.source.is_on() is False


@pytest.mark.parametrize("who", ["loads", "sources"])
def test_a_device_that_is_not_there_is_named_and_nothing_is_left(fake: FakeBench, who: str) -> None:
    table = fake.bench().model_dump()
    key = {"loads": "load", "sources": "source"}[who]
    table["positions"][0][key] = {"type": "fake", "port": 1, "position": "P01"}
    bench = BenchFile.model_validate(table)

    with pytest.raises(LinkError) as found:
        KeeperProcess(bench, {"P01": RULES})

    assert re.fullmatch(
        rf"P01 {key} \(type fake, port 1\): [^;:]*; check cable, address and power", str(found.value)
    ), "one sentence: which device, where, what came, what to check"


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("loads", {"type": "scpi", "resource": "ASRL/dev/ttyNONE::INSTR", "dialect": "generic", "rating_w": 1}),
        ("buses", {"type": "rtu", "port": "/dev/ttyNONE"}),
    ],
)
def test_a_port_that_is_not_there_is_told_once(kind: str, table: dict[str, object]) -> None:
    with pytest.raises(LinkError) as found:
        open_device(kind, table, Opening("P01 load", WallClock()))

    words = str(found.value)
    assert words.startswith("P01 load (")
    assert words.count("P01 load") == words.count("check ") == 1


def test_a_wrong_table_is_a_wrong_file(fake: FakeBench) -> None:
    table = fake.bench().model_dump()
    table["positions"][0]["load"]["colour"] = "red"
    with pytest.raises(ConfigError, match="P01 load: colour: is not a known key"):
        KeeperProcess(BenchFile.model_validate(table), {"P01": RULES})


def test_a_fault_in_a_watcher_means_safe_and_then_the_end(fake: FakeBench) -> None:
    table = fake.bench().model_dump()
    table["positions"][0]["sense"]["fault"] = "breaks"
    with keeping(BenchFile.model_validate(table)) as keeper:

        def failed() -> bool:
            try:
                keeper.check()
            except LinkError:
                return True
            return False

        assert wait(failed, 5)
        with pytest.raises(
            LinkError, match=r"ZeroDivisionError: a fault in a driver .* parent has made everything safe"
        ):
            keeper.finish()
        assert fake.off()


def test_a_bench_that_is_on_at_the_beginning_is_switched_off(fake: FakeBench) -> None:
    fake.order("load", "draw", 1000)
    fake.order("source", "on")
    assert fake.drawing()
    with keeping(fake.bench()):
        assert fake.off()


def test_a_keeper_told_to_end_makes_everything_safe(fake: FakeBench) -> None:
    with keeping(fake.bench()) as keeper:
        devices = keeper.connect("P01")
        devices.source.on(V, HZ)
        os.kill(keeper.pid, signal.SIGINT)
        pause(150 * MILLISECOND)
        devices.still_here()
        os.kill(keeper.pid, signal.SIGTERM)
        assert wait(fake.off, 2)
        with pytest.raises(LinkError):
            keeper.finish()
