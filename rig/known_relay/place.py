"""A bench with a known relay, or a shorting link, where a meter stands otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from rig.catalogue import thing
from rig.clock import Clock, VirtualClock
from rig.config import BenchFile, PositionTable
from rig.contracts import Devices
from rig.contracts.held import Held
from rig.errors import ConfigError
from rig.reached import through_the_keeper
from rig.relay_table import KnownRelay, known_relay
from rig.seeing import Seeing
from rig.setup import Setup
from rig.workplace import open_sim

_EMULATED_OUTPUT = "modbus_coil"


@dataclass(frozen=True, slots=True)
class Place:
    """One position: its devices, and the relay that works in the meter's place, None for a link. `coil` works it."""

    bench: BenchFile
    table: PositionTable
    devices: Devices
    clock: Clock
    relay: KnownRelay | None
    coil: Held | None


@contextmanager
def in_place(setup: Setup, link: bool) -> Iterator[Place]:
    """The position of `setup`, everything off; on every way out load, source and relay are off again.

    Raises:
        ConfigError: the bench file describes no known relay.
        LinkError, DeviceRefused: a device is not there, or does not obey; everything was made safe.
        Unsafe: something is not confirmed to be off.
    """
    relay = None if link else relay_of(setup)
    other = replace(setup, bench=_without_meter(setup.bench, link))
    with ExitStack() as stack:
        clock: Clock
        if setup.bench.kind == "sim":
            virtual = VirtualClock()
            bench, devices, clock = other.bench, open_sim(other, virtual), virtual
        else:
            bench, devices, clock = through_the_keeper(other, stack)
        devices = replace(devices, sensing=Seeing(devices.sensing, clock))
        button: object = devices.button
        coil = button if relay is not None and isinstance(button, Held) else None
        try:
            yield Place(bench, bench.position(setup.position), devices, clock, relay, coil)
        finally:
            try:
                if coil is not None:
                    coil.let_go()
            finally:
                devices.make_safe()
                devices.close()


def relay_of(setup: Setup) -> KnownRelay:
    """The known relay of the setup's position. ConfigError: the bench file describes none."""
    path = f"{setup.bench.name}: positions.{setup.position}.known_relay"
    table = setup.table.known_relay
    if setup.bench.emulates:
        sheet: dict[str, object] = dict(thing("known_relays", "emulated"))
        return known_relay({"type": _EMULATED_OUTPUT, "bus": _NOWHERE, "coil": 0, **sheet}, path)
    if table is None:
        raise ConfigError(
            f"{path}: is missing: say which output works the relay that stands in the meter's place, and how fast it is; "
            "or put a shorting link there and say --link"
        )
    return known_relay(table, path)


_NOWHERE = {"type": "tcp", "host": "127.0.0.1", "port": 1}


def _without_meter(bench: BenchFile, link: bool) -> BenchFile:
    """The bench as it is wired for the test: no delay of the channels is taken for granted, and no meter is asked."""
    positions = []
    spare = _spare_units(bench)
    for one in bench.positions:
        sense = {**(one.sense or {}), "delay_s": ["0", "0"]}
        changes: dict[str, object] = {"sense": sense, "button": None}
        if not bench.emulates and not link and one.known_relay is not None:
            relay = known_relay(one.known_relay, f"{bench.name}: positions.{one.name}.known_relay")
            changes["button"] = relay.output
        elsewhere = _another_bus(one)
        if not bench.emulates and elsewhere is not None:
            changes["meter"] = one.meter.model_copy(update={"bus": elsewhere, "unit": next(spare)})
        positions.append(one.model_copy(update=changes))
    emulated = {**(bench.emulated or {}), "in_place_of_meter": "link" if link else "known_relay"}
    update: dict[str, object] = {"positions": positions, **({"emulated": emulated} if bench.emulates else {})}
    return bench.model_copy(update=update)


def _spare_units(bench: BenchFile) -> Iterator[int]:
    """Unit ids that no module of the bench has: a meter that is not there is given one, since two of one id are refused."""
    tables = [table for one in bench.positions for table in (one.sense, one.button, one.known_relay) if table]
    taken = {int(table.get("unit", 1)) for table in tables}
    return (unit for unit in range(247, 0, -1) if unit not in taken)


def _another_bus(one: PositionTable) -> dict[str, object] | None:
    """A bus of the position that is there without a meter: what stood on the meter's own does not answer now."""
    found = (one.known_relay or {}).get("bus") or (one.sense or {}).get("bus")
    return dict(found) if found else None
