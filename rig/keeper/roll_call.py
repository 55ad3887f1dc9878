"""Who is not there, all of them at once, before anything is energised: a bench is mended in one walk, not in four."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from rig.clock import Clock
from rig.config import BenchFile
from rig.contracts import RelaySense
from rig.errors import ConfigError, RigError
from rig.keeper.hardware import Lookers, Shared, buses_of, close_all, in_parallel, open_device
from rig.opener import Opening


def silent_ones(lookers: Lookers) -> list[RigError]:
    """Of opened buses and sense channels, the errors of those that are not there.

    A meter is asked nothing, since it may be without mains; but where a machine refuses the connection, nothing listens.
    """
    jobs = [reach for _, bus in lookers.buses if (reach := getattr(bus, "reach", None)) is not None]
    return in_parallel([*jobs, *(partial(_sample, sense) for sense in lookers.senses.values())])


def _sample(sense: RelaySense) -> None:
    sense.sample()


def missing_lookers(bench: BenchFile, clock: Clock) -> list[RigError]:
    """Where a load or source is missing: what is missing besides, of buses and sense channels. All are closed again.

    A channel that reads the load cannot be opened without one, and is not missing for that.
    """
    opened = Lookers()

    def bus(shared: Shared) -> None:
        opened.buses.append((shared, open_device("buses", shared.table, Opening(shared.where, clock))))

    def sense(name: str) -> None:
        lines = {one: device for shared, device in opened.buses for one in shared.senses}
        opening = Opening(f"{name} relay sense", clock, bus=lines.get(name))
        with suppress(ConfigError):
            opened.senses[name] = open_device("senses", bench.position(name).sense or {}, opening)

    buses = buses_of(bench)
    found = in_parallel([partial(bus, shared) for shared in buses])
    late = {name for shared in buses for name in shared.senses}
    late -= {name for shared, _ in opened.buses for name in shared.senses}
    found += in_parallel([partial(sense, p.name) for p in bench.positions if p.name not in late])
    found += silent_ones(opened)
    close_all(*(device for _, device in opened.buses), *opened.senses.values())
    return found
