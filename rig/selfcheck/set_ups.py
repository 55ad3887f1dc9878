"""What stands on the bench in a self-check beside the fault: policy, map, promises, firmware; and the setup of such a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rig.choices import DEFAULT_POLICY, Choices, setup_of
from rig.selfcheck.promised_otherwise import map_promising
from rig.setup import Setup

Field = str | int | bool | list[str]


@dataclass(frozen=True, slots=True)
class SetUp:
    """One set-up, by names of the catalogue; what is left out is as shipped.

    `promises` are keys of the map's table, each with its value as TOML text; `meter` fields of the emulated firmware.
    """

    policy: str = DEFAULT_POLICY
    map: str = ""
    promises: Mapping[str, str] = field(default_factory=dict)
    meter: Mapping[str, Field] = field(default_factory=dict)

    @classmethod
    def of(cls, needs: object, policy: str = DEFAULT_POLICY) -> SetUp:
        """The set-up that a fault asks for in attributes of these names; `policy` where it names none."""
        promises, meter = dict(getattr(needs, "promises", {})), dict(getattr(needs, "meter", {}))
        return cls(getattr(needs, "policy", "") or policy, getattr(needs, "map", ""), promises, meter)

    @property
    def name(self) -> str:
        """How tables call it: everything that is not as shipped, behind the policy."""
        odd = [f"map {Path(self.map).stem}"] if self.map else []
        odd += [f"{key} = {to}" for part in (self.promises, self.meter) for key, to in part.items()]
        return ", ".join([Path(self.policy).stem, *odd])

    def setup(self, fault: str, seed: int, folder: Path) -> Setup:
        """The setup of a run of it in virtual time, with a fault or none. A map of its own goes into `folder`.

        ConfigError with everything that is wrong in it.
        """
        map_name = self.map or None
        if self.promises:
            map_name = str(map_promising(self.map, self.promises, folder))
        setup = setup_of(Choices(policy=self.policy, map=map_name, out=str(folder), seed=seed))
        bench = setup.bench
        emulated = dict(bench.emulated or {})
        emulated["meter"] = {**emulated.get("meter", {}), **self.meter}
        bench = bench.model_copy(update={"emulated": emulated})
        return replace(setup, bench=bench, faults=(fault,) if fault else ())
