"""A contact that moves after the last scenario, when the meter has been put back, stands in the evidence as well."""

from __future__ import annotations

import pytest

from rig.variety import HealthyMeter, try_out
from rig.variety.traits import Traits


@pytest.mark.parametrize("seed", range(5))
def test_the_last_edge_is_written_down(seed: int) -> None:
    slow = Traits(balance=-777, window_ms=200, tick_ms=500, answers_ms=199, every_ms=50, grid_took=80 * seed)
    trial = try_out(HealthyMeter(seed, slow), ["REL-1"])
    assert trial.clean, "\n".join(trial.in_words())
