"""One position's run: opens the evidence, takes each scenario from its start to its end, and leaves the meter as found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from rig.bench import Bench
from rig.books import Books
from rig.clock import SECOND, Clock
from rig.contracts import SETTINGS, Devices, Meter, RelayState, Wallet
from rig.declaring import declaration
from rig.errors import RigError, Unsafe
from rig.evidence import FORMAT
from rig.interval import Interval
from rig.journal import Journal
from rig.lacking import lacking
from rig.leaving import Leaving
from rig.limiting import around_mains
from rig.lossy import LossyBus
from rig.phases import by_phases
from rig.promises import Promises
from rig.reach import means_of
from rig.recharge_ids import RechargeIds
from rig.round import Round
from rig.scenario import Scenario, Terms
from rig.session_sum import SessionSum
from rig.setup import Setup
from rig.starting import Starting
from rig.verdict import Outcome, Word
from rig.window_mean import forgotten_at
from rig.witness import Witness
from rig.zones import civil_now

_UNPROMISED_START = 10 * SECOND
"""ns that a meter gets to start whose map does not promise how long it takes."""


class Session:
    """The run of one position.

    `devices` are reached and proven; `meter` is also the wallet where the map says so; `requirements` maps an id to its
    sentence and source. Open it, run scenarios, close it; every path ends with `close`.
    """

    def __init__(
        self,
        setup: Setup,
        devices: Devices,
        clock: Clock,
        journal: Journal,
        meter: Meter,
        wallet: Wallet,
        lossy: LossyBus,
        requirements: Mapping[str, Mapping[str, str]],
        map_facts: Mapping[str, Any],
    ) -> None:
        self.setup = setup
        self._witness = Witness(devices, clock, setup.table, setup.bench.mains.volts)
        self.devices = devices = self._witness.devices
        self.clock = clock
        self.journal = journal
        self.meter = meter
        promises = Promises.read(meter.promises, f"map {setup.map_name}")
        self.promises = by_phases(promises, meter.items, setup.bench, setup.table)
        self._requirements = requirements
        self._map_facts = map_facts
        self._sum = SessionSum()
        self._doubts: list[str] = []
        self._load_accuracy = accuracy = Fraction(str((setup.table.load or {}).get("accuracy_percent", "0.5"))) / 100
        self.books = Books(journal, clock, devices.sensing, setup.policy, self.promises, self._load_watts)
        self.books.volts = around_mains(Fraction(str(setup.bench.mains.volts)))
        next_id = RechargeIds(clock, setup.seed)
        mains = (setup.bench.mains.volts, setup.bench.mains.hertz)
        self._starting = Starting(
            meter, wallet, clock, journal, self.promises, self._relay, next_id, devices.button, setup.policy.money,
            setup.policy.closes_from,
        )  # fmt: skip
        self.bench = Bench(
            devices, meter, wallet, lossy, self.books, journal, clock, setup.policy, self.promises, mains, accuracy,
            next_id, self._starting,
        )  # fmt: skip
        now = civil_now(setup.meter_zone) - timedelta(microseconds=clock.now() // 1000)
        self._civil_zero = devices.civil_zero or now
        self.bench.civil, self.bench.witness = self.civil, self._witness
        journal.before_blame = self._witness.before_blame
        self._starting.forgotten = lambda limit: forgotten_at(self.books.trace, self.promises, limit, clock.now())
        self.leaving = Leaving(setup, devices, journal, self._starting, self._live_line, lossy)
        self._round = Round(
            setup, devices, clock, journal, meter, self.promises, self.books, self.bench, self._starting
        )

    def _relay(self) -> RelayState:
        self.books.pull()
        return self.books.state

    def _load_watts(self) -> Interval:
        """What the load sinks once the contact has closed; one that tripped as it opened is armed again."""
        if self.devices.load.measure().power_w <= 0 and (tripped := self.devices.load.tripped()):
            at = self.devices.load.draw_watts(self.bench.demanded)
            self.journal.command("load", f"armed again after its {tripped} protection", at, watts=self.bench.demanded)
        return self.bench.measured_watts(self.bench.demanded)

    def civil(self, instant: int) -> datetime:
        """The bench's civil time at an instant (ns), naive, in the zone of the meters."""
        return self._civil_zero + timedelta(microseconds=instant // 1000)

    def open(self, announced: Mapping[str, Any] | None = None) -> None:
        """Write who is tested by whom under which rules, and what was announced; live the line, read the meter as found."""
        setup, bench = self.setup, self.setup.bench
        self.journal.record(
            "header", format=FORMAT, position=setup.position, emulated=bench.emulates, bench_kind=bench.kind
        )
        self.journal.record("identity", **setup.identity(self._map_facts))
        if announced is not None:
            self.journal.record("announced", **announced)
        if not self.devices.source.is_on():
            self._live_line()
        reading = self.bench.read_meter()
        self.journal.record(
            "meter",
            model=self.meter.model,
            serial=reading.values.get("serial", ""),
            firmware=reading.values.get("firmware", ""),
            settings={i: reading.values[i] for i in SETTINGS if i in reading.values},
            promises=self.meter.promises,
            capabilities=sorted(self.meter.capabilities),
        )
        self.journal.record("reading", values=reading.values, span=reading.at)
        for one in setup.policy.unjudged:
            self._left_out(one.id, f"policy {setup.policy.name} promises: {one.said}", one.word, one.why)
        self._doubts = self.meter.doubts(reading)
        self._starting.settings.met(reading)

    def broke(self, error: RigError) -> None:
        """What went wrong outside any scenario."""
        self.journal.record("error", error=type(error).__name__, words=str(error))
        self._sum.broke()

    def _live_line(self) -> None:
        """Mains on, and the time that the meter is promised to need before it answers; long enough where none is promised."""
        at = self.bench.live_line()
        promised = self.promises.table.power_up_s
        self.clock.sleep_until(at.hi + (_UNPROMISED_START if promised is None else promised))

    def lacking(self, scenario: Scenario) -> tuple[str, str]:
        """Why this meter cannot be judged by a scenario: (word, why), or two empty texts."""
        limits, mains = self.setup.bench.limits, self.setup.bench.mains
        means = means_of(
            self.devices, limits, self.promises, mains.volts, self._load_accuracy, self.setup.source_volts
        )  # fmt: skip
        return lacking(
            scenario,
            self.setup.policy,
            self.meter,
            self.promises,
            self._starting.settings,
            self.bench.log,
            self.devices,
            means,
        )

    def exclude(self, scenario: Scenario, word: str, why: str) -> None:
        """A scenario that does not run, and why."""
        self._left_out(scenario.id, scenario.title, word, why)

    def _left_out(self, id_: str, title: str, word: str, why: str) -> None:
        self.journal.record("exclusion", id=id_, title=title, word=word, why=why)
        self._sum.left_out(id_, word)

    def run(self, scenario: Scenario, nodeid: str, body: Callable[[Bench], object]) -> Outcome:
        """Run one scenario whole. Any exception of scenario or rig becomes an ERROR record; a stop passes through."""
        self.journal.scenario(self._declared(scenario, nodeid))
        try:
            if self.leaving.broken:
                raise RigError(f"the bench broke earlier: {self.leaving.broken}")
            if self._doubts:
                # A meter that is not as its map says must not be written to: a setting would become another one.
                self.journal.record("finding", of="implausible", words="; ".join(self._doubts))
            else:
                self._round.start(scenario)
                body(self.bench)
                self._round.finish()
        except Exception as error:
            self._failed(error)
        except BaseException:
            self.journal.record("stopped", words="stopped by the operator")
            self.journal.end_scenario(scenario.id)
            raise
        finally:
            self._wire_as_usual()
            self.leaving.restore()
        outcome = self.journal.end_scenario(scenario.id)
        self._sum.ran(outcome.word)
        return outcome

    def _wire_as_usual(self) -> None:
        try:
            self.bench.as_usual()
        except RigError as error:
            self.leaving.block(f"the load is not wired as usual: {error}")

    def _declared(self, scenario: Scenario, nodeid: str) -> dict[str, Any]:
        terms = Terms(
            self.setup.policy,
            self.promises,
            self.setup.resolution,
            (self._round.settings_as_read if self.leaving.broken else self._round.settings_at_start)(scenario),
            self._load_accuracy, self._starting.settings.nearest, self.bench.at_most(1 << 62), self._starting.looks_every,
        )  # fmt: skip
        return declaration(scenario, nodeid, terms, self._requirements)

    def _failed(self, error: Exception) -> None:
        self.journal.broke(error)
        if isinstance(error, Unsafe):
            self.leaving.broken = str(error)

    def close(self, reason: str = "complete") -> Word:
        """Load and source off, the summary, and the end of the chain.

        Raises:
            Unsafe: the bench could not be made safe.
            LinkError: the keeper is gone; it, or the parent, makes everything safe.
        """
        broken: RigError | None = None
        if blocked := self.leaving.at_the_end():
            self.broke(RigError(blocked))
        try:
            self.devices.make_safe()
            if reason == "complete":  # what moved last is seen, and written down
                self.clock.sleep_until(self.clock.now() + self.setup.resolution)
                self.books.pull()
        except RigError as error:
            broken = error
            self.journal.record("error", error=type(error).__name__, words=str(error))
        if broken:
            self._sum.broke()
        word = self._sum.word
        self.journal.record("summary", **self._sum.as_record())
        self.journal.writer.close(self.clock.now(), reason)
        self.devices.close()
        if broken:
            raise broken
        return word
