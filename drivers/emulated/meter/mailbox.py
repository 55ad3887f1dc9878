"""The recharge mailbox: amount and id are laid down, a commit starts the check, and a result tells how it ended."""

from __future__ import annotations

from drivers.emulated.meter.room import Room
from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.meter.store import Store
from drivers.emulated.meter.wallet import Wallet
from drivers.modbus.codec import DEVICE_BUSY, ILLEGAL_VALUE, ModbusRefusal
from rig.clock import FOREVER

IDLE, ACCEPTED, BAD_AMOUNT, DUPLICATE, CANNOT, RECEIVED = 0, 3, 4, 6, 7, 8
"""Results, as the token status codes of DLMS class 115."""

MOST_PAISE = 2**31 - 1
"""What the balance register can show."""


class Mailbox(Room):
    """What lies in the mailbox and has not been credited is lost when the power fails: nothing was credited then."""

    def __init__(self, settings: MeterSettings, store: Store, wallet: Wallet) -> None:
        self.settings = settings
        self.store = store
        self.wallet = wallet
        self.amount = 0
        self.recharge_id = 0
        self.result = IDLE
        self._process_at = FOREVER

    def commit(self, order: int, now: int) -> None:
        """Take what was laid down. Raises ModbusRefusal: `order` is not 1, or the last one is not through yet."""
        if order != 1:
            raise ModbusRefusal(ILLEGAL_VALUE)
        if self.result == RECEIVED:
            raise ModbusRefusal(DEVICE_BUSY)
        self.result = RECEIVED
        self._process_at = now + self.settings.recharge_ns

    def plan(self, _now: int) -> None:
        self.due = self._process_at

    def run(self, now: int) -> None:
        self._process_at = FOREVER
        self.result = self.judge(self.amount, self.recharge_id)
        if self.result == ACCEPTED:
            self.credit(now)

    def judge(self, amount: int, recharge_id: int) -> int:
        """The result for this recharge; only ACCEPTED changes anything. A refused id stays good. Id 0 is none."""
        numbered = self.settings.numbered_recharges
        if not self.is_good(amount) or (numbered and not recharge_id):
            return BAD_AMOUNT
        if numbered and self.is_known(recharge_id):
            return DUPLICATE
        return CANNOT if self.wallet.balance_paise + amount > MOST_PAISE else ACCEPTED

    def is_good(self, amount: int) -> bool:
        """True when a recharge may be of this amount (paise)."""
        return self.settings.smallest_recharge <= amount <= self.settings.largest_recharge

    def is_known(self, recharge_id: int) -> bool:
        """True when this id was credited before and is still remembered."""
        return recharge_id in self.store.account.ids

    def credit(self, now: int) -> None:
        """Hand the accepted recharge to the wallet."""
        self.wallet.credit(self.amount, self.recharge_id, now)

    def power_fails(self) -> None:
        self.amount = self.recharge_id = 0
        self.result = IDLE
        self._process_at = FOREVER
