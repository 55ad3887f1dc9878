"""A thousand relay edges in wall time: how often the true instant lies in the stated span, and how wide that is on each channel."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rig.clock import MILLISECOND
from tests.benchmarks.figures import Figure, duration, percentile, show
from tests.true_times.measuring import CHANNELS, Times, busy, measure

EDGES = 180
"""On each channel; all channels at once, each with an emulated bench and a keeper of its own."""
BUSY_EDGES = 25
"""On each channel, one channel after the other."""


def figures(times: Times) -> list[Figure]:
    """What is printed of one channel."""
    channel, widths = times.channel, times.widths
    wire = channel.every_ms * MILLISECOND + channel.on_the_wire
    inside = len(times.true) - len(times.outside())
    limit = f"grid {channel.every_ms} ms, wire {duration(channel.on_the_wire)}: {duration(wire)}"
    return [
        Figure(f"{channel.name}: true instant in the stated span", f"{inside} of {len(times.true)}", "aim: every one"),
        Figure(f"{channel.name}: width, median", duration(percentile(widths, 0.5)), limit),
        Figure(f"{channel.name}: width, 95th percentile", duration(percentile(widths, 0.95))),
    ]


def section(title: str, edges: int, at_once: int, beside: int = 0) -> int:
    """Print one section; how many edges it saw. So many channels are measured at once, with so many busy processes beside them."""
    with tempfile.TemporaryDirectory() as folder, busy(beside), ThreadPoolExecutor(at_once) as pool:
        found = list(pool.map(lambda channel: measure(channel, edges, Path(folder)), CHANNELS))
    show(title, [figure for times in found for figure in figures(times)])
    for words in (words for times in found for words in times.outside()):
        print(f"  OUTSIDE: {words}")
    return sum(len(times.true) for times in found)


def run() -> None:
    """Print the sections."""
    seen = section("True instants, all channels at once", EDGES, len(CHANNELS))
    seen += section("True instants, four busy processes beside them", BUSY_EDGES, 1, beside=4)
    show("True instants, in all", [Figure("edges", str(seen), "aim: at least 1,000")])


if __name__ == "__main__":
    run()
