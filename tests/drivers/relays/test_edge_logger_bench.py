"""A served bench whose relay is sensed by an edge logger: through the keeper, and sharper than its grid."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.emulated.process import EmulatedProcess
from rig.clock import MILLISECOND
from rig.config import load_bench
from rig.contracts import RelayState
from rig.keeper.parent import KeeperProcess
from rig.workplace import bus_rules, read_map

BENCH = """
format = 1
name = "edges"
kind = "wired"
limits = {{ volts = 253, amps = 20, watts = 4600, watt_hours = 5000, seconds = 7200, relay_operations = 2000 }}

[[positions]]
name = "P01"
every_ms = 200
load = {{ type = "scpi", resource = "{load}", rating_w = 4600 }}
source = {{ type = "scpi", resource = "{source}", most_volts = 253 }}
meter = {{ bus = {{ type = "tcp", host = "127.0.0.1", port = {port} }} }}
sense = {{ type = "edge_logger", port = "{edge_logger}" }}
"""

pytestmark = pytest.mark.loopback


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with EmulatedProcess({"edge_logger": True}) as process:
        at = process.ready["P01"]
        text = BENCH.format(port=at["modbus"].rpartition(":")[2], **at)
        (tmp_path / "bench.toml").write_text(text, encoding="utf-8")
        yield tmp_path


def test_its_edges_are_sharper_than_its_grid(folder: Path) -> None:
    bench = load_bench(folder / "bench.toml")
    rules = bus_rules(read_map("reference"), 1)
    with KeeperProcess(bench, {"P01": rules}) as keeper:
        reached = keeper.reach("P01")
        source, switched = reached.devices.source, []
        for _ in range(3):
            on = source.on(Decimal(230), Decimal(50))
            reached.clock.sleep_until(reached.clock.now() + 300 * MILLISECOND)
            off = source.off()
            reached.clock.sleep_until(reached.clock.now() + 300 * MILLISECOND)
            switched += [on, off]
        edges = reached.devices.sensing.watch().edges[1:]
        reached.devices.make_safe()
    assert [edge.state for edge in edges] == [RelayState.CLOSED, RelayState.UNKNOWN] * 3
    for edge, span in zip(edges, switched, strict=True):
        assert edge.at.overlaps(span)
    widths = sorted(edge.at.width for edge in edges)
    assert widths[len(widths) // 2] < 50 * MILLISECOND, "asked every 200 ms, and known to the round trip of a ping"
