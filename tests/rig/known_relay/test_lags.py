"""What is stated of a channel's lag holds the lag, whatever the phases of the grid, and is much narrower than the grid."""

from __future__ import annotations

import random

import pytest

from rig.clock import MILLISECOND, Span
from rig.known_relay.lags import Lag, covering, lag_of

GRID = 20 * MILLISECOND


def seen(at: int, lag: int) -> Span:
    """Between which samples of a grid a move shows that a channel saw so much later."""
    shows = at + lag
    before = shows // GRID * GRID
    return Span(before, before + GRID)


def measured(lags: list[int], seed: int) -> Lag:
    drawn = random.Random(seed)
    found = []
    for lag in lags:
        at = drawn.randrange(10**9)
        found.append(lag_of(Span.at(at), seen(at, lag)))
    return covering(found)


@pytest.mark.parametrize("lag", [0, 3, 17, 20, 55])
def test_a_constant_lag_lies_in_what_is_stated(lag: int) -> None:
    for seed in range(200):
        found = measured([lag * MILLISECOND] * 40, seed)
        assert found.least <= lag * MILLISECOND <= found.most
        assert found.most - found.least < GRID


def test_a_lag_that_varies_is_stated_with_its_ends() -> None:
    escaped = 0
    for seed in range(200):
        drawn = random.Random(-seed)
        found = measured([drawn.randrange(500 * MILLISECOND) for _ in range(40)], seed)
        escaped += not (found.least <= 25 * MILLISECOND and found.most >= 475 * MILLISECOND)
    assert escaped <= 2


def test_it_is_never_below_zero_and_needs_an_edge() -> None:
    assert measured([0] * 5, 1).least == 0
    with pytest.raises(ValueError, match="no edge"):
        covering([])
