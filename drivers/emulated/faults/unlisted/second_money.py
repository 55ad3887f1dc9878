"""The second batch, of recharge, balance and alarms: slips of a tired firmware engineer."""

from __future__ import annotations

from drivers.emulated.faults.unlisted.naming import unlisted
from drivers.emulated.meter import events
from drivers.emulated.meter.events import EventLog
from drivers.emulated.meter.mailbox import ACCEPTED, CANNOT, DUPLICATE, MOST_PAISE, Mailbox
from drivers.emulated.meter.registers import Registers, whole
from drivers.emulated.meter.store import Store
from drivers.emulated.meter.wallet import Wallet
from rig.clock import SECOND
from rig.contracts import Value


class IdNoughtIsGood(Mailbox):
    """Id 0 is taken for an id, and credited."""

    def judge(self, amount: int, recharge_id: int) -> int:
        if recharge_id == 0 and self.is_good(amount) and not self.is_known(0):
            return ACCEPTED
        return super().judge(amount, recharge_id)


class SumWraps(Mailbox):
    """A sum that the balance cannot show is accepted, and the balance turns negative."""

    def judge(self, amount: int, recharge_id: int) -> int:
        result = super().judge(amount, recharge_id)
        return ACCEPTED if result == CANNOT else result

    def credit(self, now: int) -> None:
        super().credit(now)
        if self.wallet.balance_paise > MOST_PAISE:
            self.store.account.balance -= (1 << 32) * self.settings.units_per_paisa


class TimeOfTheStart(Wallet):
    """The time of the last recharge becomes that of the next start."""

    def boots(self, now: int) -> None:
        super().boots(now)
        account = self.store.account
        if account.last_time is not None:
            account.last_time = self.clock.civil(now)


class DuplicateCounted(Mailbox):
    """A duplicate is refused, and counted as a recharge."""

    def judge(self, amount: int, recharge_id: int) -> int:
        result = super().judge(amount, recharge_id)
        if result == DUPLICATE:
            self.store.account.recharge_count = (self.store.account.recharge_count + 1) & 0xFFFF
        return result


class ArrearsOnlyUntold(EventLog):
    """A recharge that goes to the arrears whole has no event."""

    def record(self, code: int, now: int) -> None:
        if code != events.RECHARGE_ACCEPTED or self.store.account.last_credited:
            super().record(code, now)


class PresetClearsArrears(Wallet):
    """A written balance clears the arrears."""

    def preset(self, balance: int, now: int) -> None:
        super().preset(balance, now)
        self.store.account.arrears = 0


class ArrearsAdded(Registers):
    """Written arrears are added to the old ones."""

    def _set_arrears(self, to: Value, now: int) -> None:
        before = self.store.account.arrears
        super()._set_arrears(to, now)
        self.store.account.arrears = min(before + whole(to), MOST_PAISE)


class AlarmOfNought(Wallet):
    """An alarm that is set to 0 is told at zero."""

    def threshold(self, name: str) -> int:
        if name in self.store.setup:
            return self.store.setup[name] * self.settings.units_per_paisa
        return super().threshold(name)


class AlarmTwoWaits(Wallet):
    """Alarm 2 is told again only after the balance was above alarm 1."""

    def raised(self) -> None:
        account = self.store.account
        told = account.low["alarm_2"]
        super().raised()
        if account.balance <= self.threshold("alarm_1"):
            account.low["alarm_2"] = told


class AlarmsAnew(Store):
    """A low-credit alarm is told again after a power failure."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.account.low = dict.fromkeys(self.account.low, False)


class PostpaidIsFree(Wallet):
    """What is consumed in postpaid mode reaches no balance."""

    def take(self, quanta: int) -> None:
        if self.store.prepaid:
            super().take(quanta)
        else:
            self.store.account.booked_quanta = quanta


class ModeForgotten(Store):
    """After a power failure it is prepaid again."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.prepaid = True


class IdsToHalf(Wallet):
    """Only 128 ids are remembered."""

    def note_last(self, amount: int, to_arrears: int, recharge_id: int, now: int) -> None:
        super().note_last(amount, to_arrears, recharge_id, now)
        ids = self.store.account.ids
        while len(ids) > 128:
            del ids[next(iter(ids))]


class RestAfterACut(Wallet):
    """For thirty seconds after a cut no recharge closes."""

    _rests_until = 0

    def cut(self, now: int) -> None:
        super().cut(now)
        self._rests_until = now + 30 * SECOND

    def _plan_reclose(self, now: int) -> None:
        super()._plan_reclose(now)
        if self._reclose_at is not None:
            self._reclose_at = max(self._reclose_at, self._rests_until)


class SecondOfADay(Wallet):
    """The second recharge of a day pays no arrears."""

    def shares(self, amount: int) -> tuple[int, int]:
        shared = super().shares(amount)
        last = self.store.account.last_time
        if last is None or last.date() != self._on:
            return shared
        self._parts = {"balance": amount}
        return 0, amount


class LastPaisaOwed(Wallet):
    """The last paisa of the arrears is never paid."""

    def shares(self, amount: int) -> tuple[int, int]:
        to_arrears, to_balance = super().shares(amount)
        last = int(0 < to_arrears == self.store.account.arrears)
        return to_arrears - last, to_balance + last


class TowardsZero(Wallet):
    """Below zero the balance is rounded up."""

    @property
    def balance_paise(self) -> int:
        balance, units = self.store.account.balance, self.settings.units_per_paisa
        return balance // units if balance >= 0 else -(-balance // units)


class CutStaysInPostpaid(Wallet):
    """A cut stays when the mode becomes postpaid."""

    def may_reclose(self) -> bool:
        return self.store.account.balance > 0 if not self.store.prepaid else super().may_reclose()


_ROOMS = (
    IdNoughtIsGood, SumWraps, TimeOfTheStart, DuplicateCounted, ArrearsOnlyUntold, PresetClearsArrears, ArrearsAdded,
    AlarmOfNought, AlarmTwoWaits, AlarmsAnew, PostpaidIsFree, ModeForgotten, IdsToHalf, RestAfterACut, SecondOfADay,
    LastPaisaOwed, TowardsZero, CutStaysInPostpaid,
)  # fmt: skip

FAULTS = unlisted("UC", *_ROOMS)
