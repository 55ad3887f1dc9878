"""Reading many registers in the fewest requests, without touching what must not be touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MOST_BITS = 2000
"""Coils or discrete inputs that the protocol lets one request read."""


class Stretch(NamedTuple):
    """Addresses `start` up to and without `end` of one table, counted from 0."""

    table: str
    start: int
    end: int

    @property
    def size(self) -> int:
        """How many registers (bits)."""
        return self.end - self.start

    def holds(self, other: Stretch) -> bool:
        """True when `other` lies wholly inside."""
        return self.table == other.table and self.start <= other.start and other.end <= self.end

    def meets(self, other: Stretch) -> bool:
        """True when both share an address."""
        return self.table == other.table and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Reach:
    """What one request may read.

    `readable`: addresses that the map knows to be readable, by table. `gaps`: whether unknown ones may be read too.
    `untouchable`: never. `most_registers`: of one request.
    """

    readable: Mapping[str, frozenset[int]]
    untouchable: tuple[Stretch, ...]
    gaps: bool
    most_registers: int

    def most(self, table: str) -> int:
        """Largest count of one request to this table."""
        return min(MOST_BITS, 16 * self.most_registers) if table in ("coil", "discrete") else self.most_registers

    def allows(self, stretch: Stretch) -> bool:
        """True when one request may read all of `stretch`."""
        if stretch.size > self.most(stretch.table) or stretch.end > 65536:
            return False
        if any(stretch.meets(place) for place in self.untouchable):
            return False
        known = self.readable.get(stretch.table, frozenset())
        return self.gaps or all(address in known for address in range(stretch.start, stretch.end))

    def coalesced(self, wanted: Iterable[Stretch]) -> list[Stretch]:
        """The fewest requests that hold every stretch wanted, none of which is divided.

        Taking the next as long as it fits is optimal: requests may have any length up to the largest, and no stretch
        reaches back before the one before it.
        """
        blocks: list[Stretch] = []
        for one in sorted(set(wanted)):
            if blocks and blocks[-1].table == one.table:
                last = blocks[-1]
                joined = Stretch(one.table, last.start, max(last.end, one.end))
                if self.allows(joined):
                    blocks[-1] = joined
                    continue
            blocks.append(one)
        return blocks


def fused(stretches: Sequence[Stretch]) -> Stretch:
    """The stretch from the first to the last of these, all of one table."""
    return Stretch(stretches[0].table, min(s.start for s in stretches), max(s.end for s in stretches))
