"""What the meter wants to be paid after a cut before its relay closes: a share of what was owed."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.emulated.meter.money_table import DuesRule
from drivers.emulated.meter.store import Account


class Dues:
    """Whole paise; a part of one counts as one. The demand and what was paid of it are kept in the account."""

    def __init__(self, rule: DuesRule) -> None:
        self.rule = rule

    def share(self, owed: Mapping[str, int]) -> int:
        """What has to be paid where so much is owed by kind (paise)."""
        rule, whole = self.rule, 0
        if rule.of != "below_zero":
            whole += owed["arrears"]
        if rule.of != "arrears":
            whole += owed["emergency_credit"] + owed["negative_balance"]
        share = -(-whole * rule.percent.numerator // (100 * rule.percent.denominator))
        share = max(share, rule.floor)
        if rule.cap is not None:
            share = min(share, rule.cap)
        return min(share, whole)

    def demand(self, account: Account, owed: Mapping[str, int]) -> None:
        """Supply is cut with so much owed."""
        account.demanded, account.paid = self.share(owed), 0

    def recharged(self, account: Account, amount: int, owed: Mapping[str, int]) -> None:
        """A recharge comes, with so much owed before it."""
        if self.rule.at == "recharge" and account.demanded:
            self.demand(account, owed)
        account.paid += amount

    def forget(self, account: Account) -> None:
        """Supply is back, or the account was written by hand."""
        account.demanded = account.paid = 0

    def are_paid(self, account: Account) -> bool:
        """True when enough was paid since the cut."""
        return account.paid >= account.demanded
