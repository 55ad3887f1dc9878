"""What load, source and relay sense say of one moment, and in which words they contradict each other."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from rig.contracts import LoadMeasurement, RelayState
from rig.errors import RigError

_BY_ITSELF = "undervoltage"
"""What a load says of a line that is dead: no fault of its own."""


class CannotTell(RigError):
    """The bench has not seen enough to say anything against a meter: the scenario is inconclusive."""


class Seen(NamedTuple):
    """One moment in which nothing moved. `told` is what the load was told (W); `measured` None: it measures nothing."""

    state: RelayState
    source_on: bool
    told: int
    measured: LoadMeasurement | None
    tripped: str


class Disagreement:
    """`volts`: the mains (V); `rating_w`: the load's rating (W), by which a reading counts as nothing."""

    def __init__(self, volts: Decimal, rating_w: int) -> None:
        self._live = volts / 2
        self._dead = volts / 10
        self._nothing_w = max(Decimal(rating_w) / 500, Decimal(2))

    def of(self, seen: Seen) -> str:
        """The first contradiction, in words with what to look at; empty where there is none."""
        return self.tripped(seen.tripped) or self._line(seen) or self._contact(seen) or self._load(seen)

    def tripped(self, tripped: str) -> str:
        """Words for a load that switched itself off; empty where it did not."""
        if not tripped or tripped == _BY_ITSELF:
            return ""
        return (
            f"the load has tripped its {tripped} protection by itself; look at its cooling, its ratings and its wiring"
        )

    def draws_nothing(self, told: int, measured: LoadMeasurement) -> bool:
        """True for a load that has voltage and draws next to nothing of what it was told (W)."""
        return measured.voltage_v > self._live and measured.power_w * 50 <= told and told > self._nothing_w

    def _line(self, seen: Seen) -> str:
        if seen.source_on and seen.state is RelayState.UNKNOWN:
            return (
                "the source says that it is on, and the line-side input sees no voltage; look at the source's fuse, at the "
                "line-side wire (before the meter, not behind it), and at the numbers of both inputs"
            )
        if not seen.source_on and seen.state is not RelayState.UNKNOWN:
            return (
                "the source says that it is off, and the line-side input sees voltage; isolate the bench by hand and look at "
                "the source's output, and at where the line-side input is wired"
            )
        return ""

    def _contact(self, seen: Seen) -> str:
        return "" if seen.measured is None else self.of_contact(seen.state, seen.measured.voltage_v)

    def of_contact(self, state: RelayState, volts: Decimal) -> str:
        """Words when the relay sense says `state`, and the load measures `volts` (V) that do not go with it."""
        if state is RelayState.CLOSED and volts < self._dead:
            return (
                f"the relay sense says closed, and the load measures {volts} V; look whether the load-side input is wired to "
                "the line, or to another position, or stands still, and whether this is the load of this position"
            )
        if state is RelayState.OPEN and volts > self._live:
            return (
                f"the relay sense says open, and the load measures {volts} V; look at the load-side wire and its input, "
                "whether it is inverted, and whether what senses picks up at this voltage and current"
            )
        return ""

    def _load(self, seen: Seen) -> str:
        if seen.measured is None:
            return ""
        if seen.state is RelayState.CLOSED and self.draws_nothing(seen.told, seen.measured):
            return (
                f"the load was told to draw {seen.told} W and measures {seen.measured.power_w} W at "
                f"{seen.measured.voltage_v} V behind a closed contact; look whether it obeys, whether its reading is fresh, "
                "and whether its ammeter shows so little"
            )
        if seen.told == 0 and seen.measured.power_w > self._nothing_w:
            return (
                f"the load was told to be off and measures {seen.measured.power_w} W; look at its input relay, and whether "
                "its reading is fresh"
            )
        return ""
