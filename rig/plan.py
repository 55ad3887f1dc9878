"""Plans: which scenarios under which policy, agreed with the customer beforehand."""

from __future__ import annotations

import hashlib
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import Field, ValidationError

from rig.config import Name, Strict, read_toml
from rig.errors import ConfigError
from rig.opener import problems


class Plan(Strict):
    """A plan file. `scenarios` are ids, or the one word "all"; `policy` is a name that --policy may override."""

    format: int = Field(ge=1, le=1)
    name: Name
    title: str
    policy: str = "arrears_first"
    scenarios: list[str] = Field(min_length=1)
    sha256: str = ""

    def selects(self, scenario_id: str) -> bool:
        """True when the plan holds this scenario."""
        return self.scenarios == ["all"] or scenario_id in self.scenarios


def load_plan(file: Traversable | Path) -> Plan:
    """Read and check a plan file; ConfigError names every problem."""
    table = read_toml(file)
    try:
        plan = Plan.model_validate(table)
    except ValidationError as error:
        raise ConfigError(problems(error, str(file))) from None
    repeated = sorted({s for s in plan.scenarios if plan.scenarios.count(s) > 1})
    if repeated:
        raise ConfigError([f"{file}: scenarios: {s} is listed twice" for s in repeated])
    return plan.model_copy(update={"sha256": hashlib.sha256(file.read_bytes()).hexdigest()})
