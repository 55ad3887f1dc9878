"""Emergency credit: what is lent when the balance is used up, for how long, and when it may be lent again.

While it is lent the balance runs below zero; what is used is what the balance is below zero, up to what was lent.
"""

from __future__ import annotations

from drivers.emulated.meter.money_table import EmergencyRule
from drivers.emulated.meter.store import Account
from rig.clock import DAY, FOREVER

MOST_PAISE = 2**31 - 1
READY, LENT, SPENT = "ready", "lent", "spent"


class EmergencyCredit:
    """Amounts in whole paise or in the wallet's parts of a paisa, as named."""

    def __init__(self, rule: EmergencyRule, account: Account, units: int) -> None:
        self.rule = rule
        self._units = units
        self.most = FOREVER * units if rule.paise is None else rule.paise * units
        """What is lent (parts of a paisa)."""
        if not account.emergency:
            account.emergency = READY

    @property
    def limit(self) -> int:
        """What is lent (whole paise); all that a register can show where only the days bound it."""
        return min(self.most // self._units, MOST_PAISE)

    def gone_at(self, account: Account) -> int:
        """Balance at which credit is gone (parts)."""
        return -self.most if account.emergency == LENT else 0

    def by_itself(self, account: Account) -> bool:
        """True when it is lent as soon as the balance is used up."""
        return self.rule.granted == "automatic" and account.emergency == READY

    def by_button(self, account: Account, now: int) -> bool:
        """True when somebody who presses the button gets it."""
        asked = self.rule.granted == "button" and account.emergency == READY
        return asked and account.balance > -self.most and now < self.days_end(account)

    def look(self, account: Account, now: int) -> None:
        """The balance is looked at at a tick: its days begin when it is found used up."""
        if account.balance > 0:
            account.used_up_since = None
        elif account.used_up_since is None:
            account.used_up_since = now

    def waits(self, account: Account) -> bool:
        """True while its days have not begun, and will when the balance is used up."""
        return self.rule.days is not None and account.used_up_since is None

    def lend(self, account: Account) -> None:
        """It is in use from now on."""
        account.emergency = LENT

    def ends(self, account: Account) -> int:
        """When its days are over; FOREVER when it is not in use or has no days."""
        return self.days_end(account) if account.emergency == LENT else FOREVER

    def days_end(self, account: Account) -> int:
        """When so many days have passed since the balance was found used up; FOREVER when it has no days, or is not."""
        if self.rule.days is None or account.used_up_since is None:
            return FOREVER
        return account.used_up_since + self.rule.days * DAY

    def spend(self, account: Account) -> None:
        """It is used up, or its days are over."""
        account.emergency = SPENT

    def used(self, account: Account) -> int:
        """What has to be repaid (whole paise)."""
        if account.emergency == READY:
            return 0
        return min(-(min(account.balance, 0) // self._units), self.most // self._units)

    def repaid(self, account: Account, now: int) -> None:
        """The balance has changed by hand: repaid whole it is ready again; where that is allowed, a part can be drawn again."""
        if account.balance >= 0:
            account.emergency, account.used_up_since = READY, None
        elif not self.rule.once and account.emergency == SPENT and account.balance > -self.most:
            account.emergency = LENT
            if self.ends(account) <= now:
                account.emergency = SPENT
