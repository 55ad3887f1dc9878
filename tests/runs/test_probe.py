"""`rig probe` on real sockets: who answered, who did not and why, and that nothing was switched on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.loads.opener import open_load
from drivers.sources.opener import open_source
from rig.clock import WallClock
from rig.opener import Opening
from tests.runs.benches import Emulator, wired_bench
from tests.runs.command import Ended, rig

pytestmark = pytest.mark.loopback


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path / "emulator", "--meters", "2", "--serve", "tcp")
    try:
        yield emulator
    finally:
        emulator.end()


def source(emulator: Emulator, position: str):  # type: ignore[no-untyped-def]
    table = {"type": "scpi", "resource": emulator.ready[position]["source"], "most_volts": 276}
    return open_source(table, Opening("source", WallClock()))


def rows(ended: Ended) -> dict[str, dict[str, object]]:
    return {str(row["device"]): row for row in ended.table()}


def test_a_bench_that_answers_exits_0_and_stays_off(emulator: Emulator, tmp_path: Path) -> None:
    for position in ("P01", "P02"):
        mains = source(emulator, position)
        mains.on(Decimal(230), Decimal(50))
        mains.close()
    ended = rig("probe", wired_bench(tmp_path / "bench.toml", emulator.ready), "--json")
    assert ended.code == 0, ended.said
    found = rows(ended)
    kinds = ("source", "load", "meter", "relay sense")
    assert set(found) == {f"{position} {kind}" for position in ("P01", "P02") for kind in kinds}
    assert found["P02 meter"]["identity"] == "Reference prepaid meter: serial EMU0000000000002, firmware 1.0.0"
    assert "EMULATED LOAD" in str(found["P01 load"]["identity"])
    assert found["P01 relay sense"]["words"] == "load side live, line side live"
    assert all(float(str(row["latency_ms"])) > 0 for row in found.values())
    load = open_load(
        {"type": "scpi", "resource": emulator.ready["P01"]["load"], "rating_w": 5000}, Opening("load", WallClock())
    )
    assert load.measure().power_w == 0
    load.close()


def test_what_does_not_answer_is_named_with_what_to_check_and_exits_4(emulator: Emulator, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ready = {name: dict(at) for name, at in emulator.ready.items() if name == "P01"}
    ready["P01"]["load"] = f"TCPIP::127.0.0.1::{port}::SOCKET"
    ended = rig("probe", wired_bench(tmp_path / "bench.toml", ready), "--json")
    assert ended.code == 4, ended.said
    found = rows(ended)
    assert [name for name, row in found.items() if not row["answered"]] == ["P01 load", "P01 meter"]
    assert "check" in str(found["P01 load"]["words"])
    assert "its mains are off, and nothing was energised" in str(found["P01 meter"]["words"])
    mains = source(emulator, "P01")
    assert not mains.is_on()
    mains.close()


def test_with_mains_a_silent_meter_is_asked_again(emulator: Emulator, tmp_path: Path) -> None:
    ready = {name: at for name, at in emulator.ready.items() if name == "P01"}
    ended = rig("probe", wired_bench(tmp_path / "bench.toml", ready), "--mains", "--json")
    assert ended.code == 0, ended.said
    assert "EMU0000000000001" in str(rows(ended)["P01 meter"]["identity"])
    mains = source(emulator, "P01")
    assert not mains.is_on()
    mains.close()


def test_a_wrong_file_exits_2_and_so_does_a_bench_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text('format = 1\nname = "b"\nkind = "wired"\n', encoding="utf-8")
    assert rig("probe", file).code == 2
    ended = rig("probe", "sim")
    assert ended.code == 2
    assert "has no devices to probe" in ended.err
