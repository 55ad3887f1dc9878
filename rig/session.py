"""One position's run: opens the evidence, takes each scenario from its start to its end, and leaves the meter as found."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from rig.bench import Bench
from rig.blocked import block
from rig.books import Books
from rig.clock import IST, Clock, utc_now
from rig.contracts import SETTINGS, Devices, Meter, RelayState, Wallet
from rig.errors import RigError, Unsafe
from rig.evidence import FORMAT
from rig.interval import Interval
from rig.journal import Journal
from rig.lossy import LossyBus
from rig.promises import Promises
from rig.round import Round
from rig.scenario import Scenario, Terms
from rig.seeing import Seeing
from rig.setup import Setup
from rig.starting import Starting
from rig.verdict import Outcome, Word, worst


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
        self.devices = devices = replace(devices, sensing=Seeing(devices.sensing, clock))
        self.clock = clock
        self.journal = journal
        self.meter = meter
        self.promises = Promises.read(meter.promises, f"map {setup.map_name}")
        self._requirements = requirements
        self._map_facts = map_facts
        self._last_id = 0
        self._words: list[Word] = []
        self._outside: list[Word] = []
        self._absent: list[tuple[str, str]] = []
        self.broken = ""
        self._relay_left = ""
        self._blocked = ""
        accuracy = Fraction(str((setup.table.load or {}).get("accuracy_percent", "0.5"))) / 100
        self.books = Books(journal, clock, devices.sensing, setup.policy, self.promises, self._load_watts)
        self._load_accuracy = accuracy
        mains = (setup.bench.mains.volts, setup.bench.mains.hertz)
        self._starting = Starting(meter, wallet, clock, journal, self.promises, self._relay, self._next_id)
        self.bench = Bench(
            devices, meter, wallet, lossy, self.books, journal, clock, setup.policy, self.promises, mains, accuracy,
            self._next_id, self._starting,
        )  # fmt: skip
        now = utc_now().astimezone(IST).replace(tzinfo=None) - timedelta(microseconds=clock.now() // 1000)
        self._civil_zero = devices.civil_zero or now
        self.bench.civil = self.civil
        self._round = Round(
            setup, devices, clock, journal, meter, self.promises, self.books, self.bench, self._starting
        )

    def _relay(self) -> RelayState:
        self.books.pull()
        return self.books.state

    def _load_watts(self) -> Interval:
        """What the load sinks once the contact has closed; one that tripped when the contact opened is armed again."""
        if self.devices.load.measure().power_w <= 0 and (tripped := self.devices.load.tripped()):
            at = self.devices.load.draw_watts(self.bench.demanded)
            self.journal.command("load", f"armed again after its {tripped} protection", at, watts=self.bench.demanded)
        return self.bench.measured_watts(self.bench.demanded)

    def _next_id(self) -> int:
        """Recharge ids that no earlier run has used: the seconds since 2025 in wall time, the seed in virtual time."""
        if not self._last_id:
            base = datetime(2025, 1, 1, tzinfo=IST)
            self._last_id = self.setup.seed % 1000 * 1_000_003 + 7000 if self.clock.virtual else _since(base)
        self._last_id += 1
        return self._last_id

    def civil(self, instant: int) -> datetime:
        """The bench's civil time at an instant (ns), naive, in the zone of the meters."""
        return self._civil_zero + timedelta(microseconds=instant // 1000)

    def open(self) -> None:
        """Write who is tested by whom under which rules, live the line, and read the meter as found."""
        setup = self.setup
        emulated = setup.bench.emulates
        self.journal.record(
            "header", format=FORMAT, position=setup.position, emulated=emulated, bench_kind=setup.bench.kind
        )
        self.journal.record("identity", **setup.identity(self._map_facts))
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

    def broke(self, error: RigError) -> None:
        """What went wrong outside any scenario."""
        self.journal.record("error", error=type(error).__name__, words=str(error))
        self._outside.append(Word.ERROR)

    def _live_line(self) -> None:
        """Mains on, and the time that the meter is promised to need before it answers."""
        at = self.bench.live_line()
        self.clock.sleep_until(at.hi + self.promises.power_up)

    def lacking(self, scenario: Scenario) -> tuple[str, str]:
        """Why this meter cannot be judged by a scenario: (word, why), or two empty texts."""
        missing = sorted(c for c in scenario.needs if c not in self.meter.capabilities)
        if missing:
            return "not promised", f"the map declares no {', '.join(missing)}"
        unpromised = self.promises.missing_for(scenario.needs)
        if unpromised:
            return "not shown", f"the map promises no {', '.join(unpromised)}"
        return "", ""

    def exclude(self, scenario: Scenario, word: str, why: str) -> None:
        """A scenario that does not run, and why."""
        self.journal.record("exclusion", id=scenario.id, title=scenario.title, word=word, why=why)
        self._absent.append((scenario.id, word))

    def run(self, scenario: Scenario, nodeid: str, body: Callable[[Bench], object]) -> Outcome:
        """Run one scenario whole. Any exception of scenario or rig becomes an ERROR record; a stop passes through."""
        self.journal.scenario(self._declared(scenario, nodeid))
        try:
            if self.broken:
                raise RigError(f"the bench broke earlier: {self.broken}")
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
            self._restore()
        outcome = self.journal.end_scenario(scenario.id)
        self._words.append(outcome.word)
        return outcome

    def _declared(self, scenario: Scenario, nodeid: str) -> dict[str, Any]:
        terms = Terms(
            self.setup.policy,
            self.promises,
            self.setup.resolution,
            ({} if self.broken else self._round.settings_at_start(scenario)),
            self._load_accuracy,
        )
        return {
            "id": scenario.id,
            "title": scenario.title,
            "about": scenario.about,
            "function": nodeid,
            "requirements": [{"id": r, **self._requirements.get(r, {})} for r in scenario.requires],
            "catches": scenario.catches,
            "judges": [one.declared(terms) for one in scenario.judges],
            "starts": _start_words(scenario),
        }

    def _failed(self, error: Exception) -> None:
        self.journal.record("error", error=type(error).__name__, words=_in_words(error))
        if isinstance(error, Unsafe):
            self.broken = str(error)

    def _restore(self) -> None:
        """Load off and settings back, whatever happened; a failure blocks the position if anything was touched.

        A relay that does not come back is the meter's matter: it is noted, the next scenario tries to bring it to its own
        start, and it blocks the position only when the run ends with it.
        """
        if self.broken:
            return
        self._relay_left = ""
        touched = bool(self._starting.found) or self._round.started
        try:
            self.devices.load.off()
            if not self.devices.source.is_on():
                self._live_line()
            wrong = self._starting.restore()
            if not wrong:
                self._relay_left = self._starting.restore_relay()
        except RigError as error:
            wrong = [str(error)] if touched else []
            self.journal.record("note", words=f"nothing could be restored: {error}")
        if self._relay_left:
            self.journal.record("note", words=f"the relay is not as it was found: {self._relay_left}")
        if wrong:
            self._block("could not be restored: " + "; ".join(wrong))

    def _block(self, why: str) -> None:
        self.broken = why
        self.journal.record("note", words=why)
        self._blocked = why
        if not self.setup.bench.emulates:
            self._blocked = f"{self.setup.position} is blocked until a person clears it (rig clear): {why}"
            block(self.setup.bench.name, self.setup.position, why, self.setup.out)

    def close(self, reason: str = "complete") -> Word:
        """Load and source off, the summary, and the end of the chain.

        Raises:
            Unsafe: the bench could not be made safe.
            LinkError: the keeper is gone; it, or the parent, makes everything safe.
        """
        broken: RigError | None = None
        if self._relay_left and not self.broken and not self.setup.bench.emulates:
            self._block(f"the relay is not as it was found: {self._relay_left}")
        if self._blocked:
            self.broke(RigError(self._blocked))
        try:
            self.devices.make_safe()
        except RigError as error:
            broken = error
            self.journal.record("error", error=type(error).__name__, words=str(error))
        not_shown = [i for i, word in self._absent if word == "not shown"]
        words = [
            *self._words,
            *self._outside,
            *(Word.INCONCLUSIVE for _ in not_shown),
            *([Word.ERROR] if broken else []),
        ]
        word = worst(words)
        counts = {str(w): self._words.count(w) for w in Word if w in self._words}
        self.journal.record(
            "summary",
            word=word,
            counts=counts,
            not_shown=not_shown,
            not_promised=[i for i, w in self._absent if w == "not promised"],
        )
        self.journal.writer.close(self.clock.now(), reason)
        self.devices.close()
        if broken:
            raise broken
        return word


def _in_words(error: Exception) -> str:
    """What the error says; for one that is not the rig's own also the file and line that it came from, without a folder."""
    said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if isinstance(error, RigError):
        return said or type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).parent != Path(__file__).parent] or frames
    return f"{said} ({Path(own[-1].filename).name}, line {own[-1].lineno})".strip()


def _since(base: datetime) -> int:
    return int((utc_now() - base).total_seconds()) * 4


def _start_words(scenario: Scenario) -> dict[str, object]:
    starts = scenario.starts
    return {
        "relay": starts.relay,
        "credit": starts.credit,
        "arrears": starts.arrears,
        "settings": starts.settings,
    }


def requirement_table(table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Sentences and sources by id, from a requirements file that was read."""
    return {key: {"sentence": one["sentence"], "source": one["source"]} for key, one in table["requirement"].items()}


def names(scenarios: Sequence[Scenario]) -> list[str]:
    """Ids in order."""
    return [one.id for one in scenarios]
