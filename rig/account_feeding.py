"""Feeds the account of a meter with the energy that flowed, and with the days and hours that the meter's own clock brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import takewhile

from rig.almanac import Almanac, Change
from rig.clock import FOREVER, HOUR, Span
from rig.contracts import MeterReading
from rig.dark_time import DarkTime
from rig.energy import PowerTrace
from rig.interval import Interval
from rig.ledger import Account
from rig.meter_time import MeterTime, civil_ns, civil_time
from rig.month_use import MonthUse
from rig.periods import Taken
from rig.policies.pricing import PLAIN
from rig.policies.protected import ProtectedTime
from rig.policy import Policy
from rig.promises import Promises

NOTHING = Interval.of(0)
ONE_DAY = timedelta(days=1)
UNPROMISED_DRIFT = Fraction(60)
"""How far a clock may run off in a day (s) that promises nothing."""


class AccountFeeding:
    """The account, the power that flowed and the meter's clock, kept in step. `told` hears of every charge of the calendar."""

    def __init__(self, policy: Policy, promises: Promises, told: Callable[[str, str], None]) -> None:
        self._policy = policy
        self._promises = promises
        self._told = told
        self.trace = PowerTrace()
        self.dark = DarkTime()
        self.account: Account | None = None
        drift = promises.table.clock_s_per_day
        self.time = MeterTime(UNPROMISED_DRIFT if drift is None else drift)
        self._almanac = Almanac(policy, self.time, 0, 0)
        self.protected = ProtectedTime(policy.file.no_cut)
        self._taken: Taken = {}
        self._months = MonthUse()
        self._at_rate = PLAIN
        self._settled = self._passed = self._begun = 0
        self._opened: date | None = None
        self._missed = frozenset({0})
        self._opened_on: date | None = None
        self._looks_again = Span.at(0)

    # opening

    def begin(self, now: int) -> None:
        """A scenario begins with no load (ns)."""
        promises = self._promises
        late = promises.metering_window + promises.ledger_tick
        self._almanac = Almanac(self._policy, self.time, late, promises.ledger_tick)
        self.dark = DarkTime()
        self.trace = PowerTrace()
        self.trace.set(Span.at(now), NOTHING)
        self._settled = now
        self._looks_again = Span.at(0)

    def open(self, reading: MeterReading) -> None:
        """Open the account at what the meter shows, as an interval."""
        balance = reading.balance_paise
        self.hear_clock(reading)
        if balance is None:
            self.account = None
            return
        opening = self.stands_for(balance)
        grain = self._promises.quantum_cost(self._policy)
        used = self._months.at_opening(reading, self._today(), self._promises.energy_quantum)
        due, missed = self._plan()
        owed = reading.arrears_paise or 0
        late = self._promises.metering_window + self._promises.ledger_tick
        self._missed, self._opened_on = self._missed_unseen(), self._today()
        self.account = Account(self._policy, opening, owed, grain, used, self._taken, due, missed, late)
        self.account.may_have_missed(self._missed)
        self._settled = max(self._settled, reading.spans["balance"].lo)
        self._follow_clock(self._settled)

    def _plan(self) -> tuple[tuple[int, int], int]:
        """How far the plan of instalments has come: as the account before knows it; anywhere, where there was none before."""
        if self.account is not None:
            return self.account.plan
        plan = self._policy.instalment
        return (0, 0 if plan is None else plan.count), 0

    def _missed_unseen(self) -> frozenset[int]:
        """What missed instalments can come to (paise). A day that began between two scenarios met a balance that nobody read.

        Arrears that are smaller hide it until the next recharge, which a meter goes by.
        """
        plan, known = self._policy.instalment, self._missed
        if self.account is not None:
            recharged = any(entry.kind == "recharge" for entry in self.account.entries)
            known = self.account.missed_can_be | (frozenset() if recharged else known)
        if plan is None or plan.catch_up == "none" or self._opened_on == self._today():
            return known
        again = plan.catch_up == "next_recharge"
        return known | {(missed if again else 0) + plan.per_day for missed in known}

    def stands_for(self, shown: int) -> Interval:
        """What a settled balance register that shows `shown` (paise) may stand for; with what daily charges carry, if they do."""
        opening, carried = self._promises.opening_balance(shown, self._policy), int(self._policy.carries)
        return Interval(opening.lo - carried, opening.hi + carried)

    def written(self, at: Span) -> None:
        """Figures were written by hand at `at`, with the load off."""
        self._settled = at.lo

    def looks_again(self, at: Span) -> None:
        """The meter looks at its credit anew from `at` on: what was over before counts from here."""
        self._looks_again = at

    def blind(self, since: int, until: int = FOREVER) -> None:
        """The meter does not look at its credit from then on (ns), and does again until then: its mains are off, or its mode."""
        if self.account is not None:
            self.account.not_looked_at(Span(since, until))

    # the meter's clock

    def hear_clock(self, reading: MeterReading) -> None:
        """The meter was read; where its clock was among it, that is known better, and so are arrears that could be several."""
        self._hear_arrears(reading)
        shown = reading.values.get("clock")
        if not isinstance(shown, datetime) or "clock" not in reading.spans:
            return
        known, at, today = self.time.known, reading.spans["clock"], self._today()
        if self.time.read(shown, at) and known:
            return
        if known and self.account is not None:  # it was set, and the month that it was in is left
            self._months.leave(today, self.account.used_wh)
        self._follow_clock(at.lo)

    def _hear_arrears(self, reading: MeterReading) -> None:
        if self.account is None or reading.arrears_paise is None:
            return
        at = reading.spans["arrears"]
        if self._policy.instalment is not None:
            self.settle(at.lo)
        if len(self.account.arrears_can_be) > 1 and not any(change.begins <= at.hi for change in self._ahead(at.hi)):
            self.account.saw_arrears(reading.arrears_paise)

    def clock_set(self, to: datetime, at: Span) -> None:
        """The clock was set by hand: no day begins by that, and a correction back by an hour or less begins none again."""
        self.settle(at.lo)
        before = self.time.shows(at.lo)[0] if self.time.known else None
        opened, day_before = self._opened, self._today()
        if self.account is not None:
            self._may_have_opened(self.account, at)
            self._months.leave(day_before, self.account.used_wh)
        self.time.set(to, at)
        self._looks_again = at
        self._follow_clock(at.lo)
        if before is not None and 0 <= before - self.time.shows(at.lo)[0] <= HOUR:
            self._opened = opened
        if self.account is not None:
            self.account.used_wh = self._months.after_setting(day_before, self._today(), self.account.used_wh)

    def hear_month(self, reading: MeterReading) -> None:
        """The meter was asked what its month has used, which a clock that was set leaves open; its register lags as others do."""
        if self.account is None or "energy_of_month" not in reading.spans:
            return
        at, promises = reading.spans["energy_of_month"], self._promises
        self.settle(at.lo)
        shown, quantum = Fraction(str(reading.values["energy_of_month"] or 0)), promises.energy_quantum
        since = self.dark.caught_up(at.lo, promises.balance_lag + 2 * promises.metering_window, promises.power_up)
        recent = promises.metered(self.trace.energy_wh(since, Span.at(at.hi)))
        used = self.account.used_wh
        lo, hi = max(shown - quantum, used.lo), min(shown + 2 * quantum + recent.hi, used.hi)
        if lo <= hi:
            self.account.used_wh = Interval(lo, hi)

    def _may_have_opened(self, account: Account, at: Span) -> None:
        """The clock was set in `at`: a day that had begun, and was to be charged for by the next tick, may have been or not."""
        for change in self._ahead(at.hi):
            if change.opens is not None and (self._opened is None or change.opens > self._opened):
                account.opens_day(change.opens, at, False)

    def _follow_clock(self, now: int) -> None:
        """What the clock shows now is not what it showed before, or was not known: what is ahead is counted from here."""
        if not self.time.known:
            return
        lo, hi = self.time.shows(now)
        self._passed, self._begun = lo, now
        self._opened = civil_time(lo).date()
        rates = self._almanac.at_rate(lo), self._almanac.at_rate(hi)
        self._at_rate = Interval(min(rates), max(rates))

    def _today(self) -> date | None:
        return civil_time(self.time.shows(self._settled)[0]).date() if self.time.known else None

    @property
    def today(self) -> date | None:
        """The day on the meter's clock; None when it is not known."""
        return self._today()

    # what flows, and what the calendar brings

    def settle(self, until: int) -> None:
        """Charge what flowed until then (ns), and what began by then."""
        if self.account is None or until <= self._settled:
            return
        for change in self._ahead(until):
            self._flow(min(change.at.lo, until), self._at_rate)
            if change.new_month:
                self._months.leave(change.civil.date() - ONE_DAY, self.account.used_wh)
                self.account.used_wh = Interval(Fraction(0), self.account.used_wh.hi)
            self._flow(min(change.at.hi, until), self._at_rate.hull(Interval.of(change.at_rate)))
            if change.at.hi > until:
                return
            self._pass(change)
        self._flow(until, self._at_rate)

    def _ahead(self, until: int) -> Iterator[Change]:
        """What the calendar brings up to `until` (ns) and has not passed."""
        return takewhile(lambda change: change.at.lo <= until, self._almanac.after(self._passed))

    def _flow(self, until: int, at_rate: Interval) -> None:
        if until <= self._settled:
            return
        assert self.account is not None, "checked by the caller"
        energy = self.trace.energy_wh(self._settled, Span.at(until))
        since, self._settled = self._settled, until
        if energy.hi > 0:
            self.account.consume(self._promises.metered(energy), Span(since, until), at_rate)

    def _pass(self, change: Change) -> None:
        assert self.account is not None, "checked by the caller"
        before = len(self.account.entries)
        if change.new_month:
            self.account.closes_period((change.civil - ONE_DAY).date(), change.at)
        if change.opens is not None and (self._opened is None or change.opens > self._opened):
            self.account.opens_day(change.opens, change.at, change.at.lo > self._begun)
            self._opened = change.opens
        if change.new_month:
            fresh = self._promises.metered(self.trace.energy_wh(max(change.at.lo, self._begun), Span.at(self._settled)))
            self.account.used_wh = self._months.begins(change.civil.date(), fresh)
        if change.new_month or not self._at_rate.within(Interval.of(change.at_rate)):
            self.account.rate_changes(change.at)
        self._at_rate = Interval.of(change.at_rate)
        self._passed = civil_ns(change.civil)
        for entry in self.account.entries[before:]:
            self._told(entry.kind, entry.words)
