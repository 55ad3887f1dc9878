"""One position's diary: everything that a run does, sees and concludes goes through here into the evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rig.clock import SECOND, Clock, Span
from rig.contracts import MeterReading
from rig.declaring import in_words
from rig.disagreement import CannotTell
from rig.evidence import Watches, Writer, plain
from rig.verdict import Outcome, Verdict, Word, judge, outcome

WATCH_LENGTH = 10 * SECOND
_CLAIMS = frozenset({"output_state", "control_state", "disconnect_cause"})
_SIMPLE = frozenset({bool, int, str})
_WEIGHED = frozenset({"scenario", "observation", "finding", "error", "stopped", "inconclusive"})
"""Records that a scenario's word comes from."""


class Journal:
    """Writes records, folds unchanged polls, and judges each observation as it is made."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self.writer = writer
        self._clock = clock
        self._watches = Watches(writer, 0 if clock.virtual else WATCH_LENGTH)
        self._scenario: list[Mapping[str, Any]] = []
        self._limits: dict[str, Mapping[str, Any]] = {}
        self._verdicts: dict[int, Verdict] = {}
        self._claims: dict[str, object] = {}
        self._began = 0
        self.before_blame: Callable[[], None] = lambda: None
        """Called before anything is kept against the meter; what it raises keeps it out, and ends the scenario."""

    def record(self, kind: str, **fields: object) -> None:
        """Append a record, stamped now."""
        if kind == "finding" and not self.failed():
            self.before_blame()
        if kind in _WEIGHED:
            fields = {k: plain(v) for k, v in fields.items()}
            self._scenario.append({"kind": kind, **fields})
        self.writer.record(kind, self._clock.now(), **fields)

    def money_moves(self, words: str) -> None:
        """Called before and after a command that moves money or energises: what was written must survive a power cut."""
        if not self._clock.virtual:
            self.writer.record("note", self._clock.now(), words=words)
            self.writer.sync()

    def scenario(self, declared: Mapping[str, Any]) -> None:
        """A scenario begins; its declaration holds the limits of everything it judges."""
        self._scenario = []
        self._verdicts = {}
        self._claims = {}
        self._began = self._clock.now()
        self.record("scenario", **declared)
        self._limits = {one["name"]: one["limit"] for one in self._scenario[0]["judges"]}

    def command(self, device: str, did: str, at: Span, **more: object) -> None:
        """A command and the span in which the device took it."""
        self.record("command", device=device, did=did, span=at, **more)

    def reading(self, reading: MeterReading) -> None:
        """A reading: changes of the meter's claims one by one, the rest folded while nothing changes."""
        claims, spans, seen = self._claims, reading.spans, self._watches.seen
        for item, value in reading.values.items():
            at = spans[item]
            if item in _CLAIMS and claims.get(item, self) != value:
                claims[item] = value
                self.record("claim", item=item, seen=value, span=at)
            seen(item, value if type(value) in _SIMPLE else plain(value), at.lo, at.hi)

    def observation(self, name: str, observed: Mapping[str, object], at: Span | None = None) -> Verdict:
        """Keep an observation and its verdict. KeyError when the scenario never declared it.

        RigError when it speaks against the meter and the bench does not agree with itself: it is not kept then.
        """
        if name not in self._limits:
            raise KeyError(f"{name!r} was observed and never declared; declared are: {', '.join(self._limits)}")
        kept = plain(observed)
        verdict = judge(self._limits[name], kept)
        if verdict.word is Word.FAIL and not self.failed():
            self.before_blame()
        self.record("observation", judgement=name, observed=kept, span=at)
        self._verdicts[len(self._scenario) - 1] = verdict
        self.record("verdict", judgement=name, word=verdict.word, words=verdict.words)
        if not self._clock.virtual:
            self.writer.sync()
        return verdict

    def limit(self, name: str) -> Mapping[str, Any]:
        """The declared limit of a judgement, as the evidence holds it."""
        return self._limits[name]

    def failed(self) -> bool:
        """True when something in this scenario has failed already: what follows from it is no cause of its own."""
        return self.so_far().word is Word.FAIL

    def so_far(self) -> Outcome:
        """What the scenario comes to if it ended now."""
        return outcome(self._scenario, self._verdicts)

    def broke(self, error: Exception) -> None:
        """Any exception of scenario or rig: the bench failed, or has not seen enough."""
        if isinstance(error, CannotTell):
            self.record("inconclusive", words=str(error))
        else:
            self.record("error", error=type(error).__name__, words=in_words(error))

    def end_scenario(self, scenario_id: str) -> Outcome:
        """Close the open polls and write the scenario's word."""
        now = self._clock.now()
        self._watches.close(now)
        result = self.so_far()
        self.writer.record("scenario_end", now, id=scenario_id, word=result.word, bench_ns=now - self._began)
        return result
