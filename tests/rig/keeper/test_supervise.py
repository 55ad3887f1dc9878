"""The parent and the processes of its positions: waited for, reported to the keeper, killed when they hang."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from rig.errors import LinkError
from rig.keeper.parent import KeeperProcess
from rig.keeper.position_process import PositionProcess, supervise
from tests.rig.keeper.staging import RULES, FakeBench, environment, gone

pytestmark = pytest.mark.loopback

BEGIN = """
from decimal import Decimal
from rig.keeper.remote import reach
remote = reach()
devices = remote.devices
devices.source.on(Decimal(230), Decimal(50))
"""
ENDS_WELL = BEGIN + "devices.load.draw_watts(231); devices.make_safe(); devices.close()"
DIES = BEGIN + "devices.load.draw_watts(231); raise SystemExit(7)"
HANGS = BEGIN + "devices.load.draw_watts(231)\nwhile True: pass"
NEVER_COMES = "raise SystemExit(3)"


def started(keeper: KeeperProcess, scripts: dict[str, str]) -> list[PositionProcess]:
    return [
        PositionProcess(name, [sys.executable, "-c", script], keeper, environment=environment())
        for name, script in scripts.items()
    ]


def test_each_position_ends_in_its_own_way_and_the_bench_is_off(fake: FakeBench, tmp_path: Path) -> None:
    scripts = {"P01": ENDS_WELL, "P02": DIES, "P03": HANGS}
    bench = fake.bench(tuple(scripts))
    looked = 0

    def look() -> None:
        nonlocal looked
        looked += 1

    with KeeperProcess(bench, dict.fromkeys(scripts, RULES), out=tmp_path / "new" / "out") as keeper:
        positions = started(keeper, scripts)
        codes = supervise(keeper, positions, look)
        lost = {note.position: note.words for note in keeper.notes() if note.what == "lost"}

    assert codes["P01"] == 0
    assert codes["P02"] == 7
    assert codes["P03"] != 0
    assert lost == {"P02": "connection closed (EOFError)", "P03": "silent for 1 s"}
    assert looked > 20
    assert all(fake.off(name) and fake.now("demand", name)[0] > 0 for name in scripts)
    assert all(gone(one.pid) for one in positions)
    assert "everything off" in (tmp_path / "new" / "out" / "keeper.log").read_text()


def test_at_a_shared_source_nobody_waits_for_a_position_that_never_comes(fake: FakeBench) -> None:
    scripts = {"P01": ENDS_WELL, "P02": NEVER_COMES}
    with KeeperProcess(fake.bench(tuple(scripts), shared=True), dict.fromkeys(scripts, RULES)) as keeper:
        codes = supervise(keeper, started(keeper, scripts))

    assert codes == {"P01": 0, "P02": 3}
    assert fake.off()


def test_when_the_keeper_dies_every_position_is_ended(fake: FakeBench) -> None:
    script = BEGIN + "remote.clock.sleep_until(remote.clock.now() + 60 * 10**9)"
    keeper = KeeperProcess(fake.bench(), {"P01": RULES})
    (position,) = started(keeper, {"P01": script})

    def kill_when_live() -> None:
        if fake.now("source")[1]:
            keeper._process.kill()

    with pytest.raises(LinkError, match="the parent has made everything safe"):
        supervise(keeper, [position], kill_when_live)

    assert position.code not in (None, 0)
    assert fake.off()
    with pytest.raises(LinkError):
        keeper.finish()


def test_address_and_key_are_in_no_command_line(fake: FakeBench) -> None:
    psutil = pytest.importorskip("psutil")
    with KeeperProcess(fake.bench(), {"P01": RULES}) as keeper:
        (position,) = started(keeper, {"P01": "import sys; sys.stdin.read()"})
        lines = [" ".join(psutil.Process(pid).cmdline()) for pid in (keeper.pid, position.pid)]
        _, key, *_ = json.loads(keeper.environment("P01")["RIG_KEEPER"])
        assert not any(key in line or keeper.address.strip('"') in line for line in lines)
        assert position.end() == 0
