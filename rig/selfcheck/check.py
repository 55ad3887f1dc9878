"""A whole self-check: what is asked for, checked; the crew at work; the matrix."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from rig.catalogue import file_named
from rig.errors import ConfigError
from rig.plan import load_plan
from rig.scenario import Scenario
from rig.scenarios import families, shipped
from rig.selfcheck.cells import Trial, Tried
from rig.selfcheck.crew import Crew
from rig.selfcheck.matrix import Matrix
from rig.selfcheck.statements import Statement, chosen, listed, unlisted
from rig.selfcheck.trials import drawn, named, trials_of

MOST_JOBS = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed. `faults` empty: all of the list; `jobs` 0: as many processes as there are cores."""

    plan: str = "type"
    faults: tuple[str, ...] = ()
    expression: str = ""
    seeds: int = 1
    healthy: int = 0
    with_unlisted: bool = False
    jobs: int = 0


@dataclass(frozen=True, slots=True)
class Checking:
    """A self-check that is ready to run."""

    plan: str
    scenarios: tuple[Scenario, ...]
    statements: tuple[Statement, ...]
    trials: tuple[Trial, ...]
    jobs: int

    def run(self, told: Callable[[Tried], None] = lambda _tried: None) -> Matrix:
        """Run every trial; `told` hears of each as it ends. RigError when a process dies."""
        tried: dict[int, Tried] = {}
        with Crew(min(self.jobs, len(self.trials)), [one.id for one in self.scenarios]) as crew:
            for number, one in crew.run(self.trials):
                tried[number] = one
                told(one)
        in_order = tuple(tried[number] for number in range(len(self.trials)))
        return Matrix(self.plan, self.scenarios, self.statements, in_order)


def ready(asked: Asked) -> Checking:
    """Everything that will be run. ConfigError with every problem."""
    problems = _numbers(asked)
    plan = load_plan(file_named("plans", asked.plan))
    every = {one.id: one for one, _package in shipped()}
    problems += [f"plan {plan.name}: {id_} is no scenario" for id_ in plan.scenarios if id_ not in {*every, "all"}]
    folders = {one.id: family for family, one in families()}
    scenarios = named((one for one in every.values() if plan.selects(one.id)), folders, asked.expression)
    if not scenarios:
        problems.append(f"-k {asked.expression}: no scenario of plan {plan.name} matches")
    known = listed(every.values())
    others = unlisted() if asked.with_unlisted else []
    try:
        statements = chosen([*known, *others], asked.faults)
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(problems)
    trials = trials_of(statements, every, plan.policy, asked.seeds) + drawn(asked.healthy, plan.policy)
    return Checking(plan.name, tuple(scenarios), tuple(statements), tuple(trials), asked.jobs or os.cpu_count() or 1)


def _numbers(asked: Asked) -> list[str]:
    problems = [] if asked.seeds >= 1 else [f"--seeds {asked.seeds}: at least 1"]
    problems += [] if asked.healthy >= 0 else [f"--healthy {asked.healthy}: 0 or more"]
    return problems + (
        [] if 0 <= asked.jobs <= MOST_JOBS else [f"--jobs {asked.jobs}: 1 to {MOST_JOBS}, or 0 for all cores"]
    )
