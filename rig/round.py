"""One scenario's way through a session: brought to its start, and checked at its end, whatever it was looking at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from rig import checks
from rig.bench import Bench
from rig.books import Books
from rig.clock import Clock, Span
from rig.contracts import SETTINGS, Capability, Devices, Meter, MeterEvent, MeterReading
from rig.interval import Interval
from rig.journal import Journal
from rig.load_watch import LIMITING
from rig.promises import Promises
from rig.scenario import Scenario
from rig.setup import Setup
from rig.start_hours import StartHours
from rig.starting import Starting
from rig.window_mean import forgotten_at

STEADY_TRIES = 5
T = TypeVar("T")


class Round:
    """Starts and finishes the scenarios of one position, one after the other."""

    def __init__(
        self,
        setup: Setup,
        devices: Devices,
        clock: Clock,
        journal: Journal,
        meter: Meter,
        promises: Promises,
        books: Books,
        bench: Bench,
        starting: Starting,
    ) -> None:
        self.setup = setup
        self.devices = devices
        self.clock = clock
        self.journal = journal
        self.meter = meter
        self.promises = promises
        self.books = books
        self.bench = bench
        self._starting = starting
        self._hours = StartHours(setup.policy, clock, meter, promises, starting)
        self._began = 0
        self._opened = 0
        self._asked_at = self._events_before = 0
        self._unlogged: list[str] = []
        self._overload_before = self._current_before = False
        self._written_before = 0
        self._settings: dict[str, int] = {}
        self._settings_read: dict[str, int] = {}
        self._opening = Interval.of(0)
        self._before: MeterReading | None = None
        self._clock_check: tuple[datetime, Span] | None = None

    def settings_at_start(self, scenario: Scenario) -> dict[str, int]:
        """Every whole-number setting as it will be when the scenario starts; the newest event is remembered with them."""
        items = [i for i in (*SETTINGS, "event_sequence") if i in self.meter.items]
        found = self.meter.read(*items) if items else MeterReading({}, {})
        self._asked_at = found.whole("event_sequence") or 0
        self._settings_read = _settings(found)
        return self.settings_as_read(scenario)

    def settings_as_read(self, scenario: Scenario) -> dict[str, int]:
        """As `settings_at_start`, by what was read last: the meter is not asked."""
        return {**self._settings_read, **self._starting.settings.of(scenario.starts)}

    def start(self, scenario: Scenario) -> None:
        """Bring the meter to the start, read it, and open the books there."""
        self._began = self.clock.now()
        self.bench.load_off()
        self.bench.witness.begin()
        written_at = len(self._starting.written)
        self._hours.choose(scenario)
        limit = self._starting.settings.of(scenario.starts).get("load_limit")
        if limit is not None:
            self.clock.sleep_until(forgotten_at(self.books.trace, self.promises, limit, self.clock.now()))
        self._starting.prepare(scenario.starts)
        self.bench.begin()
        self._before = self._steady(self.bench.read_meter)
        self.bench.settings = _settings(self._before)
        self._clock_check = self._hours.clock_in(self._before)
        if self._clock_check is not None:
            self.bench.clock_offset = self.bench.ahead(*self._clock_check)
        self._events_before = self._before.whole("event_sequence") or 0
        log = self.bench.log.read()
        earlier = log[: len(log) - len(checks.news(log, self._events_before))]
        self._know_overloads(earlier)
        set_before = checks.set_events(self._starting.written[written_at:], self.meter.event_names)
        numbers = range(self._asked_at, self._events_before)
        self._unlogged = (
            checks.settings_logged(log, numbers, set_before) if Capability.EVENTS in self.meter.capabilities else []
        )
        self.journal.record("reading", values=self._before.values, span=self._before.at)
        self.books.open(self._before, self.bench.settings, "as the meter shows it at the start")
        self._opened = self.clock.now()
        self.bench.log.begin_after(self._events_before)
        self._written_before = len(self._starting.written)
        self._settings = dict(self.bench.settings)
        self._opening = self.books.account.balance if self.books.account else Interval.of(0)

    def _know_overloads(self, log: Sequence[MeterEvent]) -> None:
        """Whether an overload, and an over-current, still has to be told as over, by the newest of these events."""
        self._overload_before = checks.overload_goes_on(log, self._overload_before)
        self._current_before = checks.overload_goes_on(log, self._current_before, checks.CURRENT_EVENTS)

    def finish(self) -> None:
        """The checks that every scenario ends with; one cause makes one row."""
        self._void_if_suspended()
        self.bench.look_if_steady()
        self.bench.load_off()
        self.clock.sleep_until(self.clock.now() + self.promises.registers_follow)
        self.books.pull()
        after = self._steady(self.bench.read_meter)
        self.journal.record("reading", values=after.values, span=after.at)
        if self.books.account is not None:
            self.books.settle(self.clock.now())
            self.books.keep_energy(after.balance_paise)
        if not self.journal.failed():
            self._findings(after)

    def _void_if_suspended(self) -> None:
        """A machine that slept while its clock stood still has measured nothing: the scenario cannot be told."""
        began = Span(self._began, self.clock.now())
        if any(void.overlaps(began) for void in self.devices.voids()):
            words = "the machine was suspended during this scenario: its clock stood still, and no time in it means anything"
            self.journal.record("inconclusive", words=words)

    def _steady(self, ask: Callable[[], T]) -> T:
        """An answer during which, and shortly before which, the contact did not move; asked again when it did."""
        for _ in range(STEADY_TRIES):
            self.books.pull()
            moves = len(self.books.edges)
            if moves:
                self.clock.sleep_until(self.books.edges[-1].at.hi + self.promises.registers_follow)
            answer = ask()
            self.clock.sleep_until(self.clock.now() + self.setup.resolution)
            self.books.pull()
            if len(self.books.edges) == moves:
                break
        return answer

    def _findings(self, after: MeterReading) -> None:
        books = self.books
        found = list(books.findings)
        assert books.expectation is not None and self._before is not None, "the scenario was started"
        found += [("missing edge", words) for words in books.expectation.overdue(self.clock.now())]
        found = found[:1]
        if not found:
            found += [("claim", words) for words in self._claims(after)]
        found += [("metering", words) for words in self._misread(after)] or [
            ("money", words) for words in checks.money(books, self._before, after, self.promises, self.setup.policy)
        ]
        if not found:
            found += [
                ("register", words)
                for words in checks.registers(self._before, after, self.bench.paid, self.bench.settings)
            ]
        if not found and Capability.EVENTS in self.meter.capabilities:
            found += [("events", words) for words in self._steady(self._event_findings)]
        for of, words in found:
            self.journal.record("finding", of=of, words=words)
        self._know_overloads(self.bench.log.known)

    def _misread(self, after: MeterReading) -> list[str]:
        assert self._before is not None, "the scenario was started"
        fails = self.bench.power_cycles
        return self.bench.misread[:1] or checks.energy(
            self.books, self._before, after, self.promises, self._opened, fails
        )

    def _claims(self, after: MeterReading) -> list[str]:
        assert self.books.expectation is not None, "the scenario was started"
        return checks.claims(after, self.books.state) or checks.holds(after, self.books.expectation, self.promises)

    def _event_findings(self) -> list[str]:
        log, full = self.bench.log.read(), self.bench.log.room() <= 0
        forgotten = self.bench.log.forgotten
        due = checks.due(self._done(), self.meter.event_names, full)
        found = checks.events(log, self._events_before, due, self.books.edges, self._clock_check, forgotten)
        found = ([] if full else self._unlogged[:1]) or found
        if forgotten and not found:
            words = f"{forgotten} events were overwritten before they could be read: what they were cannot be seen"
            self.journal.record("inconclusive", words=words)
        return found

    def _done(self) -> checks.Done:
        written = [w for w in self._starting.written[self._written_before :] if w.item not in ("balance", "arrears")]
        return checks.Done(
            recharges=self.bench.recharges,
            unsure_recharges=self.bench.unsure_recharges,
            power_fails=self.bench.power_cycles,
            power_returns=self.bench.power_returns,
            settings=written,
            edges=self.books.edges,
            oracles={
                **self._overloads(written),
                **self._alarms(written),
                **checks.notices(self.books, self.setup.policy),
            },
            caused=self.bench.caused,
        )

    def _overloads(self, written: Sequence[checks.Written]) -> dict[str, checks.Count]:
        def every(item: str, default: int) -> list[int]:
            start = self._settings.get(item, default)
            return [start, *(w.to for w in written if w.item == item and isinstance(w.to, int))]

        anew = [w.at for w in written if w.item in LIMITING]
        calm = checks.Calm.of(self.promises, every("load_limit", 0), every("under_threshold_duration", 0), anew)
        watched = Span(self._opened, self.clock.now())
        return checks.overloads(self.books, calm, self._overload_before, watched, self._current_before)

    def _alarms(self, written: Sequence[checks.Written]) -> dict[str, checks.Count]:
        policy, watched = self.setup.policy, Span(self._opened, self.clock.now())
        return checks.alarms(self.books, self._opening, self._settings, written, policy, self.promises, watched)


def _settings(reading: MeterReading) -> dict[str, int]:
    """Every setting that is a whole number, of those that were read."""
    return {i: v for i, v in reading.values.items() if i in SETTINGS and isinstance(v, int)}
