"""The oracle of the relay: which contact edges policy, promises, commands, load and credit allow, each with its window.

A reason to open has a window in which the edge may fall. Once open, every reason that holds the relay open has a window
of its own in which it lets go; the relay closes when the last one has. An edge that fits no window is unexplained; a
window that must hold an edge and passed without one is a missing edge. Both are findings, whatever a scenario looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from rig.clock import FOREVER, Span
from rig.consent import ALWAYS_CLOSED, NO_MODE, button_opens, waits_after_command, waits_after_own_reason
from rig.contracts import Edge, RelayState
from rig.due import COMMAND, CREDIT, CUT_DECIDED, DECIDED, LIMITERS, LOCK_OUT, OVER_CURRENT, OVERLOAD, TAMPER, Due
from rig.interval import Interval
from rig.limiting import USUAL_VOLTS
from rig.load_watch import LIMITING, LoadWatch
from rig.pending import CUT_OFF, READY, Pending
from rig.promises import Promises

__all__ = ["COMMAND", "CREDIT", "DECIDED", "LOCK_OUT", "OVERLOAD", "OVER_CURRENT", "READY", "Due", "Expectation"]


class Expectation(Pending):
    """Follows one meter's relay from what the bench did to it. Feed it in the order in which things became known.

    `settings` are the meter's whole numbers by item name; `overload_allowed` is the policy's word; `told` is called with
    every new `Due`, for the evidence. `attempts_done` is what the meter has counted at `now` (ns).
    """

    def __init__(
        self,
        promises: Promises,
        settings: Mapping[str, int],
        closed: bool,
        overload_allowed: bool = True,
        told: Callable[[Due], None] = lambda _due: None,
        attempts_done: int = 0,
        now: int = 0,
        cut_forbidden: Callable[[Span], bool] = lambda _at: False,
        volts: Interval = USUAL_VOLTS,
    ) -> None:
        super().__init__(closed, told)
        self.promises = promises
        self.settings = dict(settings)
        self._cut_forbidden = cut_forbidden
        self._dark = False
        self._load = LoadWatch(promises, self.settings, overload_allowed, attempts_done, now, volts)
        self._postpaid: Span | None = None
        self.openings: list[frozenset[str]] = []
        """What may have opened the relay, each time that it opened."""

    def commanded(self, state: RelayState, at: Span) -> None:
        """A remote command was taken at `at`."""
        self._book_missed(at.lo)
        window = at.plus(self.promises.command_window.lo, self.promises.command_window.hi).widened(at.width)
        if state is RelayState.OPEN:
            if self._closed and self.mode == ALWAYS_CLOSED:
                return
            if self._closed:
                self._tell_opening(COMMAND, Due(state, window, "remote disconnect", True))
            else:
                self._holds[COMMAND] = None
        else:
            self._opens.pop(COMMAND, None)
            held = COMMAND if COMMAND in self._holds else READY
            if held in self._holds:
                self._lets_go(held, Due(state, window, "remote reconnect", True), waits_after_command(self.mode))

    def load(self, at: Span, watts: Interval) -> None:
        """What the load asks for (W), from `at` on."""
        self._book_missed(at.lo)
        self._load.flows(watts)
        self._look_at_load(at)

    def power_factor(self, factor: Fraction) -> None:
        """The load draws with this power factor (0 to 1) from its next step on."""
        self._load.power_factor(factor)

    def _look_at_load(self, at: Span) -> None:
        if not self._closed or self.mode == ALWAYS_CLOSED:
            self._begin_anew(at)
            return
        for reason, due in self._load.look(at, OVERLOAD in self._opens):
            if due is None:
                self._opens.pop(reason, None)
            elif self._opens.get(reason) != due:
                self._tell_opening(reason, due)

    def _begin_anew(self, at: Span) -> None:
        """Limiters have nothing counted any more."""
        for reason in LIMITERS:
            self._opens.pop(reason, None)
        self._load.begins_anew(at)

    def attempts_are(self, done: int) -> None:
        """The meter says how many reclose attempts it has counted: a quiet time that began before may have cleared them."""
        self._load.attempts_are(done)

    @property
    def was_over(self) -> bool:
        """True when the load was asked for more than the limit at any time so far."""
        return self._load.was_over

    def setting(self, item: str, to: int, at: Span) -> None:
        """A setting was changed at `at`."""
        self._book_missed(at.lo)
        self.settings[item] = to
        if item in LIMITING:
            self._keep_decided(at)
            self._load.setting_changed(at)
        self._look_at_load(at)

    def _keep_decided(self, at: Span) -> None:
        """An overload is counted anew from `at`; the contact may still be on its way for one that was decided before."""
        before = self._opens.pop(OVERLOAD, None)
        latest = at.hi + self.promises.contact
        if before is not None and before.window.lo <= latest:
            self._opens[DECIDED] = Due(before.state, Span(before.window.lo, latest), before.why, False)

    def credit_gone(self, gone: Span | None, now: int = FOREVER) -> None:
        """The money oracle's view at `now` (ns) of when credit is gone with the last load carried on; None: never."""
        if not self._closed:
            self._credit_gone_while_open(gone, now)
            return
        if gone is None or self.mode == ALWAYS_CLOSED:
            self._opens.pop(CREDIT, None)
            return
        allowance = self.promises.cut_allowance
        due = Due(RelayState.OPEN, gone.plus(allowance.lo, allowance.hi), "credit is gone", not gone.censored)
        known = self._opens.get(CREDIT)
        self._opens[CREDIT] = due
        if known is None or abs(known.window.lo - due.window.lo) > allowance.hi:
            self._told(due)

    def _credit_gone_while_open(self, gone: Span | None, now: int) -> None:
        """Credit that is gone by now holds a relay that something else opened, too: surely, or maybe."""
        if gone is None or gone.lo >= FOREVER or gone.lo > now or CREDIT in self._holds:
            return
        if gone.censored or gone.hi > now:
            self._maybe |= {CREDIT}
        else:
            self._holds[CREDIT] = None
            self._maybe -= {CREDIT}

    def credited(self, at: Span, balance: Interval) -> None:
        """A recharge was credited at `at` and the oracle's balance (paise) is this."""
        self._book_missed(at.lo)
        if self._closed or CREDIT not in self._holds or balance.hi <= 0:
            return
        wait = self.promises.reclose_after_recharge
        window = at.plus(wait.lo, wait.hi)
        due = Due(RelayState.CLOSED, window, "recharge brought credit", balance.lo > 0)
        self._lets_go(CREDIT, due, waits_after_own_reason(self.mode) and balance.lo > 0)

    def goes_postpaid(self, at: Span) -> None:
        """Nothing is cut for want of credit from `at` on, but a contact may be on its way; what was cut comes back."""
        self._book_missed(at.lo)
        self._postpaid, before = at, self._opens.pop(CREDIT, None)
        latest = at.hi + self.promises.contact
        if before is not None and before.window.lo <= latest:
            self._opens[CUT_DECIDED] = Due(before.state, Span(before.window.lo, latest), before.why, False)
        self.credited(at, Interval.of(1))

    @property
    def mode(self) -> int:
        """The control mode that is set, or promised."""
        promised = self.promises.table.control_mode
        return self.settings.get("control_mode", NO_MODE if promised is None else promised)

    def button(self, at: Span) -> None:
        """The button was pressed at `at`: what is ready closes; in some modes, what is closed opens."""
        self._book_missed(at.lo)
        window = at.plus(self.promises.command_window.lo, self.promises.command_window.hi).widened(at.width)
        if self._closed and button_opens(self.mode):
            self._tell_opening(READY, Due(RelayState.OPEN, window, "button", True))
        elif READY in self._holds:
            self._lets_go(READY, Due(RelayState.CLOSED, window, "button", True), False)

    def power_lost(self, at: Span) -> None:
        """The line went dead at `at`: what was counting is void, what holds the relay stays. A command that the failure was to
        cut off may have been carried out before."""
        self._book_missed(at.lo)
        self._opens = {why: due for why, due in self._opens.items() if due.why == CUT_OFF}
        self._begin_anew(at)

    def power_back(self, at: Span) -> None:
        """The line is live again since `at`; the meter needs its time to start before it acts."""
        ready = at.hi + self.promises.power_up
        for why, due in self._holds.items():
            if due is not None and due.window.hi < ready + self.promises.status_refresh:
                latest = ready + self.promises.command_window.hi
                self._holds[why] = Due(due.state, Span(due.window.lo, max(due.window.hi, latest)), due.why, due.must)
        self._begin_anew(Span(at.lo, ready))
        self._look_at_load(Span(at.lo, ready))

    def edge(self, edge: Edge) -> str:
        """Take note of an edge. Returns "" when it is explained, else the words of a finding."""
        self._book_missed(edge.at.lo)
        if edge.state is RelayState.UNKNOWN:
            self._dark = True
            return ""
        closes = edge.state is RelayState.CLOSED
        resumed, self._dark = self._dark, False
        if closes == self._closed:
            return ""
        explained = self._closes(edge) if closes else self._opens_now(edge)
        self._closed = closes
        if CUT_DECIDED in self._holds and self._postpaid is not None:
            self._holds = {CREDIT: None}
            self.credited(Span(self._postpaid.lo, max(self._postpaid.hi, edge.at.hi)), Interval.of(1))
        if closes:
            self._load.closed(edge.at)
            self._holds.clear()
            self._maybe = frozenset()
            self._opens.clear()
            self._look_at_load(edge.at)
        if explained:
            return ""
        when = " while the line was dead" if resumed else ""
        return f"the relay {'closed' if closes else 'opened'} at {edge.at.hi / 1e9:.3f} s{when}, and nothing allows it"

    def _opens_now(self, edge: Edge) -> bool:
        """What opened the relay holds it: a command surely, credit or overload only where nothing else may have done it."""
        reasons = [why for why, due in self._opens.items() if due.window.overlaps(edge.at)]
        if {CREDIT, CUT_DECIDED}.intersection(reasons) and self._cut_forbidden(edge.at):
            reasons = [why for why in reasons if why not in (CREDIT, CUT_DECIDED)]
        self.openings.append(frozenset({DECIDED: OVERLOAD, CUT_DECIDED: CREDIT}.get(why, why) for why in reasons))
        self._holds = {}
        if COMMAND in reasons or reasons in ([CREDIT], [CUT_DECIDED], [READY], [TAMPER]):
            self._holds[COMMAND if COMMAND in reasons else reasons[0]] = None
            self._maybe = frozenset(reasons) - frozenset(self._holds)
        elif reasons and LIMITERS.issuperset(reasons):
            why, release = (READY, None) if waits_after_own_reason(self.mode) else self._load.tripped(edge.at)
            self._holds[why] = release
            self._maybe = frozenset()
        else:
            self._maybe = frozenset(reasons)
        self._opens.clear()
        self._tell_closing()
        return bool(reasons)

    def _closes(self, edge: Edge) -> bool:
        due = self.closing()
        if due is None:
            return bool(self._maybe) and not self._holds
        return due.window.overlaps(edge.at) or (bool(self._maybe) and edge.at.hi >= due.window.lo)
