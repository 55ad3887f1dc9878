"""The first batch, of recharge and money: slips of a tired firmware engineer."""

from __future__ import annotations

from drivers.emulated.faults.unlisted.naming import unlisted
from drivers.emulated.meter.mailbox import BAD_AMOUNT, DUPLICATE, Mailbox
from drivers.emulated.meter.store import Store
from drivers.emulated.meter.wallet import Wallet


class LargestRefused(Mailbox):
    """The largest recharge that is allowed is refused."""

    def is_good(self, amount: int) -> bool:
        return super().is_good(amount) and amount != self.settings.largest_recharge


class TwentyBits(Wallet):
    """What one recharge credits wraps at 20 bits."""

    def shares(self, amount: int) -> tuple[int, int]:
        to_arrears, to_balance = super().shares(amount)
        return to_arrears, to_balance & 0xFFFFF


class BalanceSaturates(Wallet):
    """The balance goes no higher than 32,767 rupees."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        super().credit(amount, recharge_id, now)
        account = self.store.account
        account.balance = min(account.balance, 3_276_700 * self.settings.units_per_paisa)


class RefusedBurnsItsId(Mailbox):
    """A refused recharge uses its id up."""

    def judge(self, amount: int, recharge_id: int) -> int:
        result = super().judge(amount, recharge_id)
        if result == BAD_AMOUNT and recharge_id:
            self.store.account.ids[recharge_id] = None
        return result


class OnlyTheLastId(Mailbox):
    """Only the last id is remembered."""

    def is_known(self, recharge_id: int) -> bool:
        return recharge_id == self.store.account.last_id


class IdsOfSixteenBits(Mailbox):
    """Ids are compared in their low 16 bits."""

    def is_known(self, recharge_id: int) -> bool:
        return any((recharge_id ^ known) & 0xFFFF == 0 for known in self.store.account.ids)


class DuplicateTakesArrears(Mailbox):
    """A duplicate is refused, and takes its share off the arrears."""

    def judge(self, amount: int, recharge_id: int) -> int:
        result = super().judge(amount, recharge_id)
        if result == DUPLICATE:
            self.store.account.arrears -= min(amount, self.store.account.arrears)
        return result


class CountOfFourBits(Wallet):
    """The count of recharges wraps after 15."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        super().credit(amount, recharge_id, now)
        self.store.account.recharge_count &= 0xF


class CountersLostWithThePower(Store):
    """Count and total of recharges are gone after a power failure."""

    def power_fails(self, now: int) -> None:
        super().power_fails(now)
        self.account.recharge_count = self.account.total_recharged = 0


class EverySecondTime(Wallet):
    """Only every second recharge sets the time of the last one."""

    def note_last(self, amount: int, to_arrears: int, recharge_id: int, now: int) -> None:
        before = self.store.account.last_time
        super().note_last(amount, to_arrears, recharge_id, now)
        if self.store.account.recharge_count % 2 == 0:
            self.store.account.last_time = before


class TotalInRupees(Wallet):
    """The total drops the paise of each recharge."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        super().credit(amount, recharge_id, now)
        self.store.account.total_recharged -= amount % 100


class TotalOfBalanceOnly(Wallet):
    """The total counts only what went to the balance."""

    def note_last(self, amount: int, to_arrears: int, recharge_id: int, now: int) -> None:
        super().note_last(amount, to_arrears, recharge_id, now)
        self.store.account.total_recharged -= to_arrears


class PartToArrearsStale(Wallet):
    """The part to the arrears keeps its last value when nothing went there."""

    def note_last(self, amount: int, to_arrears: int, recharge_id: int, now: int) -> None:
        super().note_last(amount, to_arrears or self.store.account.last_to_arrears, recharge_id, now)


class ClosesWithTenRupees(Wallet):
    """Nothing closes below ten rupees of credit."""

    def may_reclose(self) -> bool:
        return self.store.account.balance > 1000 * self.settings.units_per_paisa


class CutsOnce(Wallet):
    """The flag of a cut is not cleared by a recharge: a second cut never comes."""

    _was_cut = False

    def cut(self, now: int) -> None:
        if not self._was_cut:
            self._was_cut = True
            super().cut(now)


class NoSign(Wallet):
    """A negative balance is shown without its sign."""

    @property
    def balance_paise(self) -> int:
        return abs(super().balance_paise)


class WholePaiseATick(Wallet):
    """What a tick costs is cut to whole paise."""

    def book(self, now: int) -> None:
        account, units = self.store.account, self.settings.units_per_paisa
        before = account.balance
        super().book(now)
        account.balance = before - (before - account.balance) // units * units


class AlarmEveryTick(Wallet):
    """A low-credit alarm comes again at each tick."""

    def run(self, now: int) -> None:
        super().run(now)
        for name in self.store.account.low:
            self.store.account.low[name] = False


_ROOMS = (
    LargestRefused, TwentyBits, BalanceSaturates, RefusedBurnsItsId, OnlyTheLastId, IdsOfSixteenBits,
    DuplicateTakesArrears, CountOfFourBits, CountersLostWithThePower, EverySecondTime, TotalInRupees,
    TotalOfBalanceOnly, PartToArrearsStale, ClosesWithTenRupees, CutsOnce, NoSign, WholePaiseATick, AlarmEveryTick,
)  # fmt: skip

FAULTS = unlisted("UA", *_ROOMS)
