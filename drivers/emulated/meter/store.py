"""The non-volatile store: what the meter still knows after a power failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from drivers.emulated.meter.settings import MeterSettings
from rig.clock import FOREVER
from rig.contracts import DisconnectCause

OVERLOAD = int(DisconnectCause.OVERLOAD)
CREDIT = int(DisconnectCause.CREDIT)
COMMAND = int(DisconnectCause.COMMAND)
OVER_CURRENT = int(DisconnectCause.OVER_CURRENT)
TAMPER = int(DisconnectCause.TAMPER)
LOCK_OUT = 1 << 8
READY = 1 << 9
"""Reasons that hold the relay open, as bits; all but the last two are bits of the cause register. READY waits for the
button only."""

SETUP = (
    "load_limit", "over_threshold_duration", "under_threshold_duration", "reclose_attempts", "reclose_interval",
    "lock_out_duration", "alarm_1", "alarm_2", "control_mode",
)  # fmt: skip


@dataclass(slots=True)
class Account:
    """The money. `balance` counts parts of a paisa (`MeterSettings.units_per_paisa`); the rest is whole paise."""

    balance: int
    arrears: int
    booked_quanta: int = 0
    """Counts of the energy register that have reached the balance."""
    total_recharged: int = 0
    recharge_count: int = 0
    last_amount: int = 0
    last_to_arrears: int = 0
    last_time: datetime | None = None
    last_id: int = 0
    ids: dict[int, None] = field(default_factory=dict)
    """Recharge ids that were credited, oldest first."""
    low: dict[str, bool] = field(default_factory=dict)
    """By alarm: the balance is at or below it, and that was told."""

    last_credited: int = 0
    """What the last recharge added to the balance (paise): notices are percentages of it."""
    emergency: str = ""
    """Whether emergency credit is ready, lent or spent; empty in a meter that has none."""
    used_up_since: int | None = None
    """Since when the balance is found used up; the days of emergency credit count from here."""
    taken: dict[str, tuple[date, int]] = field(default_factory=dict)
    """By kind of sink with a cap by the period: the period's first day, and what it got in it (paise)."""
    demanded: int = 0
    """What has to be paid since the last cut before the relay closes (paise)."""
    paid: int = 0
    """What was paid since it (paise)."""
    carried: int = 0
    """What daily charges left below a paisa (in parts of their own denominator)."""
    instalments: int = 0
    """Daily instalments that came due."""
    missed: int = 0
    """Instalments that came due, could not be paid and are to be caught up (paise)."""
    opened: date | None = None
    """The last day whose charges were taken."""
    charged: int = 0
    """What days and months have taken off the balance so far (paise)."""

    def copy(self) -> Account:
        """A copy that shares nothing."""
        return replace(self, ids=dict(self.ids), low=dict(self.low), taken=dict(self.taken))


@dataclass(slots=True)
class Entry:
    """One line of the event ring."""

    sequence: int
    code: int
    time: datetime


class Store:
    """Everything in it is kept exactly, and at once unless it commits late; instants are on the battery-backed counter (ns)."""

    def __init__(self, settings: MeterSettings) -> None:
        balance = settings.opening_balance * settings.units_per_paisa
        self.account = Account(balance, settings.opening_arrears, settings.opening_quanta)
        self._units = settings.units_per_paisa
        self._commit_ns = settings.commit_ns
        self._committed: Account | None = None
        self._credited_at = 0
        self.quanta = settings.opening_quanta
        """The energy register as it was at the last power failure."""
        self.holds = 0
        """Every reason that holds the relay open."""
        self.ready_cause = 0
        """What had opened a relay that now waits for the button (bits of the cause register)."""
        self.signs: set[int] = set()
        """What was noticed and has not ended, by the code of its beginning."""
        self.exported = self.reactive = 0
        """Energy backwards (W·ns) and reactive energy (var·ns) as they were at the last power failure."""
        self.attempts_done = 0
        self.release_at = FOREVER
        """When the limiter lets go of the relay."""
        self.quiet_since = 0
        """When the limiter last closed the relay or last saw the load above the limit."""
        self.overloaded = False
        """An overload was told and its end was not."""
        self.over_current = False
        """The same of an over-current."""
        self.sequence = 0
        self.entries: dict[int, Entry] = {}
        self.prepaid = settings.payment_mode == "prepaid"
        self.overload_enabled = settings.overload_enabled
        self.setup: dict[str, int] = {name: getattr(settings, name) for name in SETUP}

    def before_recharge(self, now: int) -> None:
        """A recharge is about to be credited."""
        if self._commit_ns:
            self._committed, self._credited_at = self.account.copy(), now

    def power_fails(self, now: int) -> None:
        """The mains went; everything else has been put away. A recharge that has not reached the store is gone."""
        if self._committed is not None and now < self._credited_at + self._commit_ns:
            self.account = self._committed.copy()
        self._committed = None

    def event(self, sequence: int) -> Mapping[str, int | datetime | None] | None:
        """The event of this number; None when it never was, or has left the ring."""
        entry = self.entries.get(sequence)
        return None if entry is None else {"sequence": entry.sequence, "code": entry.code, "time": entry.time}
