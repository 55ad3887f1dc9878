"""On sockets and ptys, in wall time, every true instant of an edge lies in the span that the rig states; under load too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.true_times.measuring import CHANNELS, Channel, busy, measure

EDGES = int(os.environ.get("RIG_TRUE_EDGES", "60"))
"""In all channels together; CI asks for a thousand."""

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="pseudo terminals are POSIX"),
]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda one: one.name)
def test_every_true_edge_lies_in_its_stated_span(channel: Channel, tmp_path: Path) -> None:
    wanted = -(-EDGES // len(CHANNELS))
    times = measure(channel, wanted, tmp_path)
    assert len(times.true) == wanted
    assert times.outside() == []


def test_under_load_too(tmp_path: Path) -> None:
    with busy(4):
        times = measure(CHANNELS[0], max(EDGES // 10, 6), tmp_path)
    assert times.outside() == []
    assert len(times.true) == max(EDGES // 10, 6)
