"""The second batch, of what only some policies have: slips of a tired firmware engineer."""

from __future__ import annotations

from datetime import date, datetime

from drivers.emulated.faults.fault import Setting
from drivers.emulated.faults.unlisted.naming import unlisted
from drivers.emulated.meter import events
from drivers.emulated.meter.calendar import Calendar
from drivers.emulated.meter.emergency import EmergencyCredit
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.money_table import DAY_MINUTES, NoCutRule
from drivers.emulated.meter.protected_time import ProtectedTime
from drivers.emulated.meter.store import Store
from drivers.emulated.meter.wallet import Wallet


class MonthLostWithThePower(Wallet):
    """What the month has used is forgotten at a power failure."""

    def power_fails(self) -> None:
        super().power_fails()
        if self.tariff is not None:
            self.tariff.used.clear()


class MonthLostWithTheClock(Calendar):
    """What the month has used is forgotten when the clock is set."""

    def clock_was_set(self, before: datetime, now: int) -> None:
        super().clock_was_set(before, now)
        if self.wallet.tariff is not None:
            self.wallet.tariff.used.clear()
            self.wallet.look_at_prices(self.clock.civil(now))


class DaysAsOne(Calendar):
    """Of days that pass without mains only one is charged."""

    def days_pass(self, today: date) -> None:
        account = self.store.account
        if account.opened is not None and account.opened < today:
            account.opened = today
            self.day_opens(today)


class CorrectionOpensAgain(Calendar):
    """A clock corrected back over midnight opens the day a second time."""

    def clock_was_set(self, before: datetime, now: int) -> None:
        super().clock_was_set(before, now)
        if self.works:
            self.store.account.opened = self.clock.civil(now).date()


class LimitInRupees(EmergencyCredit):
    """The register of what can be lent shows rupees for paise."""

    @property
    def limit(self) -> int:
        return super().limit // 100


class EndOfLentUntold(EventLog):
    """No event tells that emergency credit is over."""

    def record(self, code: int, now: int) -> None:
        if code != events.EMERGENCY_ENDED:
            super().record(code, now)


class ProtectedUntilMidnight(ProtectedTime):
    """Protected time that runs over midnight ends there."""

    def minute_is_protected(self, minute: int) -> bool:
        return any(begins <= minute < (ends if begins < ends else DAY_MINUTES) for begins, ends in self._rule.daily)


class QuarterTooLong(ProtectedTime):
    """Protected time lasts a quarter of an hour too long."""

    def __init__(self, rule: NoCutRule) -> None:
        late = tuple((begins, (ends + 15) % DAY_MINUTES) for begins, ends in rule.daily)
        super().__init__(rule.model_copy(update={"daily": late}))


class DaysBeginAnew(Store):
    """The days of emergency credit begin anew at a power failure."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.account.used_up_since = None


class NoticesOfTheOneBefore(Wallet):
    """Notices are percentages of the last recharge but one."""

    _newest = 0

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        before = self._newest
        super().credit(amount, recharge_id, now)
        self._newest = self.store.account.last_credited
        self.store.account.last_credited = before or self._newest


class PaidForgotten(Store):
    """What was paid towards reconnection is forgotten at a power failure."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.account.paid = 0


class NotCaughtUp(Calendar):
    """A missed instalment is not caught up."""

    def instalment(self, on: date) -> None:
        super().instalment(on)
        self.store.account.missed = 0


_MEPDCL = (
    MonthLostWithThePower, MonthLostWithTheClock, DaysAsOne, CorrectionOpensAgain, LimitInRupees, EndOfLentUntold,
    ProtectedUntilMidnight,
)  # fmt: skip
_UPPCL = (DaysBeginAnew, NoticesOfTheOneBefore, PaidForgotten)
_NBPDCL = (NotCaughtUp, QuarterTooLong)

FAULTS = (
    *unlisted("UF", *_MEPDCL, needs=Setting(policy="mepdcl_2026")),
    *unlisted("UF", *_UPPCL, needs=Setting(policy="uppcl_2026_01"), first=8),
    *unlisted("UF", *_NBPDCL, needs=Setting(policy="nbpdcl"), first=11),
)
