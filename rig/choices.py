"""From what a user typed to a checked setup: every problem at once, nothing opened, nothing written."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from rig.bench_checks import device_problems, map_problems, missing_problems, password_problems
from rig.blocked import refuse_blocked
from rig.catalogue import file_named, thing
from rig.channel_file import with_measured
from rig.clock import utc_now
from rig.config import BenchFile, PositionTable, load_bench
from rig.errors import ConfigError
from rig.plan import Plan, load_plan
from rig.policy import load_policy
from rig.scenario import Scenario
from rig.scenarios import shipped
from rig.setup import Setup

DEFAULT_POLICY = "arrears_first"
T = TypeVar("T")


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
    as_declared: bool = False
    """True for whoever measures a bench's channels: what was measured before is not looked at."""
    drives: bool = True
    """False for whoever only serves an emulated bench: no meter is asked, so no password is needed."""

    @property
    def bench_name(self) -> str:
        """The bench as it was typed; `sim` when none was."""
        return self.bench or "sim"


def bench_of(choices: Choices) -> BenchFile:
    """The bench file that was chosen; `sim` when none was."""
    return load_bench(file_named("benches", choices.bench_name))


def plan_of(choices: Choices) -> Plan | None:
    """The plan that was chosen, if any."""
    return load_plan(file_named("plans", choices.plan)) if choices.plan else None


def setup_of(choices: Choices, also: Sequence[str] = ()) -> Setup:
    """The whole setup. ConfigError with every problem of every file and option, and `also` what the caller found."""
    problems = [*also, *_empty(choices)]

    def tried(attempt: Callable[[], T]) -> T | None:
        try:
            return attempt()
        except ConfigError as error:
            problems.extend(error.problems)
            return None

    bench = tried(lambda: bench_of(choices))
    delays: Mapping[str, str] = {}
    if bench is not None and not choices.as_declared:
        bench, delays = tried(partial(with_measured, bench, choices.bench_name)) or (bench, delays)
    plan = tried(lambda: plan_of(choices))
    policy = tried(lambda: load_policy(file_named("policies", _policy_name(choices, plan))))
    position = choices.position or (bench.positions[0].name if bench else "")
    map_name = choices.map or (bench.position(position).meter.map if bench and position in _names(bench) else "")
    problems += map_problems(_maps(choices, bench))
    seed = tried(lambda: _seed(choices.seed))
    tried(lambda: _known_faults(choices.faults))
    if bench is not None:
        problems += device_problems(bench, choices.bench_name)
        problems += _about_bench(choices, bench)
    if bench is not None and policy is not None and bench.emulates:
        tried(policy.plain_money)
    if problems or bench is None or policy is None or seed is None:
        raise ConfigError(problems)
    meters = thing("meters", "modbus")
    map_ = meters.load(file_named("maps", map_name))
    policy = policy.for_wallet(meters.energy_step(map_), map_name).for_meter(map_.capabilities, map_name, map_.absent)
    return Setup(
        bench, position, map_name, policy, plan, _out(choices.out), seed, choices.faults, choices.narrowed,
        map_zone="" if map_.file.clock is None else map_.file.clock.zone, delay_from=delays.get(position, ""),
    )  # fmt: skip


def _policy_name(choices: Choices, plan: Plan | None) -> str:
    return choices.policy or (plan.policy if plan else DEFAULT_POLICY)


def _names(bench: BenchFile) -> list[str]:
    return [position.name for position in bench.positions]


def _empty(choices: Choices) -> list[str]:
    """Options that were given and say nothing, as a shell does with a variable that is not set."""
    named = ("bench", "position", "policy", "map", "plan", "out")
    return [f"--{name}: is empty; name something, or leave it out" for name in named if getattr(choices, name) == ""]


def _chosen(choices: Choices, bench: BenchFile) -> list[PositionTable]:
    """The positions that are to be run; none when one was named that there is not."""
    return [one for one in bench.positions if choices.position in (None, one.name)]


def _maps(choices: Choices, bench: BenchFile | None) -> list[str]:
    if choices.map:
        return [choices.map]
    return [one.meter.map for one in _chosen(choices, bench)] if bench else []


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
    if choices.drives and not bench.emulates and not device_problems(bench, choices.bench_name):
        problems += missing_problems(bench, choices.bench_name)
    if choices.faults and not bench.emulates:
        problems.append(f"{bench.name}: faults are of the emulated bench; this one has real devices")
    if choices.position:
        try:
            bench.position(choices.position)
        except ConfigError as error:
            problems += error.problems
    for position in _chosen(choices, bench):
        if choices.drives:
            problems += password_problems(position, choices.map or position.meter.map, choices.bench_name)
        if not bench.emulates:
            try:
                refuse_blocked(bench.name, position.name)
            except ConfigError as error:
                problems += error.problems
    return problems


def _out(typed: str | None) -> Path:
    if typed is not None:
        return Path(typed)
    return Path("out") / utc_now().strftime("%Y%m%d-%H%M%S-%f")[:-3]


def out_problems(typed: str | None) -> list[str]:
    """What is wrong with the folder that was named for the output: another run's evidence in it, or no way to make it."""
    out = Path(typed or "out")
    if out.exists() and not out.is_dir():
        return [f"{out}: is no folder; name another with --out"]
    if typed and any(out.glob("*.rig.jsonl")):
        return [
            f"{out}: holds the evidence of another run, which is never written over; name another folder with --out"
        ]
    stands = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    if not stands.is_dir() or not os.access(stands, os.W_OK | os.X_OK):
        return [f"{out}: cannot be made, {stands} is not a folder that you may write to; name another with --out"]
    return []


def make_out(out: Path) -> None:
    """Make the folder of a run. ConfigError when it cannot be made."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{out}: cannot be made: {error.strerror}; name another folder with --out") from None


def narrowed(
    setup: Setup, scenarios: Sequence[Scenario], selected: Sequence[Scenario], collected: Collection[str]
) -> Setup:
    """The setup with what was selected; a plan of which something is left out is only part of a plan.

    `scenarios` are what a selection left, `collected` the ids of all that were there. ConfigError for a planned id that
    nobody knows.
    """
    ids = tuple(one.id for one in selected)
    planned = [s.id for s in scenarios if setup.plan is None or setup.plan.selects(s.id)]
    missing = (
        []
        if setup.plan is None or setup.plan.scenarios == ["all"]
        else [i for i in setup.plan.scenarios if i not in ids]
    )
    unknown = [i for i in missing if i not in collected]
    if unknown:
        shipped_ids = {one.id for one, _ in shipped()}
        refused = [
            f"plan {setup.plan.name if setup.plan else ''}: {i} is neither among the scenarios given nor one that is shipped"
            for i in unknown
            if i not in shipped_ids
        ]
        if refused:
            raise ConfigError(refused)
    return replace(setup, selected=ids, part=setup.part or bool(missing) or len(planned) > len(ids))
