"""What a relay, its control state and its cause can be, and what a meter can do."""

from __future__ import annotations

import enum


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


class Wiring(enum.StrEnum):
    """How the load stands behind the meter."""

    USUAL = "as usual"
    REVERSED = "the other way round"
    PAST_THE_PHASE = "half of it past the phase"


class TamperSign(enum.StrEnum):
    """What somebody may do to a meter, by the name of the event that tells of it; its end is "... ended"."""

    MAGNET = "magnet"
    NEUTRAL_DISTURBANCE = "neutral disturbance"
    TERMINAL_COVER = "terminal cover open"


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
    EMERGENCY_CREDIT = "emergency_credit"
    NO_CUT_WINDOWS = "no_cut_windows"
    DAILY_CHARGES = "daily_charges"
    SLABS = "slabs"
    TIME_OF_USE = "time_of_use"
    NOTICES = "notices"
    PAYMENT_MODE = "payment_mode"
    CONTROL_MODES = "control_modes"
    BUTTON = "button"
    NEUTRAL_CURRENT = "neutral_current"
    EXPORT = "export"
    REACTIVE = "reactive"
    TAMPER = "tamper"
