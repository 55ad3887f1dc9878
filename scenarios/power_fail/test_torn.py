"""A power failure while the meter writes: what it has then is the old or the new, and never some of each."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rig.contracts import Capability
from rig.money import rupees
from rig.scenario import Equal, Money, Start, scenario

if TYPE_CHECKING:
    from rig.bench import Bench

AMOUNT = rupees("1234.57")
"""Moves a balance in both halves of a number of 32 bits."""
SWEEP_MS, COARSE_MS, FINE_MS = 500, 50, 5
MIX, RECORD = "neither old nor new", "record beside the balance"


@scenario(
    "PWR-6",
    "The mains fail at any instant after a recharge was committed",
    requires=("RECHARGE-ONCE", "RECHARGE-RECORD", "POWER-FAIL"),
    needs={Capability.RECHARGE},
    reads=("balance",),
    starts=Start(credit=rupees("23.45")),
    catches={"L5": MIX, "P3": RECORD},
    judges=(
        Equal(MIX, False, "what survives a power failure is the whole recharge or nothing of it"),
        Equal(RECORD, False, "amount, sum and count of recharges go with the balance"),
        Money("balance afterwards"),
    ),
    wall_seconds=70,
)
def test_the_mains_fail_at_any_instant(bench: Bench) -> None:
    """From 0 to 500 ms in steps of 50; then, where one instant leaves the old and the next the new, halved down to 5 ms."""
    mixed: list[tuple[object, str]] = []
    beside: list[tuple[object, str]] = []

    def is_new(after_ms: int) -> bool:
        cut = bench.recharge_cut_off(AMOUNT, "0.9", after_ms)
        moved = sum(abs(cut.rise(item)) for item in ("balance", "arrears") if item in cut.after)
        whole = cut.to_arrears + cut.to_balance
        words = f"cut off {after_ms} ms after its commit, {bench.told(moved)} of {bench.told(AMOUNT)} were credited"
        mixed.append((moved not in (0, whole), words))
        total, count = (cut.rise(item) if item in cut.after else None for item in ("total_recharged", "recharge_count"))
        due = (AMOUNT, 1) if moved else (0, 0)
        told = any(rise not in (None, to) for rise, to in zip((total, count), due, strict=True))
        beside.append((told, f"{words}; the record grew by {total} paise and {count} recharges"))
        return bool(moved)

    seen = [(after_ms, is_new(after_ms)) for after_ms in range(0, SWEEP_MS + 1, COARSE_MS)]
    for (old_ms, before), (new_ms, after) in pairwise(seen):
        while before is not after and new_ms - old_ms > FINE_MS:
            between = (old_ms + new_ms) // 2
            if is_new(between) is before:
                old_ms = between
            else:
                new_ms = between
    bench.observe_each(MIX, mixed)
    bench.observe_each(RECORD, beside)
    bench.observe_balance("balance afterwards")
