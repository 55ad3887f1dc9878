"""What a scenario holds in its hand: a small vocabulary of an electrician and a clerk.

Every command is told to the books as it happens. A scenario observes what it declared; it never asserts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from rig.clock import FOREVER, MINUTE, SECOND, Span
from rig.contracts import ControlState, DisconnectCause, Edge, MeterReading, RelayState
from rig.expectation import CREDIT
from rig.hands import RELAY_ITEMS, Hands
from rig.interval import Interval


class Bench(Hands):
    """The bench of one position while a scenario runs: its commands, and what may be watched and judged.

    `civil` turns an instant (ns) into the bench's civil time, naive, in the meter's zone.
    """

    civil: Callable[[int], datetime]
    clock_offset = Interval.of(0)

    def relay(self) -> RelayState:
        """The electrical truth now."""
        self._books.pull()
        return self._books.state

    def wait_for(self, state: RelayState, until: int, since: Span) -> Edge | None:
        """Watch until the contact changes to `state` (an edge not before `since`), at most until `until` (ns)."""
        found: list[Edge] = []
        seen = len(self._books.edges)

        def came() -> bool:
            self._books.pull()
            found.extend(e for e in self._books.edges[seen:] if e.state is state and e.at.hi >= since.lo)
            return bool(found)

        earlier = [e for e in self._books.edges if e.state is state and e.at.lo >= since.lo]
        if earlier:
            return earlier[0]
        self._clock.sleep_until(until, unless=came)
        return found[0] if found else None

    def awaits(self, judgement: str, state: RelayState, since: Span) -> Edge | None:
        """Wait for an edge and judge how long it took since `since`; waits as long as the declared limit makes sense."""
        limit = self._journal.limit(judgement)
        latest = since.hi + int(limit["window"][1]) + 4 * int(limit.get("resolution", 0))
        edge = self.wait_for(state, latest, since)
        at = edge.at if edge else Span(max(self._clock.now(), since.hi), FOREVER)
        self._journal.observation(judgement, {"span": at.since(since)}, at)
        return edge

    def wait_for_cut(self) -> Edge | None:
        """Watch until the relay opens for want of credit, as long as the oracle of money says that it may take."""
        since = self.now()
        self._books.look_ahead()
        due = self._books.expectation.opening(CREDIT) if self._books.expectation else None
        now = self._clock.now()
        expected = now if due is None or due.window.hi >= FOREVER else due.window.hi
        latest = expected + MINUTE + (expected - now) // 10
        return self.wait_for(RelayState.OPEN, latest, Span(0, since.hi))

    def settle_registers(self) -> None:
        """Give the meter's registers the time that they are promised to follow the relay."""
        self.sleep_ns(self.promises.registers_follow)

    def stays(self, judgement: str, state: RelayState, since: Span | None = None) -> None:
        """Watch for as long as declared that the contact leaves `state` at no sample, from `since` (else now) on."""
        limit = self._journal.limit(judgement)
        began = self._clock.now() if since is None else since.lo
        self._clock.sleep_until(self._clock.now() + int(limit["at_least"]))
        self._books.pull()
        left = [e for e in self._books.edges if e.state is not state and e.at.hi >= began]
        watch = self._devices.sensing.watch(1 << 30)
        if self._books.state not in (state, RelayState.UNKNOWN) and not left:
            left = [Edge(self._books.state, Span.at(began))]
        observed = {
            "seen": len(left),
            "watched": self._clock.now() - began - self._books.dark_between(began, self._clock.now()),
            "largest_gap": watch.largest_gap,
            "first": f"{left[0].state} at {left[0].at.hi / SECOND:.3f} s" if left else "",
        }
        self._journal.observation(judgement, observed, Span(began, self._clock.now()))

    # judging

    def observe(self, judgement: str, value: object, words: str = "") -> None:
        """Judge a value against what was declared equal."""
        shown = value.name if isinstance(value, DisconnectCause | ControlState) else value
        self._journal.observation(judgement, {"value": shown, "words": words}, self.now())

    def observe_duration(self, judgement: str, since: Span, came: Span) -> None:
        """Judge how long something took."""
        self._journal.observation(judgement, {"span": came.since(since)}, came)

    def observe_within(self, judgement: str, interval: Interval, at: Span | None = None) -> None:
        """Judge a quantity against its declared interval."""
        self._journal.observation(judgement, {"interval": interval}, at)

    def observe_balance(self, judgement: str) -> None:
        """Judge the meter's balance against the oracle's."""
        reading = self.read_money()
        at = reading.spans["balance"]
        balance = reading.balance_paise
        assert balance is not None, "a scenario that judges money needs a balance register"
        oracle = self._books.shown_at(at)
        difference = Interval(balance - oracle.hi, balance + self.promises.balance_step - oracle.lo)
        self._books.keep_energy(balance)
        verdict = self._journal.observation(
            judgement, {"meter": balance, "oracle": oracle, "difference": difference}, at
        )
        if verdict.word == "FAIL":
            self._books.reopen_account(reading, "the meter's own figure, after the difference was judged")

    def observe_credit_at(self, judgement: str, edge: Edge | None) -> None:
        """Judge how much credit the oracle had left when the contact opened, or has now when it never did."""
        at = edge.at if edge else self.now()
        self.observe_within(judgement, self._books.balance_at(at), at)

    def observe_views(self, judgement: str, control: str) -> None:
        """Compare the meter's views of its relay with the electrical truth, after the registers had their time to follow.

        `control` names the promise for the control state: "connected", "credit", "overload", "lock_out", "command".
        """
        self.settle_registers()
        truth = self.relay()
        reading = self.read_meter(*RELAY_ITEMS)
        expected = ControlState.CONNECTED if control == "connected" else self.promises.control_state(control)
        views = self._views(reading, truth, expected)
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
            self.observe_within(judgement, Interval.of(10**9), at)
            return
        self.observe_within(judgement, self.ahead(shown, at) - self.clock_offset, at)

    def ahead(self, shown: datetime, at: Span) -> Interval:
        """How far a meter's time, cut to whole seconds, is ahead of the bench's civil time (s)."""
        late, early = (Fraction((shown - self.civil(t)) // timedelta(microseconds=1), 10**6) for t in (at.hi, at.lo))
        return Interval(late, early + 1)
