"""A whole self-check: what is asked for, checked; the crew at work; the matrix."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rig.catalogue import file_named
from rig.errors import ConfigError
from rig.plan import load_plan
from rig.scenario import Scenario
from rig.scenarios import families, shipped
from rig.selfcheck.cells import Piece, Tried
from rig.selfcheck.crew import Crew, alone
from rig.selfcheck.matrix import Matrix
from rig.selfcheck.statements import Statement, chosen, listed, unlisted
from rig.selfcheck.trials import named, pieces_of

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
    pieces: tuple[Piece, ...]
    jobs: int

    def run(self, told: Callable[[Tried], None] = lambda _tried: None) -> Matrix:
        """Run every piece; `told` hears of each trial as it ends. RigError when a process dies."""
        found: dict[int, Sequence[Tried]] = {}
        for number, some in self._tried():
            found[number] = some
            for tried in some:
                told(tried)
        in_order = tuple(tried for number in range(len(self.pieces)) for tried in found[number])
        return Matrix(self.plan, self.scenarios, self.statements, in_order)

    def _tried(self) -> Iterator[tuple[int, Sequence[Tried]]]:
        ids = [one.id for one in self.scenarios]
        if self.jobs == 1:
            yield from alone(self.pieces, ids)
            return
        with Crew(min(self.jobs, len(self.pieces)), ids) as crew:
            yield from crew.run(self.pieces)

    @property
    def trials(self) -> int:
        """How many meters will be tried."""
        return sum(len(piece.trials) for piece in self.pieces)


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
    pieces = pieces_of(statements, scenarios, plan.policy, asked.seeds, asked.healthy)
    return Checking(plan.name, tuple(scenarios), tuple(statements), tuple(pieces), asked.jobs or os.cpu_count() or 1)


def _numbers(asked: Asked) -> list[str]:
    problems = [] if asked.seeds >= 1 else [f"--seeds {asked.seeds}: at least 1"]
    problems += [] if asked.healthy >= 0 else [f"--healthy {asked.healthy}: 0 or more"]
    return problems + (
        [] if 0 <= asked.jobs <= MOST_JOBS else [f"--jobs {asked.jobs}: 1 to {MOST_JOBS}, or 0 for all cores"]
    )
