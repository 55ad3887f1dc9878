"""Follows one meter: the sensed contact, the load that was drawn, the energy and days that pass, and what the relay may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from rig.account_keeping import AccountKeeping
from rig.clock import FOREVER, Clock, Span
from rig.contracts import Edge, MeterReading, RelayState, Sensing
from rig.energy import PowerTrace
from rig.expectation import CREDIT, Due, Expectation
from rig.interval import Interval
from rig.journal import Journal
from rig.ledger import Account, Split
from rig.limiting import USUAL_VOLTS
from rig.policy import Policy
from rig.promises import Promises
from rig.starting_current import StartingCurrent

NOTHING = Interval.of(0)


class Following:
    """Account, power trace and relay expectation, kept in step with the sensed contact.

    `measure` asks the load what it really sinks (W) as an interval; it is called when the contact closes under load.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        sensing: Sensing,
        policy: Policy,
        promises: Promises,
        measure: Callable[[], Interval],
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._sensing = sensing
        self._policy = policy
        self._promises = promises
        self._measure = measure
        self._taken = 0
        self._demanded = False
        self._prepaid = policy.prepaid
        self._live = True
        self._ready = self._dark_since = 0
        self._pressed: Span | None = None
        self._start = StartingCurrent(promises)
        self.keeping = AccountKeeping(policy, promises, lambda entry, words: self._keep(entry, words, 0, None))
        self.volts = USUAL_VOLTS
        """The mains of the bench, by which a current is reckoned (V)."""
        self.state = RelayState.UNKNOWN
        self.edges: list[Edge] = []
        self.expectation: Expectation | None = None
        self.findings: list[tuple[str, str]] = []

    def open(self, reading: MeterReading, settings: Mapping[str, int], words: str) -> None:
        """Open the account at what the meter shows, as an interval, and the expectation at the contact as it is."""
        now = self._clock.now()
        self.keeping.begin(now)
        self._live, self._ready = True, 0
        self._prepaid = reading.values.get("payment_mode", self._policy.file.payment_mode) == "prepaid"
        self.edges = []
        self.findings = []
        self.expectation = Expectation(
            self._promises,
            settings,
            self.state is RelayState.CLOSED,
            self._policy.overload_allowed,
            self._tell,
            reading.whole("attempts_done") or 0,
            now,
            self.keeping.cut_forbidden,
            self.volts,
        )
        self.reopen_account(reading, words)
        self.keeping.found(self.state is RelayState.CLOSED)

    def reopen_account(self, reading: MeterReading, words: str) -> None:
        """Take the meter's own figures as the opening account from here on."""
        self.keeping.open(reading)
        if self.account is not None:
            self._keep("opening", words, 0, reading.balance_paise)

    @property
    def trace(self) -> PowerTrace:
        """The power that flowed."""
        return self.keeping.trace

    @property
    def account(self) -> Account | None:
        """The oracle of money; None where the meter shows no balance."""
        return self.keeping.account

    def _tell(self, due: Due) -> None:
        self._journal.record("expected", state=due.state, window=due.window, why=due.why, must=due.must)

    def pull(self, before: int = FOREVER) -> None:
        """Take in every edge that the channel has seen since the last time and that was surely over `before` (ns)."""
        watch = self._sensing.watch(self._taken)
        for edge in watch.edges:
            if edge.at.hi > before:
                return
            self._taken += 1
            self._take(edge)
        self.state = watch.state

    def take_cuts(self) -> None:
        """Take in cuts for want of credit that were due, though a recharge may have been on its way when they came."""
        for edge in self._sensing.watch(self._taken).edges:
            due = None if self.expectation is None else self.expectation.opening(CREDIT)
            if edge.state is not RelayState.OPEN or due is None or not due.window.overlaps(edge.at):
                return
            self._taken += 1
            self._take(edge)

    def _take(self, edge: Edge) -> None:
        self._journal.record("edge", state=edge.state, span=edge.at)
        unseen, self.state = self.state is RelayState.UNKNOWN, edge.state
        if self.expectation is None:
            return
        self.settle(edge.at.lo)
        self._look_at_credit()
        before = self.expectation.closed
        words = self.expectation.edge(edge)
        if words:
            self.findings.append(("unexplained edge", words))
        held, maybe = self.expectation.held_by, self.expectation.may_be_held_by
        if edge.state is RelayState.OPEN and CREDIT in held | maybe and self.account is not None:
            self.account.emergency.spend(CREDIT in held)
            self.keeping.cut(edge.at)
            self._pressed_in_mid_cut(edge)
        if edge.state is RelayState.CLOSED and self.account is not None:
            self.account.emergency.reconnected(self._prepaid)
            self.keeping.dues.over()
        if self.expectation.closed != before:
            since = self.keeping.dark.began if unseen else None
            self.edges.append(edge if since is None else Edge(edge.state, Span(since, edge.at.hi)))
        self.keeping.dark.note(edge)
        if edge.state is not RelayState.CLOSED:
            self.trace.set(edge.at, NOTHING)
        else:
            self._flows_again(edge.at)

    def _pressed_in_mid_cut(self, edge: Edge) -> None:
        """The contact opened for want of credit around a press of the button, which may have lent credit, or not."""
        at, self._pressed = self._pressed, None
        if at is None or self.expectation is None or self.account is None:
            return
        in_time = edge.at.lo <= at.hi + self._promises.contact
        if in_time and self.account.pressed(at, False):
            self.expectation.credited(Span(at.lo, max(at.hi, edge.at.hi)), self.keeping.enough(at))

    def dark_between(self, began: int, ended: int) -> int:
        """How long (ns) of this time the line was dead and the contact not to be seen."""
        return self.keeping.dark.between(began, ended)

    def lit(self, began: int, ended: int) -> list[tuple[int, int]]:
        """The stretches of this time (ns) in which the line was surely live."""
        return self.keeping.dark.lit(began, ended)

    def _flows_again(self, at: Span) -> None:
        watts = self._measure() if self._demanded else NOTHING
        self.trace.set(at, self._start.counted(watts, self.volts))
        if self.expectation is not None:
            self.expectation.load(at, watts)

    def demand(self, at: Span, watts: Interval) -> None:
        """The load was set at `at`, and sinks this much (W) while the contact is closed."""
        self._demanded = watts.hi > 0
        flowing = watts if self.state is RelayState.CLOSED else NOTHING
        self.trace.set(at, self._start.counted(flowing, self.volts))
        if self.expectation is not None:
            self.expectation.load(at, watts)
        self._look_at_credit()

    def power_factor(self, factor: Fraction) -> None:
        """The load draws with this power factor (0 to 1) from its next step on."""
        self._start.factor = factor
        if self.expectation is not None:
            self.expectation.power_factor(factor)

    def _look_at_credit(self) -> None:
        if self.account is None or self.expectation is None or not self._prepaid or not self._live:
            return
        gone = self.keeping.credit_gone(self._ready) if self._may_run_out() else None
        self.expectation.credit_gone(gone, self._clock.now())
        if CREDIT in self.expectation.held_by | self.expectation.may_be_held_by:
            self.keeping.cut(Span.at(self._clock.now()))

    def look_ahead(self) -> None:
        """Bring the oracles up to date with this moment."""
        self.pull()
        self._look_at_credit()

    @property
    def overloaded(self) -> bool:
        """True when the load was asked for more than the limit at any time since the books were opened."""
        return self.expectation is not None and self.expectation.was_over

    def _may_run_out(self) -> bool:
        if self.account is None:
            return False
        return bool(self.trace.last.hi) or self._policy.charges_by_day or self.account.balance.lo <= 0

    def settle(self, until: int) -> None:
        """Charge the energy that flowed until then (ns) to the account, and what the meter's calendar brought."""
        self.keeping.settle(until)

    def balance_at(self, at: Span) -> Interval:
        """The oracle's balance (paise) somewhere in `at`."""
        self.pull()
        return self.keeping.balance_at(at)

    def shown_at(self, at: Span) -> Interval:
        """What a healthy meter's balance register may stand for in `at`: it lags by a tick and by part of a quantum."""
        self.pull()
        return self.keeping.shown_at(at)

    def lag_cost(self, at: Span) -> Fraction:
        """What was consumed in the time by which the balance register may lag behind (paise)."""
        return self.keeping.lag_cost(at)

    def charged_again_at(self) -> int:
        """When (ns) what flowed last before a power failure is surely charged; 0 where nothing waits for that."""
        waits = self._ready and self.keeping.lag_cost(Span.at(self._ready)) > 0
        return self._ready + self._promises.balance_lag + 1 if waits else 0

    def keep_energy(self, meter: int | None) -> None:
        """Write a line of the ledger for what was consumed so far."""
        self._keep("energy", "consumption so far at the energy charge", 0, meter)

    def _keep(
        self, entry: str, words: str, amount: int | Fraction, meter: int | None, split: Split | None = None
    ) -> None:
        assert self.account is not None, "the account was opened"
        self._journal.record(
            "ledger",
            entry=entry,
            words=words,
            amount=str(amount),
            to_arrears=split.to_arrears if split else None,
            to_balance=split.to_balance if split else None,
            oracle=self.account.balance,
            arrears=self.account.arrears,
            meter=meter,
        )
