"""Nothing goes by unexplained: what every scenario checks at its end, whatever it was looking at.

Each finding is one record. Where a declared judgement has failed already, what follows from it is no cause of its own.
"""

from rig.checks.alarms import alarms, notices
from rig.checks.claims import claims, holds
from rig.checks.counts import (
    CONNECTED,
    CURRENT_EVENTS,
    DISCONNECTED,
    OCCURRENCE,
    RESTORATION,
    Count,
    Done,
    Written,
    due,
    set_events,
)
from rig.checks.events import events, news, overload_goes_on, settings_logged
from rig.checks.metering import electrical, energy
from rig.checks.money import money
from rig.checks.overloads import Calm, overloads
from rig.checks.registers import registers

__all__ = [
    "CONNECTED",
    "CURRENT_EVENTS",
    "DISCONNECTED",
    "OCCURRENCE",
    "RESTORATION",
    "Calm",
    "Count",
    "Done",
    "Written",
    "alarms",
    "claims",
    "due",
    "electrical",
    "energy",
    "events",
    "holds",
    "money",
    "news",
    "notices",
    "overload_goes_on",
    "overloads",
    "registers",
    "set_events",
    "settings_logged",
]
