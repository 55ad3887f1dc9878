"""What the rig asks of a device, whatever it is made of. Drivers implement these; everything above them knows only these.

Units: V, A, W, Wh, Hz as `Decimal`; money as integer paise; instants as `Span` (ns since the run began).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from rig.clock import Span


class RelayState(enum.StrEnum):
    """The contact between line and load. UNKNOWN while the line is not live: a dead line tells nothing."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class ControlState(enum.IntEnum):
    """Disconnect control state (IEC 62056-6-2 class 70). The output is open in both 0 and 2."""

    DISCONNECTED = 0
    CONNECTED = 1
    READY_FOR_RECONNECTION = 2


class DisconnectCause(enum.IntFlag):
    """Why the meter says that it is disconnected; several at once are possible."""

    NONE = 0
    OVERLOAD = 1
    OVER_CURRENT = 2
    CREDIT = 4
    COMMAND = 8
    TAMPER = 16


class PaymentMode(enum.StrEnum):
    """Whether the wallet may open the relay."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


class Capability(enum.StrEnum):
    """What a meter has. A scenario that needs one which the map does not declare is excluded, and the report says so."""

    RECHARGE = "recharge"
    ARREARS = "arrears"
    CREDIT_CUT = "credit_cut"
    OVERLOAD = "overload"
    AUTO_RECLOSE = "auto_reclose"
    REMOTE_RELAY = "remote_relay"
    EVENTS = "events"
    CLOCK = "clock"
    CLOCK_SET = "clock_set"
    ACCOUNT_PRESET = "account_preset"
    TIME_JUMP = "time_jump"


Value = int | bool | str | Decimal | datetime | None

ELECTRICAL = ("voltage", "current", "power", "energy", "frequency", "power_factor")
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
)
COUNTERS = ("attempts_done", "event_sequence")
IDENTITY = ("serial", "firmware")
ITEMS = frozenset(IDENTITY + ELECTRICAL + RELAY + MONEY + RECHARGES + SETTINGS + COUNTERS + ("clock",))
"""Every item that a map may offer beside its own. Units after decoding: V, A, W, Wh, Hz; power factor signed;
paise for money (whatever the map's unit); seconds for durations; W for the load limit; `clock` and
`last_recharge_time` are naive datetimes of the meter's own zone, None for "never"; `output_state` is bool (True = closed);
`control_state`, `disconnect_cause` are the integers of their enumerations; `payment_mode` is "prepaid" or "postpaid"."""


class Request(NamedTuple):
    """One question to a Modbus unit. `retries` is how often it may be repeated (reads only); a secret one is masked in logs."""

    unit: int
    pdu: bytes
    retries: int = 0
    secret: bool = False


class Reply(NamedTuple):
    """The answer that fits its request: PDU, first byte sent .. last byte received (ns), repeats, answers thrown away (why)."""

    pdu: bytes
    sent: int
    received: int
    retries: int = 0
    rejected: tuple[str, ...] = ()


class Bus(Protocol):
    """A Modbus line (TCP connection, serial line, or memory). Answers are matched to their request or refused."""

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        """Ask in order, one at a time. An exception answer (function | 0x80) is a reply like any other.

        Raises:
            LinkError: no fitting answer in time, after the allowed repeats; names where, what and what came.
            ValueError: unit 0 (broadcast) or above 247; nothing was sent.
        """

    def close(self) -> None:
        """Let go of the port or socket."""


FrameLog = Callable[[int, str, bytes], None]
"""Called with (instant ns, ">" sent or "<" received or "!" thrown away, bytes) for each frame; secret ones arrive masked."""


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


class Meter(Protocol):
    """A meter's face: what it measures, what it claims, and the commands it takes."""

    model: str
    capabilities: frozenset[Capability]
    promises: Mapping[str, object]
    """The `[promises]` table of the map, as it is; `rig.promises` reads it."""

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

    def write(self, item: str, setting: int | str | datetime) -> Span:
        """Write a setting (unit as in `ITEMS`), `clock`, or with ACCOUNT_PRESET `balance` or `arrears`. Never repeated.

        Raises:
            ValueError: read-only, or outside the range of the register; nothing was sent.
            DeviceRefused, LinkError: as `read`; after a LinkError the setting is unknown.
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


class LoadMeasurement(NamedTuple):
    """What the load measures at its terminals: V, A, W, and when (ns, asked .. answered)."""

    voltage_v: Decimal
    current_a: Decimal
    power_w: Decimal
    sent: int
    received: int


class Load(Protocol):
    """A sink on the meter's output terminals."""

    rating_w: int

    def draw_watts(self, watts: int) -> Span:
        """Sink `watts` (W, real power, 0 to the rating). A tripped protection is cleared first, and 0 W means input off.

        Returns the span in which the instrument took the setting; the current has not settled yet.

        Raises:
            ValueError: outside the rating; nothing was sent.
            DeviceRefused: the instrument queued an error, or read back another setting.
            LinkError: no confirmation; the load's state is unknown, so the bench goes safe.
        """

    def off(self) -> Span:
        """Input off, confirmed by reading back."""

    def measure(self) -> LoadMeasurement:
        """A fresh measurement, not the last one."""

    def tripped(self) -> str:
        """Name of the protection that tripped ("undervoltage", "overcurrent", ...), empty when none did."""


class Source(Protocol):
    """The mains of the bench."""

    def on(self, volts: Decimal, hertz: Decimal) -> Span:
        """Output on at this voltage (V rms) and frequency (Hz), confirmed by reading back.

        Raises:
            ValueError: outside the rating; nothing was sent.
            DeviceRefused, LinkError: as `Load.draw_watts`.
        """

    def off(self) -> Span:
        """Output off, confirmed by reading back."""

    def is_on(self) -> bool:
        """Output state as the instrument says."""


class SenseSample(NamedTuple):
    """One look at a relay sense channel: asked .. answered (ns), voltage on the load side, on the line side (None: not sensed)."""

    sent: int
    received: int
    load_side: bool
    line_side: bool | None


class RelaySense(Protocol):
    """An electrical look at the contact, independent of what the meter says."""

    def sample(self) -> SenseSample:
        """Look now. Raises LinkError when the channel does not answer."""

    def announces(self, listener: Callable[[], None]) -> bool:
        """True when the channel calls `listener` at every change by itself (only in memory); else False, and never calls it."""


class Edge(NamedTuple):
    """A change of the contact: its new state, and when, between the last "not yet" and the first "yes" (delay included)."""

    state: RelayState
    at: Span


class Watch(NamedTuple):
    """What a sampled channel has seen so far. `largest_gap` (ns) is between neighbouring samples since the watch began."""

    state: RelayState
    edges: tuple[Edge, ...]
    samples: int
    first: int
    last: int
    largest_gap: int


class Sensing(Protocol):
    """A relay sense channel that is sampled on a grid by whoever owns the hardware."""

    def watch(self, from_edge: int = 0) -> Watch:
        """Everything seen so far; edges from number `from_edge` on."""

    def blind(self) -> str:
        """Why the channel sees nothing (a LinkError's words), empty while it works."""


@dataclass(slots=True)
class Devices:
    """What a bench kind hands up for one position: the devices, already reached and proven to answer."""

    position: str
    bus: Bus
    unit: int
    load: Load
    source: Source
    sensing: Sensing
    make_safe: Callable[[], None]
    """Load off, then source off, each read back; raises Unsafe when that could not be confirmed."""
    close: Callable[[], None]
    still_here: Callable[[], None] = lambda: None
    """A heartbeat, for work that neither sleeps nor asks."""
    civil_zero: datetime | None = None
    """Civil time (naive, the bench's zone) at instant 0, where the bench decides it; None: the machine's clock does."""
    truth: Callable[[], Mapping[str, object]] | None = None
    """What the emulated bench knows of itself, for the tests of the rig; None on a real one."""
    voids: Callable[[], Sequence[Span]] = lambda: ()
    """When the machine was suspended while the clock stood still: a span that overlaps one of these tells nothing."""
