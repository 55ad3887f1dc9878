"""What a run's verdicts would be under another policy or plan, as far as its evidence alone tells; the rest is said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rig.errors import ConfigError
from rig.left_out import left_out
from rig.plain import plain
from rig.plan import Plan
from rig.policy import Policy
from rig.rejudging.recharges import recharges
from rig.rejudging.recorded import Meter, meter_of, policy_of, terms_of
from rig.rejudging.rules import Difference, differences, differing
from rig.rejudging.weighing import again_of, hangs, settled
from rig.results import NEVER_RAN, Absence, PositionResult, RunResult, ScenarioResult
from rig.scenario import Scenario, declared
from rig.scenarios import shipped_functions
from rig.verdict import EXIT_CODES, Word, worst

UNTOLD = "cannot be told"
OUTSIDE = "not in the plan"
NOT_IN_RUN = "not in this run"


@dataclass(frozen=True, slots=True)
class Again:
    """A scenario judged again: what it came to, what it would come to, and why that is so, one sentence a cause."""

    position: str
    scenario: str
    was: str
    now: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A run under other limits. `policies`: the rules in which they differ, by position."""

    policy: str
    plan: str
    scenarios: tuple[Again, ...]
    policies: Mapping[str, Sequence[Difference]]
    word: Word

    @property
    def exit_code(self) -> int:
        """What `rig judge` exits with."""
        return EXIT_CODES[self.word]

    def as_json(self) -> dict[str, Any]:
        """Everything, as plain data."""
        return {
            "policy": self.policy,
            "plan": self.plan,
            "word": str(self.word),
            "exit_code": self.exit_code,
            "differences": {name: [asdict(one) for one in found] for name, found in self.policies.items()},
            "scenarios": [asdict(one) for one in self.scenarios],
        }


def rejudged(run: RunResult, policy: Policy | None, plan: Plan | None) -> Rejudged:
    """Judge every scenario again under this policy (None: its own) and as this plan asks (None: what was run).

    Raises:
        ConfigError: evidence that ends before the meter was read, scenarios that cannot be imported.
    """
    installed = {id_: one for id_, function in shipped_functions().items() if (one := declared(function)) is not None}
    found: list[Again] = []
    policies: dict[str, Sequence[Difference]] = {}
    for position in run.positions:
        under = _Under(position, meter_of(position), policy, installed)
        policies[position.name] = under.differences
        found += _planned(position, plan, under.all(), installed)
    words = [word for one in found if (word := _word(one.now)) is not None]
    name = policy.name if policy is not None else ""
    return Rejudged(name, plan.name if plan else "", tuple(found), policies, worst(words))


def _word(now: str) -> Word | None:
    """What a word weighs in that of the run; None where it is no promise, or not asked for."""
    if now in ("not promised", OUTSIDE):
        return None
    return Word(now) if now in set(Word) else Word.INCONCLUSIVE


def _planned(
    position: PositionResult, plan: Plan | None, found: list[Again], installed: Mapping[str, Scenario]
) -> Iterator[Again]:
    """What a plan asks for, of what there is; and what it asks for beside."""
    if plan is None:
        yield from found
        return
    for one in found:
        asked = plan.selects(one.scenario) or one.scenario.startswith("policy.")
        yield (
            one
            if asked
            else Again(one.position, one.scenario, one.was, OUTSIDE, (f"plan {plan.name} does not ask for it",))
        )
    there = {one.scenario for one in found}
    wanted = list(installed) if plan.scenarios == ["all"] else plan.scenarios
    for id_ in wanted:
        if id_ not in there:
            why = f"plan {plan.name} asks for it, and nothing of it is in the evidence"
            yield Again(position.name, id_, NOT_IN_RUN, NEVER_RAN, (why,))


class _Under:
    """One position under another policy."""

    def __init__(
        self, position: PositionResult, meter: Meter, policy: Policy | None, installed: Mapping[str, Scenario]
    ) -> None:
        self._position = position
        self._meter = meter
        self._installed = installed
        own = policy_of(position)
        self._was = None if own is None else meter.keeps(own)
        self._now = self._was if policy is None else meter.keeps(policy)
        self._other = policy is not None and (own is None or own.sha256 != policy.sha256)
        self.differences = [] if self._was is None or self._now is None else differences(self._was, self._now)
        self._rules = differing(self.differences)

    def all(self) -> list[Again]:
        """Every scenario and every absence of the run."""
        found = [self._scenario(one) for one in self._position.scenarios]
        return found + [self._absence(one) for one in self._position.absences if not one.of_policy] + self._unjudged()

    def _unjudged(self) -> list[Again]:
        """Rules of the utility that this meter is not judged by."""
        was = {a.id: a.word for a in self._position.absences if a.of_policy}
        if self._now is None or not self._other:
            own = (a for a in self._position.absences if a.of_policy)
            return [Again(self._position.name, a.id, a.word, a.word, (a.why,)) for a in own]
        now = self._now.unjudged
        return [Again(self._position.name, a.id, was.get(a.id, NOT_IN_RUN), a.word, (a.why,)) for a in now]

    def _absence(self, absence: Absence) -> Again:
        scenario, name = self._installed.get(absence.id), self._position.name
        if not self._other or self._now is None or scenario is None or absence.word == NEVER_RAN:
            return Again(name, absence.id, absence.word, absence.word, (absence.why,))
        word, why = left_out(self._now, scenario.unless, scenario.needs)
        if word:
            return Again(name, absence.id, absence.word, word, (why,))
        if self._was is not None and left_out(self._was, scenario.unless, scenario.needs)[0]:
            why = f"policy {self._now.name} promises it, and the run left it out: {absence.why}"
            return Again(name, absence.id, absence.word, NEVER_RAN, (why,))
        return Again(name, absence.id, absence.word, absence.word, (absence.why,))

    def _scenario(self, result: ScenarioResult) -> Again:
        was, name = str(result.word), self._position.name
        if not self._other or self._now is None:
            return Again(name, result.id, was, was, result.outcome.reasons)
        if self._was is None:
            own = (self._position.evidence.identity().get("policy") or {}).get("name", "")
            why = f"the run's own policy, {own}, is not installed as it was: in what the two differ is not known"
            return Again(name, result.id, was, UNTOLD, (why,))
        if self._meter.unread:
            why = f"this version does not read what the meter promised: {self._meter.unread}"
            return Again(name, result.id, was, UNTOLD, (why,))
        scenario = self._installed.get(result.id)
        if scenario is None:
            return Again(
                name, result.id, was, UNTOLD, ("this version knows no such scenario: its limits cannot be derived",)
            )
        word, why = left_out(self._now, scenario.unless, scenario.needs)
        if word:
            return Again(name, result.id, was, word, (why,))
        now, told = self._judged(result, scenario, self._was, self._now)
        return Again(name, result.id, was, now, told)

    def _judged(
        self, result: ScenarioResult, scenario: Scenario, was: Policy, now: Policy
    ) -> tuple[str, tuple[str, ...]]:
        touched = {rule: why for rule in self._rules if (why := rule.touches(scenario, result))}
        shared = recharges(result, was, now)
        untold = [f"{rule.words} differs, and {why}" for rule, why in touched.items()]
        untold += [shared.untold] if shared.untold else []
        fails, open_ = [shared.broken] if shared.broken else [], bool(touched) or bool(shared.untold)
        limits = self._limits(result, scenario, was, now)
        for one in result.declared["judges"]:
            verdict, limit = result.outcome.judgements[one["name"]], limits.get(one["name"], one["limit"])
            if hangs(one, touched, shared.untold or shared.broken):
                continue
            if limit is None:
                untold.append(f"{one['name']}: this version derives another limit for it, under either policy")
                open_ = True
                continue
            again = again_of(result, one["name"], limit) if limit != one["limit"] else verdict
            if again.word is Word.FAIL:
                fails.append(f"{one['name']}: {again.words}")
            elif again.word is not Word.PASS:
                untold.append(f"{one['name']}: {again.words}")
        if not open_ and not shared.broken and limits == {}:
            return str(result.word), result.outcome.reasons
        if fails:
            return str(Word.FAIL), tuple(fails)
        if open_:
            return UNTOLD, tuple(untold)
        return settled(result, untold)

    def _limits(
        self, result: ScenarioResult, scenario: Scenario, was: Policy, now: Policy
    ) -> dict[str, Mapping[str, Any] | None]:
        """Limits that are others under the other policy, by judgement; None where this version does not derive those of the run."""
        found: dict[str, Mapping[str, Any] | None] = {}
        recorded = {one["name"]: one["limit"] for one in result.declared["judges"]}
        promises = self._meter.promises
        assert promises is not None, "checked by the caller"
        terms = [terms_of(self._position, result, promises, policy) for policy in (was, now)]
        for one in scenario.judges:
            try:
                first, second = (plain(one.declared(each))["limit"] for each in terms)
            except ConfigError:
                found[one.name] = None
                continue
            if first != second:
                found[one.name] = second if first == recorded.get(one.name) else None
        return found
