"""Faults of what the meter tells before credit is gone."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, Setting, fails
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


class NoticesUntold(EventLog):
    """Notices are not logged."""

    def record(self, code: int, now: int) -> None:
        if code not in events.NOTICES:
            super().record(code, now)


class NoticesOfTheGross(Wallet):
    """The parts are those of twice what was credited."""

    def threshold(self, name: str) -> int:
        threshold = super().threshold(name)
        return threshold if name in self.store.setup else threshold * 2


FAULTS = (
    Fault(
        "E6",
        "low-credit alarms are not told",
        "event log",
        "the balance falls to an alarm, and nothing is logged",
        (AlarmsUntold,),
        ends_in=fails("NOT-1", "low credit alarm 1 beside what was due"),
    ),
    Fault(
        "E7",
        "low-credit alarms are repeated",
        "wallet",
        "one crossing is logged again and again",
        (AlarmsRepeated,),
        ends_in=fails("NOT-1", "low credit alarm 1 beside what was due"),
    ),
    Fault(
        "E10",
        "notices are not told",
        "event log",
        "the balance falls to a notice, and nothing is logged",
        (NoticesUntold,),
        ends_in=fails("NOT-2", "told beside what was due"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "E11",
        "notices come too early",
        "wallet",
        "a notice is told at twice its part",
        (NoticesOfTheGross,),
        ends_in=fails("NOT-2", "told beside what was due"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
)
