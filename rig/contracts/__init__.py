"""What the rig asks of a device, whatever it is made of. Drivers implement these; everything above them knows only these.

Units: V, A, W, Wh, Hz as `Decimal`; money as integer paise; instants as `Span` (ns since the run began).
"""

from rig.contracts.bus import (
    Bus,
    FrameLog,
    Reply,
    Request,
)
from rig.contracts.devices import (
    Devices,
)
from rig.contracts.instruments import (
    Button,
    Load,
    LoadMeasurement,
    Presser,
    Rewiring,
    Source,
    Tamperer,
    Tampering,
)
from rig.contracts.items import (
    COUNTERS,
    ELECTRICAL,
    EMULATED_PHASES,
    IDENTITY,
    ITEMS,
    MONEY,
    PHASES,
    RECHARGES,
    RELAY,
    SETTINGS,
    MeterEvent,
    MeterReading,
    Value,
)
from rig.contracts.meter import (
    Meter,
    RechargeOutcome,
    RechargeResult,
    Wallet,
)
from rig.contracts.password import (
    EMULATED_PASSWORD,
    Password,
)
from rig.contracts.sensing import (
    Edge,
    RelaySense,
    SenseSample,
    Sensing,
    TimedSense,
    Watch,
)
from rig.contracts.states import (
    Capability,
    ControlState,
    DisconnectCause,
    PaymentMode,
    RelayState,
    TamperSign,
    Wiring,
)

__all__ = [
    "EMULATED_PASSWORD",
    "EMULATED_PHASES",
    "Bus",
    "Button",
    "COUNTERS",
    "Capability",
    "ControlState",
    "Devices",
    "DisconnectCause",
    "ELECTRICAL",
    "Edge",
    "FrameLog",
    "IDENTITY",
    "ITEMS",
    "Load",
    "LoadMeasurement",
    "MONEY",
    "Meter",
    "MeterEvent",
    "MeterReading",
    "Password",
    "PHASES",
    "PaymentMode",
    "Presser",
    "RECHARGES",
    "RELAY",
    "RechargeOutcome",
    "RechargeResult",
    "RelaySense",
    "RelayState",
    "Reply",
    "Request",
    "SETTINGS",
    "SenseSample",
    "Sensing",
    "Rewiring",
    "Wiring",
    "Source",
    "TamperSign",
    "Tamperer",
    "Tampering",
    "TimedSense",
    "Value",
    "Wallet",
    "Watch",
]
