"""`rig judge`: every verdict of a run once more, from its evidence alone, and what it would be under other limits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rig.plan import Plan
    from rig.policy import Policy
    from rig.rejudging.other_limits import Rejudged
    from rig.results import RunResult


def judge(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")],
    policy: Annotated[
        str | None, typer.Option(help="Also say what would change under this policy (name or file).")
    ] = None,
    plan: Annotated[
        str | None, typer.Option(help="Also say what would change under this plan (name or file), and its policy.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Rebuild every verdict of a run from its evidence alone; with other limits, say what would change. Writes nothing."""
    from rig.judged import judged_run
    from rig.rejudging.other_limits import rejudged

    result = judged_run(folder)
    other_policy, other_plan = _others(policy, plan)
    again = rejudged(result, other_policy, other_plan) if other_policy or other_plan else None
    if as_json:
        print(json.dumps(_as_json(result, again), indent=2, ensure_ascii=False))
    else:
        _tell(result, again)
    raise typer.Exit(again.exit_code if again else result.exit_code)


def _others(policy: str | None, plan: str | None) -> tuple[Policy | None, Plan | None]:
    """What was named. ConfigError with every problem of both files."""
    from rig.catalogue import file_named
    from rig.errors import ConfigError
    from rig.plan import load_plan
    from rig.policy import load_policy

    problems: list[str] = []
    found_plan = found = None
    try:
        found_plan = load_plan(file_named("plans", plan)) if plan is not None else None
    except ConfigError as error:
        problems += error.problems
    name = policy if policy is not None else found_plan.policy if found_plan else None
    try:
        found = load_policy(file_named("policies", name)) if name is not None else None
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(problems)
    return found, found_plan


def _as_json(result: RunResult, again: Rejudged | None) -> dict[str, Any]:
    from rig.results import EMULATED

    return {
        "format": 1,
        "emulated": EMULATED if result.emulated else "",
        "run": str(result.folder),
        "word": str(result.word),
        "exit_code": result.exit_code,
        "evidence": [
            {
                "file": p.evidence.path.name,
                "state": p.evidence.state,
                "problem": p.evidence.problem,
                "chain": p.evidence.chain,
            }
            for p in result.positions
        ],
        "scenarios": [
            {
                "position": one.position,
                "scenario": one.id,
                "word": str(one.word),
                "reasons": list(one.outcome.reasons),
                "judgements": {name: str(verdict.word) for name, verdict in one.outcome.judgements.items()},
            }
            for one in result.scenarios
        ],
        "without_result": [{"scenario": a.id, "word": a.word, "why": a.why} for a in result.absences],
        "other_limits": again.as_json() if again else None,
    }


def _tell(result: RunResult, again: Rejudged | None) -> None:
    from rig.cli.running import summary
    from rig.results import EMULATED

    if result.emulated:
        print(f"{EMULATED}\n")
    if again is None:
        summary(result, False)
    judged = [verdict for one in result.scenarios for verdict in one.outcome.judgements.values()]
    print(
        f"\n{result.word}: {len(judged)} verdicts of {len(result.scenarios)} scenarios were judged again from the evidence "
        "alone; every recorded one follows from its observation and limit"
    )
    if again is not None:
        _tell_again(again)


def _tell_again(again: Rejudged) -> None:
    from rig.cli.table import show

    for position, found in again.policies.items():
        print(f"\n{position}: policy {again.policy} differs from the run's own in {len(found) or 'no'} rules")
        if found:
            show(
                [{"rule": d.path, "run": d.was, again.policy: d.now} for d in found],
                ["rule", "run", again.policy],
                False,
            )
    rows = [
        {"position": a.position, "scenario": a.scenario, "was": a.was, "would be": a.now, "why": "; ".join(a.why)}
        for a in again.scenarios
        if a.now != a.was
    ]
    same = len(again.scenarios) - len(rows)
    under = " and ".join(
        filter(None, (f"policy {again.policy}" * bool(again.policy), f"plan {again.plan}" * bool(again.plan)))
    )
    print(f"\nUnder {under}: {again.word}; {len(rows)} of {len(again.scenarios)} would be otherwise, {same} the same")
    if rows:
        show(rows, ["position", "scenario", "was", "would be", "why"], False)
