"""Puts healthy meters through the scenarios in virtual time, and says where the rig was wrong about them."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rig.choices import setup_of
from rig.evidence import read
from rig.planning.foretelling import foretold
from rig.planning.rehearsal import rehearse
from rig.scenario import Scenario, declared
from rig.scenarios import shipped_functions
from rig.setup import Setup
from rig.sim_run import run_sim
from rig.variety.healthy import HealthyMeter
from rig.variety.true_edges import changes_of, true_edges
from rig.verdict import Outcome, Word


@dataclass(frozen=True, slots=True)
class FalseWord:
    """A scenario that did not pass on a healthy meter."""

    scenario: str
    word: Word
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one healthy meter: how many scenarios were judged, which of the others the rig said beforehand that it
    cannot show or tell, the words that should have been PASS, how many movements of the contact were seen in their spans, and
    which were not."""

    meter: HealthyMeter
    judged: int
    announced: tuple[str, ...]
    false_words: tuple[FalseWord, ...]
    edges: int
    strays: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """True when nothing was wrong."""
        return not (self.false_words or self.strays)

    def in_words(self) -> list[str]:
        """What was wrong, a line each; the meter first."""
        if self.clean:
            return []
        lines = [f"healthy meter {self.meter.seed}: {dict(self.meter.differs)}"]
        lines += [f"  {one.scenario} {one.word}: {' | '.join(one.reasons)}" for one in self.false_words]
        return lines + [f"  {stray}" for stray in self.strays]


def try_out(meter: HealthyMeter, ids: Collection[str] | None = None, folder: Path | None = None) -> Trial:
    """Run one healthy meter through these scenarios (all shipped ones when None). Its evidence stays where a folder is given."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="healthy-") as made:
            return try_out(meter, ids, Path(made))
    setup = setup_of(meter.choices(folder))
    found = run_sim(setup, meter.ordered(shipped_functions()) if ids is None else ids)
    wrong = {i: one for i, one in found.outcomes.items() if one.word is not Word.PASS}
    said = _foretold(setup, [i for i, one in wrong.items() if one.word is Word.INCONCLUSIVE])
    told = tuple(i for i, one in wrong.items() if one.word is Word.INCONCLUSIVE and _untold(one) <= said.get(i, set()))
    false_words = tuple(FalseWord(i, one.word, one.reasons) for i, one in wrong.items() if i not in told)
    edges = true_edges(changes_of(found.truth), read(setup.out / f"{setup.position}.rig.jsonl"))
    return Trial(meter, len(found.outcomes) - len(told), told, false_words, edges.seen, edges.strays)


def _untold(outcome: Outcome) -> set[str]:
    """The judgements that could not be told; none for a scenario that did not run."""
    return {name for name, verdict in outcome.judgements.items() if verdict.word is Word.INCONCLUSIVE}


def _foretold(setup: Setup, ids: Collection[str]) -> dict[str, set[str]]:
    """What `rig plan` says beforehand that these scenarios will not, or may not, tell: their judgements, by scenario."""
    if not ids:
        return {}
    functions = shipped_functions()
    wanted = [one for i in functions if i in ids and isinstance(one := declared(functions[i]), Scenario)]
    said: dict[str, set[str]] = {}
    for words in foretold(rehearse(setup, wanted, functions)):
        said.setdefault(words.scenario, set()).add(words.judgement)
    return said
