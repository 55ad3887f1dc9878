"""From what a user typed to a checked setup: every problem at once, nothing opened, nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rig.blocked import refuse_blocked
from rig.catalogue import file_named, thing
from rig.clock import utc_now
from rig.config import BenchFile, load_bench
from rig.errors import ConfigError
from rig.plan import Plan, load_plan
from rig.policy import load_policy
from rig.scenario import Scenario
from rig.setup import Setup

DEFAULT_POLICY = "arrears_first"


@dataclass(frozen=True, slots=True)
class Choices:
    """What was typed. None is "not said"."""

    bench: str | None = None
    position: str | None = None
    policy: str | None = None
    map: str | None = None
    plan: str | None = None
    faults: tuple[str, ...] = ()
    out: str | None = None
    seed: str | int = 0
    narrowed: bool = False


def bench_of(choices: Choices) -> BenchFile:
    """The bench file that was chosen; `sim` when none was."""
    return load_bench(file_named("benches", choices.bench or "sim"))


def plan_of(choices: Choices) -> Plan | None:
    """The plan that was chosen, if any."""
    return load_plan(file_named("plans", choices.plan)) if choices.plan else None


def setup_of(choices: Choices) -> Setup:
    """The whole setup. ConfigError with every problem of every file and option."""
    problems: list[str] = []
    bench = plan = policy = None
    seed, map_name = 0, choices.map or ""
    for attempt in ("bench", "plan", "policy", "map", "seed", "faults"):
        try:
            if attempt == "bench":
                bench = bench_of(choices)
            elif attempt == "plan":
                plan = plan_of(choices)
            elif attempt == "policy":
                name = choices.policy or (plan.policy if plan else DEFAULT_POLICY)
                policy = load_policy(file_named("policies", name))
            elif attempt == "map" and (choices.map or bench is not None):
                map_name = choices.map or _map_of(choices, bench)
                thing("meters", "modbus").load(file_named("maps", map_name))
            elif attempt == "seed":
                seed = _seed(choices.seed)
            elif attempt == "faults":
                _known_faults(choices.faults)
        except ConfigError as error:
            problems += error.problems
    if bench is not None:
        problems += _about_bench(choices, bench)
    if problems or bench is None or policy is None:
        raise ConfigError(problems)
    if bench.emulates:
        policy.plain_money()
    position = choices.position or bench.positions[0].name
    return Setup(bench, position, map_name, policy, plan, _out(choices.out), seed, choices.faults, choices.narrowed)


def _seed(typed: str | int) -> int:
    text = str(typed)
    if not text.isdigit() or int(text) >= 2**63:
        raise ConfigError(f"seed {text}: is no whole number from 0 to 2^63 - 1")
    return int(text)


def _known_faults(faults: Sequence[str]) -> None:
    if not faults:
        return
    known = thing("faults", "emulated")
    unknown = [f for f in faults if f not in known]
    if unknown:
        raise ConfigError(
            [f"fault {f}: is not known; `rig list faults` shows the {len(known)} there are" for f in unknown]
        )


def _about_bench(choices: Choices, bench: BenchFile) -> list[str]:
    problems = []
    if choices.faults and not bench.emulates:
        problems.append(f"{bench.name}: faults are of the emulated bench; this one has real devices")
    if choices.position:
        try:
            bench.position(choices.position)
        except ConfigError as error:
            problems += error.problems
    if not bench.emulates:
        for position in bench.positions if choices.position is None else [bench.position(choices.position)]:
            try:
                refuse_blocked(bench.name, position.name)
            except ConfigError as error:
                problems += error.problems
    return problems


def _out(typed: str | None) -> Path:
    if typed is not None:
        return Path(typed)
    return Path("out") / utc_now().strftime("%Y%m%d-%H%M%S-%f")[:-3]


def check_out(out: Path) -> None:
    """ConfigError when the folder holds another run, or cannot be made."""
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out}: is no folder; name another with --out")
    if out.is_dir() and any(out.glob("*.rig.jsonl")):
        raise ConfigError(
            f"{out}: holds the evidence of another run, which is never written over; name another folder with --out"
        )


def narrowed(setup: Setup, scenarios: Sequence[Scenario], selected: Sequence[Scenario]) -> Setup:
    """The setup with what was selected; a plan of which something is left out is only part of a plan."""
    ids = tuple(one.id for one in selected)
    planned = [s.id for s in scenarios if setup.plan is None or setup.plan.selects(s.id)]
    missing = (
        []
        if setup.plan is None or setup.plan.scenarios == ["all"]
        else [i for i in setup.plan.scenarios if i not in ids]
    )
    return replace(setup, selected=ids, part=setup.part or bool(missing) or len(planned) > len(ids))
