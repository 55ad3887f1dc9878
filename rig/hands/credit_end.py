"""All credit brought to its end, emergency credit too, when the meter's clock shows a certain time."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from rig.clock import DAY, SECOND, Span
from rig.hands.clock_setting import ClockSetting
from rig.hands.credit import Credit
from rig.hands.odd_payments import OddPayments

EARLIER = 60 * SECOND
AT_ONCE, TRIES = SECOND // 2, 3
"""A clock whose setting took longer, as over a line that lost an answer, is set again, so often."""


class CreditEnd(OddPayments, Credit, ClockSetting):
    """The load is off and the relay closed; the account is written by hand."""

    def end_credit_at(self, at: datetime) -> Span:
        """Set the clock and the account so that nothing is left, and nothing lent, when the clock shows `at`.

        Returns when that is, between two instants (ns). Credit that is lent by itself is used up first, or waited out.
        """
        lent = self.policy.file.emergency_credit
        if lent is None or lent.granted != "automatic":
            self.set_clock(at)
            return self.preset(balance=0)
        used_up = self.preset(balance=0).plus(0, self.promises.cut_allowance.hi)
        if lent.amount is not None or lent.by_category:
            self.sleep_ns(used_up.hi - self._clock.now())
            self.set_clock(at)
            return self.preset(balance=-lent.paise)
        assert lent.days is not None, "the policy was checked"
        over = used_up.plus(lent.days * DAY)
        self.sleep_ns(over.lo - EARLIER - self._clock.now())
        for _ in range(TRIES):
            now = self._clock.now()
            left = -(-(over.lo - now) // SECOND)
            if self.set_clock(at - timedelta(seconds=left)).hi - now < AT_ONCE:
                break
        self.sleep_ns(max(over.lo - self._clock.now(), 0))
        return over

    def least_credit_to_close(self) -> int:
        """The least balance (paise) after a recharge at which the relay closes."""
        return self.policy.closes_from

    def dues_to_close(self) -> int:
        """What has still to be paid (paise) of what was owed at the cut, whatever the balance is; 0 where nothing has."""
        return math.ceil(self._books.keeping.dues_short(self.now()).hi)

    def less_than_the_dues(self) -> int:
        """The largest recharge (paise) that surely leaves some of that unpaid."""
        return math.ceil(self._books.keeping.dues_short(self.now()).lo) - 1

    def recharge_to_close(self) -> Span:
        """The least recharge after which the relay has to close; returns when it was sent."""
        short = self.least_credit_to_close() - (self.read_money().balance_paise or 0)
        short = max(short, self.dues_to_close())
        return self.recharge(max(short, self.promises.smallest_recharge)).result.sent
