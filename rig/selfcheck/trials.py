"""Which meters are put on the bench: the good ones of every set-up first, then every fault, then good ones drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from rig.catalogue import file_named, files
from rig.policy import Policy, load_policy
from rig.scenario import Scenario
from rig.selfcheck.cells import Trial
from rig.selfcheck.set_ups import SetUp
from rig.selfcheck.statements import Statement


def trials_of(
    statements: Sequence[Statement], scenarios: Mapping[str, Scenario], policy: str, seeds: int
) -> list[Trial]:
    """Every fault in every set-up that it is looked at in, for each seed; before them, the good meter of each set-up."""
    found: dict[str, list[SetUp]] = {one.id: set_ups_of(one, scenarios, policy) for one in statements}
    different = {one.name: one for one in [SetUp(policy), *(s for some in found.values() for s in some)]}
    healthy = [Trial(one, "", seed) for one in different.values() for seed in range(seeds)]
    return healthy + [Trial(one, id_, seed) for id_, some in found.items() for one in some for seed in range(seeds)]


def set_ups_of(statement: Statement, scenarios: Mapping[str, Scenario], policy: str) -> list[SetUp]:
    """The default one; what the fault needs to show; and, for a scenario that must catch it and that the policies of these
    have nothing to do with, one policy more."""
    needed = SetUp.of(statement.needs, policy)
    found = {one.name: one for one in (SetUp(policy), needed)}
    for id_ in statement.by:
        about = scenarios.get(id_)
        if about is None or any(not about.unless(_policy(one.policy)) for one in found.values()):
            continue
        other = next((e.name for e in files("policies") if not about.unless(_policy(e.name))), None)
        if other is not None:
            one = SetUp(other, needed.map, needed.promises, needed.meter)
            found[one.name] = one
    return list(found.values())


def drawn(count: int, policy: str) -> list[Trial]:
    """So many healthy meters, each drawn by its own number: 0, 1, 2 …"""
    return [Trial(SetUp(policy), "", number, number) for number in range(count)]


def named(scenarios: Iterable[Scenario], families: Mapping[str, str], expression: str) -> list[Scenario]:
    """The scenarios of which id or family hold one of the words that `or` joins; all when it is empty."""
    words = [word.strip().lower() for word in expression.lower().split(" or ") if word.strip()]
    texts = ((one, f"{one.id} {families.get(one.id, '')}".lower()) for one in scenarios)
    return [one for one, text in texts if not words or any(word in text for word in words)]


@cache
def _policy(name: str) -> Policy:
    return load_policy(file_named("policies", name))
