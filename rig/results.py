"""What a run came to: its scenarios, positions and the run as a whole, as `rig.judged` reads them from evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rig.evidence import Evidence, Record
from rig.money import RUPEES, MoneyUnit
from rig.verdict import EXIT_CODES, Outcome, Word, worst

EMULATED = "EMULATED, NOT A METER"
NOT_PROMISED = "not promised"
NOT_SHOWN = "not shown"
NEVER_RAN = "never ran"
NO_PROVENANCE = (
    "provenance.json is missing: when this was run, by which state of the rig and with which instruments, and whether files "
    "were added, taken away or cut at the end, is not known"
)


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One scenario of one position. `records` runs from its `scenario` record to its end, `bench_ns` is bench time in ns."""

    position: str
    records: Sequence[Record]
    outcome: Outcome
    bench_ns: int
    finished: bool

    @property
    def declared(self) -> Record:
        """The `scenario` record."""
        return self.records[0]

    @property
    def id(self) -> str:
        """The scenario's id."""
        return str(self.declared["id"])

    @property
    def title(self) -> str:
        """The scenario's title."""
        return str(self.declared["title"])

    @property
    def word(self) -> Word:
        """What it came to."""
        return self.outcome.word

    def of(self, kind: str) -> list[Record]:
        """Its records of one kind, in order."""
        return [r for r in self.records if r["kind"] == kind]


@dataclass(frozen=True, slots=True)
class Absence:
    """A scenario without a result. `word`: not promised (no harm), not shown or never ran (the run is INCONCLUSIVE)."""

    id: str
    title: str
    word: str
    why: str

    @property
    def harmless(self) -> bool:
        """True when the meter never promised it."""
        return self.word == NOT_PROMISED

    @property
    def of_policy(self) -> bool:
        """True for a rule of the utility that the meter is not judged by; no scenario has such an id."""
        return self.id.startswith("policy.")


@dataclass(frozen=True, slots=True)
class PositionResult:
    """One meter's evidence, judged. `errors` are those outside any scenario."""

    name: str
    evidence: Evidence
    scenarios: tuple[ScenarioResult, ...]
    absences: tuple[Absence, ...]
    errors: tuple[str, ...]
    word: Word

    def one(self, kind: str) -> Record:
        """The file's first record of a kind; empty when it has none."""
        return next((r for r in self.evidence.records if r["kind"] == kind), {})

    @property
    def money(self) -> MoneyUnit:
        """What amounts of its wallet are called."""
        return MoneyUnit(str((self.evidence.identity().get("map") or {}).get("money") or RUPEES.name))

    @property
    def emulated(self) -> bool:
        """True unless the header says that a real meter was tested."""
        return bool(self.one("header").get("emulated", True))


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run folder, judged."""

    folder: Path
    positions: tuple[PositionResult, ...]
    bench: Evidence | None
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def word(self) -> Word:
        """The whole run's word: the worst of its positions and of the bench."""
        bench = [Word.ERROR] if self.bench is not None and self.bench.of("error") else []
        return worst([p.word for p in self.positions] + bench)

    @property
    def stopped(self) -> bool:
        """True when somebody stopped the run."""
        return any(p.evidence.state == "stopped" for p in self.positions)

    @property
    def bench_failed(self) -> bool:
        """True when the bench itself broke, which stops its positions too, or something is not confirmed to be off."""
        if self.bench is not None and self.bench.of("error"):
            return True
        return any(record["error"] == "Unsafe" for p in self.positions for record in p.evidence.of("error"))

    @property
    def doubts(self) -> list[str]:
        """What a reader has to know before the verdict: what is not known of the run, and which promises it does not judge."""
        found = [] if self.provenance else [NO_PROVENANCE]
        several = len(self.positions) > 1
        for position in self.positions:
            where = f"{position.name}: " if several else ""
            found += [f"{where}{a.word}: {a.title}: {a.why}" for a in position.absences if a.of_policy]
        return found

    @property
    def exit_code(self) -> int:
        """What `rig` exits with. A run that was stopped has no verdict: 130 whatever was found until then, unless its bench failed."""
        if self.stopped:
            return EXIT_CODES[Word.ERROR] if self.bench_failed else 130
        return EXIT_CODES[self.word]

    @property
    def emulated(self) -> bool:
        """True when anything in it was not a real meter."""
        return any(p.emulated for p in self.positions)

    @property
    def scenarios(self) -> list[ScenarioResult]:
        """All results, position after position, in the order they ran."""
        return [s for p in self.positions for s in p.scenarios]

    @property
    def absences(self) -> list[Absence]:
        """All scenarios without a result."""
        return [a for p in self.positions for a in p.absences]
