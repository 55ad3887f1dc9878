"""One healthy meter: what it is like, and what to run to judge it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rig.choices import Choices
from rig.variety.drawing import drawn
from rig.variety.tables import bench_table, map_table
from rig.variety.toml_text import toml_text
from rig.variety.traits import Traits


@dataclass(frozen=True, slots=True)
class HealthyMeter:
    """A meter that keeps its promises, on a bench that is as good as it says, under a policy that is shipped."""

    seed: int
    traits: Traits

    @property
    def differs(self) -> Mapping[str, object]:
        """In what it is not the shipped one, by name."""
        return self.traits.differs()

    def choices(self, folder: Path) -> Choices:
        """What to run it with. Its map and its bench are written into `folder`, and its evidence will go to `folder`/run."""
        folder.mkdir(parents=True, exist_ok=True)
        files = {"map.toml": map_table(self.traits), "bench.toml": bench_table(self.traits)}
        for name, table in files.items():
            (folder / name).write_text(toml_text(table), encoding="utf-8")
        return Choices(
            bench=str(folder / "bench.toml"),
            map=str(folder / "map.toml"),
            policy=self.traits.policy,
            out=str(folder / "run"),
            seed=self.seed,
        )

    def ordered(self, ids: Iterable[str]) -> list[str]:
        """The scenarios in the order in which this meter goes through them."""
        found = list(ids)
        if self.traits.order:
            Random(self.traits.order).shuffle(found)
        return found


def healthy_meter(seed: int) -> HealthyMeter:
    """The healthy meter of this seed; always the same one."""
    return HealthyMeter(seed, drawn(seed))
