"""Which meters are put on the bench: the good ones of every set-up first, then every fault, then good ones drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from rig.catalogue import file_named, files
from rig.policy import Policy, load_policy
from rig.scenario import Scenario
from rig.selfcheck.cells import Piece, Trial
from rig.selfcheck.set_ups import SetUp
from rig.selfcheck.statements import Statement


def pieces_of(
    statements: Sequence[Statement], scenarios: Sequence[Scenario], policy: str, seeds: int, good: int
) -> list[Piece]:
    """The good meter of each set-up, then every fault, each with every seed; then so many `good` ones, drawn by their number."""
    rest = [SetUp(name) for name in _policies_for(scenarios, policy)]
    of_fault = [(one, _set_ups(one, policy, rest)) for one in statements]
    different = {one.name: one for some in ([SetUp(policy), *rest], *(found for _, found in of_fault)) for one in some}
    healthy = [Piece((Trial(one, "", seed),)) for one in different.values() for seed in range(seeds)]
    faulty = [
        Piece(tuple(Trial(one, statement.id, seed) for one in some), frozenset(statement.by))
        for statement, some in of_fault
        for seed in range(seeds)
    ]
    return [*healthy, *faulty, *(Piece((Trial(SetUp(policy), "", number, number),)) for number in range(good))]


def _set_ups(statement: Statement, policy: str, rest: Sequence[SetUp]) -> list[SetUp]:
    """First what the fault needs to show, then the default one, then those for the scenarios that are not promised there."""
    in_turn = (SetUp.of(statement.needs, policy), SetUp(policy), *rest)
    return list({one.name: one for one in in_turn}.values())


def _policies_for(scenarios: Sequence[Scenario], policy: str) -> list[str]:
    """Few policies under which all the scenarios are promised that have nothing to do with the plan's own one."""
    left = [one for one in scenarios if one.unless(_policy(policy))]
    found: list[str] = []
    others = [entry.name for entry in files("policies") if entry.name != policy]
    while left:
        best = max(others, key=lambda name: sum(not one.unless(_policy(name)) for one in left), default=policy)
        still = [one for one in left if one.unless(_policy(best))]
        if len(still) == len(left):
            break
        found.append(best)
        left = still
    return found


def named(scenarios: Iterable[Scenario], families: Mapping[str, str], expression: str) -> list[Scenario]:
    """The scenarios of which id or family hold one of the words that `or` joins; all when it is empty."""
    words = [word.strip().lower() for word in expression.lower().split(" or ") if word.strip()]
    texts = ((one, f"{one.id} {families.get(one.id, '')}".lower()) for one in scenarios)
    return [one for one, text in texts if not words or any(word in text for word in words)]


@cache
def _policy(name: str) -> Policy:
    return load_policy(file_named("policies", name))
