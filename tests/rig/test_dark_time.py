"""What a meter has taken in: it counts its ticks while the line is live, anew from each power-up."""

import pytest

from rig.clock import Span
from rig.contracts import Edge, RelayState
from rig.dark_time import DarkTime

LAG, WAKES = 10, 1


@pytest.mark.parametrize(
    ("dark", "at", "surely_known"),
    [
        ([], 8, 0),
        ([], 100, 90),
        ([(50, 60)], 55, 40),  # in the dark: as far as the tick before it
        ([(50, 60)], 70, 40),  # awake at 61, and the first tick is due at 71
        ([(50, 60)], 71, 61),
        ([(50, 60), (70, 80)], 90, 40),  # no tick between the two failures
        ([(50, 60), (71, 80)], 90, 61),
        ([(5, 6)], 12, 0),
    ],
)
def test_what_flowed_before_a_failure_waits_for_a_whole_tick_of_light(
    dark: list[tuple[int, int]], at: int, surely_known: int
) -> None:
    time = DarkTime()
    for off, on in dark:
        if off < at:
            time.note(Edge(RelayState.UNKNOWN, Span.at(off)))
        if on < at:
            time.note(Edge(RelayState.CLOSED, Span.at(on)))
    assert time.caught_up(at, LAG, WAKES) == surely_known
