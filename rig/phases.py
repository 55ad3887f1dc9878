"""How the load stands on the phases of a meter that has three: by the phase that carries most, an over-current is reckoned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rig.config import BenchFile, PositionTable
from rig.contracts import EMULATED_PHASES, PHASES
from rig.interval import Interval
from rig.promises import Promises

WHOLE = Interval.of(1)
ANYHOW = Interval.of(Fraction(1, 3), 1)
"""The part of a load in the phase that carries most, where nobody says how the load is shared."""


def heaviest_phase(items: Collection[str], bench: BenchFile, position: PositionTable) -> Interval:
    """The part of the load's current that flows in the phase which carries most; all of it in a meter of one phase."""
    if not set(PHASES) & set(items):
        return WHOLE
    shares = _emulated(bench, position.name) if bench.emulates else position.phases
    if shares is None or not any(shares):
        return ANYHOW
    return Interval.of(Fraction(max(shares), sum(shares)))


def by_phases(promises: Promises, items: Collection[str], bench: BenchFile, position: PositionTable) -> Promises:
    """The promises, with the part of the load's current in the phase that carries most."""
    return replace(promises, heaviest_phase=heaviest_phase(items, bench, position))


def _emulated(bench: BenchFile, position: str) -> Sequence[int]:
    table: Mapping[str, Any] = bench.emulated or {}
    own: Mapping[str, Any] = next((one for one in table.get("positions", ()) if one.get("name") == position), {})
    firmware = {**table.get("meter", {}), **own.get("meter", {})}
    return tuple(firmware.get("phase_shares", EMULATED_PHASES))
