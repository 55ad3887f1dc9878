"""Faults of what the meter tells before credit is gone."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault
from drivers.emulated.meter import events
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.wallet import Wallet


class AlarmsUntold(EventLog):
    """Low-credit alarms are not logged."""

    def record(self, code: int, now: int) -> None:
        if code not in events.LOW_CREDIT.values():
            super().record(code, now)


class AlarmsRepeated(Wallet):
    """A low-credit alarm is told again at every look at the balance."""

    def run(self, now: int) -> None:
        super().run(now)
        for alarm in self.store.account.low:
            self.store.account.low[alarm] = False


FAULTS = (
    Fault(
        "E6",
        "low-credit alarms are not told",
        "event log",
        "the balance falls to an alarm, and nothing is logged",
        (AlarmsUntold,),
    ),
    Fault(
        "E7", "low-credit alarms are repeated", "wallet", "one crossing is logged again and again", (AlarmsRepeated,)
    ),
)
