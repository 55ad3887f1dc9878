"""The oracle and the firmware are strangers, and agree to the paisa over random histories; a faulty firmware is found out."""

from __future__ import annotations

import os

import pytest

from tests.rig.strangers import TwoStrangers

HISTORIES = int(os.environ.get("RIG_HISTORIES", "1000"))
BATCHES = 10
STEPS = 12


@pytest.mark.parametrize("batch", range(BATCHES))
def test_oracle_and_firmware_agree_to_the_paisa(batch: int) -> None:
    for seed in range(batch, HISTORIES, BATCHES):
        assert TwoStrangers(seed).live(STEPS) == [], f"history {seed}"


@pytest.mark.parametrize("fault", ["C1", "C2", "C3", "C7", "C9", "L1", "M1", "P1", "P8", "P11", "A1", "A3", "L4"])
def test_the_histories_find_a_faulty_firmware(fault: str) -> None:
    assert any(TwoStrangers(seed, [fault]).live(STEPS) for seed in range(60))
