"""The hands of a bench, one room for each kind of step. A new step goes into the room of its kind, or into a new room.

`shared` holds what all of them stand on; `rig.bench.Bench` is the sum of the others.
"""

from rig.hands.clock_setting import ClockSetting
from rig.hands.credit import Credit
from rig.hands.credit_end import CreditEnd
from rig.hands.cut_off import CutOff
from rig.hands.events import Events
from rig.hands.limits import Limits
from rig.hands.looks import RELAY_ITEMS, Looks
from rig.hands.mains import Mains
from rig.hands.metered import Metered
from rig.hands.money import MONEY_ITEMS, Money, Recharge
from rig.hands.odd_payments import OddPayments
from rig.hands.outages import Outages
from rig.hands.payment import Payment
from rig.hands.rewired import Rewired
from rig.hands.seconds import Seconds
from rig.hands.settings import Settings
from rig.hands.shared import Shared
from rig.hands.waiting import Waiting

__all__ = [
    "MONEY_ITEMS",
    "RELAY_ITEMS",
    "ClockSetting",
    "Credit",
    "CreditEnd",
    "CutOff",
    "Events",
    "Limits",
    "Looks",
    "Mains",
    "Metered",
    "Money",
    "OddPayments",
    "Outages",
    "Payment",
    "Recharge",
    "Rewired",
    "Seconds",
    "Settings",
    "Shared",
    "Waiting",
]
