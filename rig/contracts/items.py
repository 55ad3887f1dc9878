"""The vocabulary of a meter: every item by name, and what was read of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from rig.clock import Span
from rig.contracts.states import ControlState, DisconnectCause

Value = int | bool | str | Decimal | datetime | None

ELECTRICAL = (
    "voltage",
    "current",
    "power",
    "energy",
    "frequency",
    "power_factor",
    "neutral_current",
    "reactive_power",
    "energy_exported",
    "energy_of_month",
)
PHASES = tuple(f"{what}_l{phase}" for what in ("voltage", "current", "power") for phase in (1, 2, 3))
"""What a meter of three phases shows of each; voltages are those against neutral."""
EMULATED_PHASES = (40, 35, 25)
"""Part of the load's current (%) on each phase of an emulated bench whose meter has three."""
RELAY = ("output_state", "control_state", "disconnect_cause")
MONEY = ("balance", "arrears", "emergency_used")
RECHARGES = (
    "last_recharge_amount",
    "last_recharge_time",
    "last_recharge_to_arrears",
    "total_recharged",
    "recharge_count",
    "last_recharge_id",
)
SETTINGS = (
    "load_limit",
    "over_threshold_duration",
    "under_threshold_duration",
    "reclose_attempts",
    "reclose_interval",
    "lock_out_duration",
    "alarm_1",
    "alarm_2",
    "overload_enabled",
    "payment_mode",
    "control_mode",
)
COUNTERS = ("attempts_done", "event_sequence")
LIMITS = ("emergency_limit",)
IDENTITY = ("serial", "firmware")
ITEMS = frozenset(
    IDENTITY + ELECTRICAL + PHASES + RELAY + MONEY + RECHARGES + SETTINGS + COUNTERS + LIMITS + ("clock",)
)
"""Every item that a map may offer beside its own. Units after decoding: V, A, W, var, Wh, Hz; power factor signed;
paise for money (whatever the map's unit); seconds for durations; W for the load limit; `clock` and
`last_recharge_time` are naive datetimes of the meter's own zone, None for "never"; `output_state` is bool (True = closed);
`control_state`, `disconnect_cause` are the integers of their enumerations; `payment_mode` is "prepaid" or "postpaid"."""


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What the meter says of itself: decoded values by item name, and the span in which each was asked and answered."""

    values: Mapping[str, Value]
    spans: Mapping[str, Span]
    raw: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __contains__(self, item: str) -> bool:
        return item in self.values

    def whole(self, item: str) -> int | None:
        """A whole-number item; None when the map has none, or it reads as no value."""
        found = self.values.get(item)
        return None if found is None else int(found)  # type: ignore[arg-type]

    def number(self, item: str) -> int:
        """A whole-number item that has to be there. KeyError when it is not."""
        found = self.whole(item)
        if found is None:
            raise KeyError(f"the meter shows no {item}")
        return found

    @property
    def at(self) -> Span:
        """From the first byte asked to the last byte answered."""
        return Span(min(s.lo for s in self.spans.values()), max(s.hi for s in self.spans.values()))

    @property
    def balance_paise(self) -> int | None:
        """Balance (paise, may be negative); None when the map has no such item."""
        return self.whole("balance")

    @property
    def arrears_paise(self) -> int | None:
        """Arrears still owed (paise)."""
        return self.whole("arrears")

    @property
    def output_closed(self) -> bool | None:
        """The meter's claim about its contact."""
        found = self.values.get("output_state")
        return None if found is None else bool(found)

    @property
    def control_state(self) -> ControlState | None:
        """The meter's claim about its control state; None when absent or out of range."""
        found = self.whole("control_state")
        return ControlState(found) if found in (0, 1, 2) else None

    @property
    def cause(self) -> DisconnectCause | None:
        """The meter's claim why it is disconnected."""
        found = self.whole("disconnect_cause")
        return None if found is None else DisconnectCause(found & 31)

    @property
    def energy_wh(self) -> Decimal | None:
        """Import register (Wh)."""
        found = self.values.get("energy")
        return found if isinstance(found, Decimal) else None


@dataclass(frozen=True, slots=True)
class MeterEvent:
    """One entry of the meter's event log. `time` is naive, in the meter's own zone; None where the entry has none."""

    sequence: int
    code: int
    name: str
    time: datetime | None
