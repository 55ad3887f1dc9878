"""Healthy meters pass everything. RIG_VARIETY says how many are tried: 12 by default, 200 in .ci/run; `make bench` tries 5,000."""

from __future__ import annotations

import os

import pytest

from rig.variety import healthy_meter, try_out

MANY = int(os.environ.get("RIG_VARIETY", "12"))
FIRST = int(os.environ.get("RIG_VARIETY_FIRST", "0"))


@pytest.mark.parametrize("seed", range(FIRST, FIRST + MANY))
def test_a_healthy_meter_is_not_blamed_and_its_edges_lie_in_their_spans(seed: int) -> None:
    trial = try_out(healthy_meter(seed))
    assert trial.clean, "\n".join(trial.in_words())
    assert trial.judged + len(trial.announced) >= 30
    assert trial.edges > 10
