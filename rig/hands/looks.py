"""What is observed and judged: values, durations, money, views of the relay, time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from rig.checks.claims import holds
from rig.checks.metering import one_step
from rig.clock import FOREVER, Span
from rig.contracts import (
    ControlState,
    DisconnectCause,
    Edge,
    MeterReading,
    RechargeOutcome,
    RechargeResult,
    RelayState,
)
from rig.hands.money import Money
from rig.hands.waiting import Waiting
from rig.hands.widths import Widths
from rig.interval import Interval

CONTROL = {"connected": ControlState.CONNECTED, "ready": ControlState.READY_FOR_RECONNECTION}
RELAY_ITEMS = ("output_state", "control_state", "disconnect_cause")


class Looks(Waiting, Money, Widths):
    """Observes what a scenario declared; it never asserts."""

    def observe(self, judgement: str, value: object, words: str = "") -> None:
        """Judge a value against what was declared equal."""
        shown = value.name if isinstance(value, DisconnectCause | ControlState) else value
        self._journal.observation(judgement, {"value": shown, "words": words}, self.now())

    def observe_each(self, judgement: str, seen: Sequence[tuple[object, str]]) -> None:
        """Judge many values of one kind, with words for each, as one observation: the first that is wrong, else the last."""
        due = self._journal.limit(judgement)["value"]
        wrong = [(value, words) for value, words in seen if value != due]
        value, words = wrong[0] if wrong else seen[-1]
        some = f"{len(wrong)} of {len(seen)} wrong" if wrong else f"{len(seen)} times right"
        self.observe(judgement, value, f"{some}; {words}")

    def observe_duration(self, judgement: str, since: Span, came: Span) -> None:
        """Judge how long something took."""
        self._journal.observation(judgement, {"span": came.since(since)}, came)

    def observe_credited(self, judgement: str, paid: RechargeResult) -> None:
        """Judge how long it took until the meter said that a recharge is credited; one that it refused never was."""
        done = paid.outcome in (RechargeOutcome.ACCEPTED, RechargeOutcome.DUPLICATE)
        self.observe_duration(judgement, paid.sent, paid.settled if done else Span(paid.settled.lo, FOREVER))

    def observe_within(self, judgement: str, interval: Interval, at: Span | None = None) -> None:
        """Judge a quantity against its declared interval."""
        self._journal.observation(judgement, {"interval": interval}, at)

    def observe_rise(self, judgement: str, item: str, before: MeterReading, after: MeterReading) -> None:
        """Judge by how much a register of the meter moved between two readings of it (its own unit)."""
        was, now = before.values[item], after.values[item]
        assert isinstance(was, int | Decimal) and isinstance(now, int | Decimal), (
            "a scenario names a register of numbers"
        )
        self.observe_within(judgement, Interval.of(Fraction(now) - Fraction(was)), after.spans[item])

    def observe_balance(self, judgement: str) -> None:
        """Judge the meter's balance against the oracle's, once it has charged what flowed before a power failure."""
        if (due := self._books.charged_again_at()) > self._clock.now():
            self.sleep_ns(due - self._clock.now())
        reading = self.read_money()
        at = reading.spans["balance"]
        balance = reading.balance_paise
        assert balance is not None, "a scenario that judges money needs a balance register"
        oracle = self._books.shown_at(at)
        difference = Interval(balance - oracle.hi, balance + self.promises.balance_step - oracle.lo)
        self._books.keep_energy(balance)
        observed = {"meter": balance, "oracle": oracle, "difference": difference}
        if (wide := difference.hi - difference.lo) > Fraction(self._journal.limit(judgement)["widest"]):
            observed["widest_part"] = self.widest_part(wide, at)
        verdict = self._journal.observation(judgement, observed, at)
        if verdict.word == "FAIL":
            self._books.reopen_account(reading, "the meter's own figure, after the difference was judged")

    def observe_credit_at(self, judgement: str, edge: Edge | None) -> None:
        """Judge how much credit the oracle had left when the contact opened, or has now when it never did."""
        at = edge.at if edge else self.now()
        self.observe_within(judgement, self._books.balance_at(at), at)

    def observe_cause(self, judgement: str) -> None:
        """Judge the cause that the meter shows; inconclusive when the contact moved meanwhile, or has closed: a cause goes with it."""
        due = self._journal.limit(judgement)["value"]
        if due != DisconnectCause.NONE.name and self.relay() is RelayState.CLOSED:
            self._journal.record("inconclusive", words=f"{judgement}: the contact closed before the meter was asked")
            return
        reading = self._read_at_rest(judgement, "disconnect_cause")
        if reading is not None:
            self.observe(judgement, reading.cause)

    def _read_at_rest(self, judgement: str, *items: str) -> MeterReading | None:
        """A reading during which the contact stood still. None when it moved, and the judgement cannot be made."""
        self._books.pull()
        moves = len(self._books.edges)
        reading = self.read_meter(*items)
        self._books.pull()
        if len(self._books.edges) == moves:
            return reading
        words = f"{judgement}: the contact moved while the meter was asked"
        self._journal.record("inconclusive", words=words)
        return None

    def observe_views(self, judgement: str, control: str) -> None:
        """Compare the meter's views of its relay with the electrical truth, after the registers had their time to follow.

        `control` is "connected", "ready", or names the promise for the control state: "credit", "overload", "lock_out", "command".
        """
        self.settle_registers()
        truth = self.relay()
        reading = self._read_at_rest(judgement, *RELAY_ITEMS)
        if reading is None:
            return
        expected = CONTROL.get(control) or self.promises.control_state(control)
        views = self._views(reading, truth, expected)
        if self._books.expectation is not None:
            held = holds(reading, self._books.expectation, self.promises)
            views += [words for words in held if words.startswith("disconnect_cause")]
        words = "; ".join(views) if views else f"contact {truth}, output and control state say the same"
        self.observe(judgement, not views, words)

    def _views(self, reading: MeterReading, truth: RelayState, expected: ControlState) -> list[str]:
        wrong = []
        claimed = RelayState.CLOSED if reading.output_closed else RelayState.OPEN
        if reading.output_closed is not None and claimed is not truth:
            wrong.append(f"output_state says {claimed}, the contact is {truth}")
        if reading.control_state is not None and reading.control_state is not expected:
            wrong.append(f"control_state says {reading.control_state.name}, promised is {expected.name}")
        return wrong

    def load_current(self) -> Decimal:
        """A, as the load measures it now."""
        return self._devices.load.measure().current_a

    def observe_load_current(self, judgement: str) -> None:
        """Judge the current (A) that the load measures now, as far as its accuracy and its last decimal tell."""
        load = self._devices.load.measure()
        step, shown = one_step(load.current_a), Fraction(load.current_a)
        low = shown * (1 - self._load_accuracy) - step
        current = Interval(max(low, Fraction(0)), max(shown * (1 + self._load_accuracy) + step, Fraction(0)))
        at = Span(load.sent, load.received)
        self._journal.observation(judgement, {"interval": current, "resolution": step}, at)

    def claims(self) -> Mapping[str, object]:
        """What the meter says of its relay now."""
        return self.read_meter(*RELAY_ITEMS).values

    def observe_clock(self, judgement: str) -> None:
        """Judge by how much the meter's clock moved against the bench's since the scenario began (s)."""
        reading = self.read_meter("clock")
        self._observe_time(judgement, reading.values["clock"], reading.spans["clock"])

    def observe_meter_time(self, judgement: str, item: str, happened: Span) -> None:
        """Judge a time stamp of the meter against when it happened (s), on the meter's own clock."""
        self._observe_time(judgement, self.read_meter(item).values[item], happened)

    def _observe_time(self, judgement: str, shown: object, at: Span) -> None:
        if not isinstance(shown, datetime):
            self._journal.observation(judgement, {"nothing": "the meter shows no time"}, at)
            return
        self.observe_within(judgement, self.ahead(shown, at) - self.clock_offset, at)

    def ahead(self, shown: datetime, at: Span) -> Interval:
        """How far a meter's time, cut to whole seconds, is ahead of the bench's civil time (s)."""
        late, early = (Fraction((shown - self.civil(t)) // timedelta(microseconds=1), 10**6) for t in (at.hi, at.lo))
        return Interval(late, early + 1)
