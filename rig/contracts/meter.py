"""A meter and its wallet, as the rig asks them."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rig.clock import Span
from rig.contracts.items import MeterEvent, MeterReading
from rig.contracts.states import Capability


class Meter(Protocol):
    """A meter's face: what it measures, what it claims, and the commands it takes."""

    model: str
    capabilities: frozenset[Capability]
    promises: Mapping[str, object]
    """The `[promises]` table of the map, as it is; `rig.promises` reads it."""
    unseen: Mapping[Capability, Sequence[str]]
    """Capabilities that are promised though the map has nothing to show them by, with the items that are missing."""
    event_names: frozenset[str]
    """The events that its log knows, by the names of the map."""
    event_entries: int
    """How many entries its log holds before it overwrites the oldest."""

    @property
    def items(self) -> frozenset[str]:
        """Items that the map offers."""

    def read(self, *items: str) -> MeterReading:
        """Read these items (all when none is named) in the fewest requests; money in one.

        Raises:
            LinkError: no usable answer.
            DeviceRefused: an exception answer, with its code.
            KeyError: an item that the map does not have; nothing was sent.
        """

    def doubts(self, reading: MeterReading) -> list[str]:
        """What in this reading cannot be as it was decoded, in words: then nothing else of it means anything either."""

    def write(self, item: str, setting: int | str | datetime) -> Span:
        """Write a setting (unit as in `ITEMS`), `clock`, or with ACCOUNT_PRESET `balance` or `arrears`. Never repeated.

        Raises:
            ValueError: read-only, or outside the range of the register; nothing was sent.
            DeviceRefused, LinkError: as `read`; after a LinkError the setting is unknown.
        """

    def takes(self, item: str, setting: int) -> bool:
        """True when `write` would send this: the item may be written, and this is in its range. Nothing is sent."""

    def bounds(self, item: str) -> tuple[int, int, int] | None:
        """Least, most and step that the map allows of a setting (unit as in `ITEMS`); None where it states none."""

    def offer(self, item: str, setting: int) -> Span:
        """Send a setting that the map does not allow, once: the meter has to refuse it. Only for an item with `bounds`.

        Raises:
            ValueError: the register cannot carry it; nothing was sent.
            DeviceRefused: as it has to be. LinkError: as `write`.
        """

    def disconnect(self) -> Span:
        """Ask the relay to open; returns the span in which the meter took the command."""

    def reconnect(self) -> Span:
        """Ask the relay to close; returns the span in which the meter took the command."""

    def events(self) -> list[MeterEvent]:
        """The event log, oldest first."""


class RechargeOutcome(enum.StrEnum):
    """How a recharge ended. PENDING: taken, and not finished within the map's time limit."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class RechargeResult:
    """What became of one recharge. `sent`: the commit went out and was answered; `settled`: its end was first seen."""

    outcome: RechargeOutcome
    code: int
    sent: Span
    settled: Span
    read_back: bool = False
    """True when the answer was lost and the outcome was read back instead of asking again."""


class Wallet(Protocol):
    """Where the money is: inside the meter, or the utility's engine."""

    def recharge(self, amount_paise: int, recharge_id: int) -> RechargeResult:
        """Credit `amount_paise` under `recharge_id`. Any amount that fits the register is sent, bad ones too: the meter must refuse.

        An answer that is lost is never answered by sending again: the outcome is read back.

        Raises:
            ValueError: does not fit the register; nothing was sent.
            LinkError: the answer was lost and could not be read back; whether it was credited is unknown.
        """

    @property
    def looks_every(self) -> int:
        """How far apart two looks at the result of a recharge are (ns), besides what an answer takes; 0 where it is told at once."""

    def carries(self, amount_paise: int) -> bool:
        """True when `recharge` would send this amount, good or bad; nothing is sent."""
