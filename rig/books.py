"""The rig's own books of one meter: the account, the power that flowed, and what the relay may do.

Kept from what the bench did and saw, never from what the meter claims; the meter's register is only read to open them.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from rig.clock import Span
from rig.consent import waits_after_own_reason
from rig.expectation import CREDIT
from rig.following import NOTHING, Following
from rig.interval import Interval
from rig.ledger import Split


class Books(Following):
    """What was done to the meter: recharges, figures written by hand, clock, button, payment mode, mains.

    `measure` asks the load what it really sinks (W) as an interval; it is called when the contact closes under load.
    """

    def preset(self, at: Span, shown: int, balance: int | None, arrears: int | None) -> None:
        """Balance or arrears were written by hand at `at`, with the load off; before, `shown` was on the register (paise)."""
        self.pull(at.lo)
        self.settle(at.lo)
        assert self.account is not None, "the account was opened"
        opening = None if balance is None else self.keeping.stands_for(balance)
        self.account.preset(at, opening, 0 if balance is None else balance - shown, arrears, balance)
        self.keeping.written(at)
        if balance is not None:
            self.keeping.dues.written_off()
            self._may_close_by(at)
        self._keep("opening", self.account.entries[-1].words, 0, balance)
        self._look_at_credit()
        self.pull()

    def _may_close_by(self, at: Span) -> None:
        """Credit that was written by hand at `at` may close the relay; no maker promises that it does."""
        if self.expectation is not None:
            enough = self.keeping.enough(at)
            self.expectation.credited(at, Interval(min(enough.lo, Fraction(0)), enough.hi))

    def clock_set(self, to: datetime, at: Span) -> None:
        """The meter's clock was set to this at `at`; an edge that came while it answered is looked at with that."""
        self.pull(at.lo)
        self.keeping.clock_set(to, at)
        self._look_at_credit()
        self.pull()

    def setting(self, item: str, to: int, at: Span) -> None:
        """A setting was written at `at`; an edge that came while it was read back is looked at with that."""
        if self.expectation is None:
            return
        self.pull(at.lo)
        self.expectation.setting(item, to, at)
        self.pull()

    def button(self, at: Span) -> None:
        """Somebody pressed the meter's button at `at`: what is ready closes, emergency credit that is asked for is lent.

        Edges were taken in before it was pressed; those that came while it was held down are looked at afterwards.
        """
        if self.expectation is not None:
            self.expectation.button(at)
        if self.account is None or self.expectation is None:
            return
        held = CREDIT in self.expectation.held_by
        cut = self.expectation.opening(CREDIT)
        if cut is not None and cut.window.lo <= at.hi:  # it may be decided, and the contact on its way
            self._pressed = at
            self.account.pressed(at, False)
            self._look_at_credit()
        if (held or CREDIT in self.expectation.may_be_held_by) and self.account.pressed(at, held):
            self.expectation.credited(at, self.keeping.enough(at))

    def tampering(self, goes_on: bool, at: Span) -> None:
        """Somebody began to tamper with the meter at `at`, or ended all of it; that moves the relay where it is promised to."""
        wait = self._promises.tamper_window
        if wait is None or self.expectation is None:
            return
        if goes_on:
            self.expectation.tampered(at, wait)
        else:
            self.expectation.tampering_ended(at, wait, waits_after_own_reason(self.expectation.mode))

    def payment_mode(self, prepaid: bool, at: Span) -> None:
        """The meter was set to prepaid or postpaid at `at`: in postpaid nothing is cut, and what was cut comes back.

        An edge that came while the mode was read back is looked at with that.
        """
        self.pull(at.lo)
        self.settle(at.lo)
        self._prepaid = prepaid
        self.keeping.looks_again(at)
        self.keeping.blind(0, at.hi)
        if not prepaid and self.expectation is not None:
            self.expectation.goes_postpaid(at)
        self._look_at_credit()
        self.pull()

    def recharge(self, amount_paise: int, at: Span, meter: int | None, arrears: int | None = None) -> Split:
        """A recharge was credited at `at`; splits it by the policy and tells the relay oracle.

        `meter` and `arrears` are what the meter shows afterwards (paise). Edges from before it was sent are taken in first;
        those that came since are looked at after the relay oracle knows of it.
        """
        assert self.account is not None and self.expectation is not None, "the account was opened"
        self.pull(at.lo)
        self._look_at_credit()
        self.take_cuts()
        split = self.keeping.recharge(amount_paise, at, meter, arrears)
        self._keep("recharge", self.account.entries[-1].words, amount_paise, meter, split)
        self.expectation.credited(at, self.keeping.enough(at))
        self._look_at_credit()
        self.pull()
        return split

    def power(self, live: bool, at: Span) -> None:
        """The line was switched at `at`."""
        assert self.expectation is not None, "the account was opened"
        self._live = live
        if live:
            self._ready = at.hi + self._promises.power_up
            self.keeping.blind(self._dark_since, self._ready)
            self.expectation.power_back(at)
        else:
            self.trace.set(at, NOTHING)
            self.expectation.power_lost(at)
            if self.account is not None:
                self.settle(at.hi)
                self.account.uncounted(self._promises.energy_loss, at)
                self._dark_since = at.lo
                self.keeping.blind(at.lo)
        self.pull()
