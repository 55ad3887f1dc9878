"""Policies with everything in them: account keeping and firmware are strangers, and agree; a faulty firmware is found out.

Slabs, time of use, duty, rebate, charges by day and month, instalments, every kind of sink, emergency credit, protected
time and the least balance for reconnection, with power failures, set clocks and the button between.
"""

from __future__ import annotations

import os

import pytest

from tests.rig.drawn_policies import SHIPPED, shipped
from tests.rig.policy_strangers import PolicyStrangers

HISTORIES = int(os.environ.get("RIG_HISTORIES", "1000")) // 20
STEPS = 12


@pytest.mark.parametrize("batch", range(5))
def test_any_policy(batch: int) -> None:
    for seed in range(batch, HISTORIES, 5):
        assert PolicyStrangers(seed).live(STEPS) == [], f"history {seed}"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_policy(name: str) -> None:
    policy = shipped(name)
    for seed in range(max(HISTORIES // 8, 4)):
        assert PolicyStrangers(seed, policy).live(STEPS) == [], f"history {seed}"


@pytest.mark.parametrize("fault", ["A9", "A11", "A13", "A19", "A20", "A22", "C5", "C10", "C16", "C18", "P9"])
def test_the_histories_find_a_faulty_firmware(fault: str) -> None:
    assert any(PolicyStrangers(seed, faults=[fault]).live(STEPS) for seed in range(100))
