"""Keeps the account of a meter, and says what its registers may show and when it may cut."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import islice, takewhile

from rig.account_feeding import ONE_DAY, AccountFeeding
from rig.almanac import Change
from rig.clock import FOREVER, Span
from rig.cutting import first_cut, surely_protected
from rig.dues import Dues
from rig.interval import Interval
from rig.ledger import Split
from rig.meter_time import civil_time
from rig.policy import Policy
from rig.promises import Promises

LOOKED_AHEAD, DAYS_AHEAD = 16, 4
"""Changes of the calendar, and days, that are followed when credit is foreseen; it is foreseen again before every edge."""


class AccountKeeping(AccountFeeding):
    """The account, the power that flowed and the meter's clock, kept in step. `told` hears of every charge of the calendar."""

    def __init__(self, policy: Policy, promises: Promises, told: Callable[[str, str], None]) -> None:
        super().__init__(policy, promises, told)
        self._next: Sequence[Change] = ()
        self._known_by: object = None
        rule = policy.file.reconnection
        self._least = None if rule is None else rule.least_balance
        self.dues = Dues(None if rule is None else rule.dues)

    def begin(self, now: int) -> None:
        """A scenario begins with no load (ns)."""
        super().begin(now)
        self._known_by = None

    def recharge(self, amount: int, at: Span, shown: int | None, arrears: int | None) -> Split:
        """A recharge was credited at `at`; `shown` and `arrears` are the meter's balance and arrears afterwards (paise)."""
        assert self.account is not None, "the account was opened"
        self.settle(at.lo)
        stands, balance = self.shown_at(at), self.account.balance
        off = Interval(stands.lo - balance.lo, stands.hi - balance.hi)
        self.dues.recharged(amount, *self._owed(stands))
        return self.account.recharge(amount, at, arrears, self.today, off, shown)

    def cut(self, at: Span) -> None:
        """Supply is cut for want of credit at `at`, or maybe: a share of what is owed falls due, where the policy asks for one."""
        if self.dues.rule is not None and self.account is not None:
            self.dues.fall(*self._owed(self.shown_at(at)))

    def found(self, closed: bool) -> None:
        """The relay was found like this when the account was opened: nobody knows what an open one was cut with."""
        self.dues.over()
        if not closed and self.account is not None and self.dues.rule is not None:
            self.dues.unknown(*self._owed(self.account.balance))

    def dues_short(self, at: Span) -> Interval:
        """What a recharge at `at` has to bring (paise) for the dues of the last cut to be paid; nothing where none are."""
        if self.dues.rule is None or self.dues.rule.at == "cut" or not self.dues.demanded.hi:
            return self.dues.short
        return self.dues.share(*self._owed(self.shown_at(at)))

    def _owed(self, stands: Interval) -> tuple[Interval, Interval]:
        """Arrears, and what a balance that stands there is below zero, in whole paise as a meter counts them."""
        assert self.account is not None, "the account was opened"
        arrears = self.account.arrears_can_be
        below = (max(-math.floor(end), 0) for end in (stands.hi, stands.lo))
        return Interval.of(min(arrears), max(arrears)), Interval.of(*below)

    def enough(self, at: Span) -> Interval:
        """By how much (paise) credit is above what the relay needs to close again at `at`; above zero closes it."""
        assert self.account is not None, "the account was opened"
        return self.account.enough(at, self._least, self.dues.settled)

    def balance_at(self, at: Span) -> Interval:
        """The oracle's balance (paise) somewhere in `at`."""
        self.settle(at.lo)
        assert self.account is not None, "the account was opened"
        balance = self.account.balance
        if at.hi >= FOREVER or at.hi < self._settled:
            return balance
        pending = sum((self._costs(change) for change in self._ahead(at.hi) if change.begins <= at.hi), Fraction(0))
        more = self._promises.metered(self.trace.energy_wh(self._settled, Span.at(at.hi)))
        return Interval(balance.lo - more.hi * self._policy.paise_per_wh - pending, balance.hi)

    def _costs(self, change: Change) -> Fraction:
        """The most that this change may take."""
        if change.opens is None or self.account is None or (self._opened is not None and change.opens <= self._opened):
            return Fraction(0)
        charges = sum((charge.amount for charge in self._policy.opens_day(change.opens)), Fraction(0))
        return charges + (self.account.arrears if self._policy.instalment else 0)

    def shown_at(self, at: Span) -> Interval:
        """What a healthy meter's balance register may stand for in `at`: it lags by a tick and by part of a quantum."""
        now = self.balance_at(at)
        return Interval(now.lo, now.hi + self.lag_cost(at) + self._promises.quantum_cost(self._policy))

    def lag_cost(self, at: Span) -> Fraction:
        """What was consumed in the time by which the balance register may lag behind (paise).

        A meter counts its ticks from power-up: until it is due again, what flowed before a failure may not be charged.
        """
        since = self.dark.caught_up(at.lo, self._promises.balance_lag, self._promises.power_up)
        recent = self._promises.metered(self.trace.energy_wh(since, Span.at(at.lo)))
        return recent.hi * self._policy.paise_per_wh

    def credit_gone(self, ready: int) -> Span | None:
        """When the meter may find credit gone and cut: after emergency credit, outside protected time; None when never.

        `ready` is when the meter has had its time to start since the last power failure (ns).
        """
        assert self.account is not None, "the account was opened"
        segments = self.trace.segments(self._settled)
        ahead = [change for change in self._next_days() if change.at.hi >= self._settled]
        gone = self.account.credit_gone(segments, self._promises.energy_uncertainty, self._at_rate, ahead)
        if gone is None:
            return None
        again = self._looks_again
        gone = Span(max(gone.lo, again.lo), max(gone.hi, again.hi, ready))
        decided = gone.plus(0, self._promises.metering_window + self._promises.ledger_tick)
        cut = first_cut(decided, self.protected, self.time)
        return gone if cut == decided else cut

    def _next_days(self) -> Sequence[Change]:
        """What the calendar brings next, as far as it is followed; found once as long as no more is known of the clock."""
        known = self._passed, self.time.knowledge
        if self._known_by != known:
            self._known_by = known
            until = civil_time(self._passed) + DAYS_AHEAD * ONE_DAY
            soon = takewhile(lambda change: change.civil <= until, self._almanac.after(self._passed))
            self._next = list(islice(soon, LOOKED_AHEAD))
        return self._next

    def cut_forbidden(self, at: Span) -> bool:
        """True when the relay may not open for want of credit at `at`, because the time is surely protected."""
        return surely_protected(at.widened(self._promises.contact), self.protected, self.time)
