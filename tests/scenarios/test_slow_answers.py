"""A meter that takes its time to answer: what it does while a write is read back has its reason all the same."""

from pathlib import Path
from typing import Any

import pytest

import drivers.emulated.bench as emulated
from drivers.modbus.memory import MemoryBus
from rig.choices import Choices, setup_of
from rig.clock import MILLISECOND, Clock
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.scenarios.variants import bench_with_meter, map_with

SLOW = {
    "PAY-1": (199, "recharge_ns = 120000000, reclose_ns = 500000000, power_up_ns = 600000000"),
    "ARR-6": (199, "recharge_ns = 120000000, reclose_ns = 500000000, power_up_ns = 10000000"),
}
"""By scenario: what an answer takes (ms), and what else the meter takes its time for."""


@pytest.mark.parametrize("scenario", SLOW)
def test_an_edge_in_the_time_of_an_answer_is_explained(
    scenario: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_ms, firmware = SLOW[scenario]

    def slow(units: Any, clock: Clock, latency: int, where: str, *more: Any) -> MemoryBus:
        return MemoryBus(units, clock, answer_ms * MILLISECOND if where.endswith("meter") else latency, where, *more)

    monkeypatch.setattr(emulated, "MemoryBus", slow)
    tick = {"ledger_tick_s": '"0.5"'} if scenario == "PAY-1" else {}
    chosen = Choices(
        bench=bench_with_meter(tmp_path, firmware),
        map=map_with(tmp_path, **tick),
        policy="nbpdcl" if scenario == "ARR-6" else "arrears_first",
        out=str(tmp_path / "run"),
    )
    found = run_sim(setup_of(chosen), [scenario]).outcomes[scenario]
    assert (found.word, found.reasons) == (Word.PASS, ())
