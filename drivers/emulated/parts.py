"""The bench's own devices as the faults make them: each fault brings subclasses, and several stand on each other."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from drivers.emulated.faults import Fault

P = TypeVar("P")


def part(kind: type[P], faults: Collection[Fault]) -> type[P]:
    """`kind` (load, source, sides, machine) with what these faults make of it."""
    changed: list[type[P]] = [one for fault in faults for one in fault.parts if issubclass(one, kind)]
    if len(changed) < 2:
        return changed[0] if changed else kind
    return type(kind.__name__, tuple(dict.fromkeys(changed)), {})
