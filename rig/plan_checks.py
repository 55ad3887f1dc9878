"""A plan against what there is: its policy, its scenarios, and the meters that it is to be run on. Nothing is opened."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from rig.catalogue import file_named, thing
from rig.errors import ConfigError
from rig.plan import Plan, load_plan
from rig.policy import load_policy
from rig.scenarios import shipped


def check_plan(file: Traversable | Path, own: Iterable[Path] = ()) -> None:
    """ConfigError with every problem of a plan and of the policy that it names. `own`: files or folders of more scenarios."""
    plan = load_plan(file)
    problems = _scenarios(plan, str(file), {id_ for path in own for id_ in declared_in(path)})
    try:
        load_policy(file_named("policies", plan.policy))
    except ConfigError as error:
        problems += [f"{file}: policy: {problem}" for problem in error.problems]
    if problems:
        raise ConfigError(problems)


def declared_in(path: Path) -> Iterator[str]:
    """Ids that `@scenario` declares in a file or folder, read and not run. What is no Python declares none."""
    for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            named = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if named == "scenario" and isinstance(node, ast.Call) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def _scenarios(plan: Plan, where: str, own: Iterable[str]) -> list[str]:
    if plan.scenarios == ["all"]:
        return []
    known = [*(one.id for one, _ in shipped()), *own]
    found = []
    for id_ in plan.scenarios:
        if id_ in known:
            continue
        near = difflib.get_close_matches(id_, known, 1)
        hint = f"did you mean {near[0]}?" if near else "`rig list scenarios` shows them"
        found.append(f"{where}: scenarios: {id_} is not shipped, and in no folder named with --scenarios; {hint}")
    return found


def not_judged(policy_file: Traversable | Path, map_name: str) -> list[str]:
    """A sentence for each promise of the policy that a meter with this map is not judged by."""
    meters = thing("meters", "modbus")
    map_ = meters.load(file_named("maps", map_name))
    whole = load_policy(policy_file).for_wallet(meters.energy_step(map_), map_name)
    policy = whole.for_meter(map_.capabilities, map_name, map_.absent)
    return [f"{one.word}: policy {policy.name} promises: {one.said}: {one.why}" for one in policy.unjudged]
