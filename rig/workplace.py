"""Opens the bench of a run: everything in memory for `sim`, through the keeper in wall time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from rig.bench_checks import passwords_of
from rig.catalogue import file_named, thing
from rig.clock import Clock, VirtualClock, utc_now
from rig.config import read_toml
from rig.contracts import Devices, FrameLog, Password
from rig.declaring import requirement_table
from rig.errors import ConfigError
from rig.evidence import SUFFIX, Writer
from rig.journal import Journal
from rig.keeper.gate import BusRules, Gate
from rig.keeper.gated import GatedBus, GatedButton, GatedLoad, GatedSource
from rig.keeper.safe_state import make_safe_in_order
from rig.lossy import LossyBus
from rig.opener import silent
from rig.sampler import Sampler
from rig.session import Session
from rig.setup import Setup
from rig.zones import distance_text


def read_map(name: str) -> Any:
    """The register map of this name or file, checked. ConfigError with every problem."""
    return thing("meters", "modbus").load(file_named("maps", name))


def bus_rules(map_: Any, unit: int) -> BusRules:
    """What may pass to a meter with this map."""
    rules: Mapping[str, frozenset[tuple[str, int]]] = thing("meters", "modbus").rules(map_)
    return BusRules(unit, **rules)


def emulated_settings(setup: Setup) -> dict[str, Any]:
    """The emulator's table: the bench's own, and what policy, map, faults and seed of this run say."""
    table = dict(setup.bench.emulated or {})
    table.setdefault("positions", [{"name": p.name, "unit": p.meter.unit} for p in setup.bench.positions])
    lines = {str((p.meter.bus or {}).get("type", "tcp")) for p in setup.bench.positions}
    mixed = "all" if "rtu_over_tcp" in lines else "both"
    table.setdefault("serve", mixed if len(lines) > 1 else lines.pop())
    table["map"] = setup.map_name
    table["zone"] = distance_text(setup.bench.zone, utc_now())
    table["money"] = setup.policy.plain_money()
    table["faults"] = [*table.get("faults", ()), *setup.faults]
    table["seed"] = setup.seed
    return table


def open_sim(setup: Setup, clock: VirtualClock, log: FrameLog = silent) -> Devices:
    """The emulated bench in virtual time, behind the same gate as a real one."""
    sim = thing("kinds", "sim")(emulated_settings(setup), clock, log, setup.position)
    table, bench = setup.table, setup.bench
    gate = Gate(setup.position, bench.limits, clock, bus_rules(read_map(setup.map_name), sim.unit), bench.mains.volts)
    load = GatedLoad(sim.load, gate, clock)
    source = GatedSource(sim.source, [gate])
    sampler = Sampler(sim.sense, clock, table.every_ms * 1_000_000, sim.source.is_on, setup.sense_delay)
    sampler.run_on_timer(clock)
    gate.sensing = sampler

    bus = GatedBus(sim.bus, gate, load, clock)
    return Devices(
        setup.position,
        bus,
        sim.unit,
        load,
        source,
        sampler,
        partial(make_safe_in_order, setup.position, load, source),
        bus.close,
        civil_zero=sim.civil_zero,
        truth=sim.truth,
        button=GatedButton(sim.button, gate),
        rewiring=sim.rewiring,
        tampering=sim.rewiring,
        voids=sim.voids,
    )


def secrets_of(setup: Setup, map_: Any) -> dict[str, Password]:
    """The passwords of the position's meter by register, as the bench file says; of an emulated one its own, where the bench
    file neither says any nor sets another. ConfigError for all that are not there."""
    named = passwords_of(setup.table, setup.bench.name)
    emulated = setup.bench.emulated or {}
    one: Mapping[str, Any] = next((p for p in emulated.get("positions", ()) if p["name"] == setup.position), {})
    if not setup.bench.emulates or "password" in {**emulated.get("meter", {}), **one.get("meter", {})}:
        return named
    own: dict[str, Password] = thing("meters", "modbus").emulated_secrets(map_)
    return {**own, **named}


def open_session(setup: Setup, devices: Devices, clock: Clock, writer: Writer | None = None) -> Session:
    """The session of one position on devices that are open: its evidence, its meter, its requirements.

    The evidence goes to a file in `setup.out`, or to `writer` where one is given.
    """
    meters = thing("meters", "modbus")
    map_ = read_map(setup.map_name)
    if map_.not_drivable:
        raise ConfigError(map_.not_drivable)
    lossy = LossyBus(devices.bus, meters.commit_pdu(map_))
    rtu = (setup.table.meter.bus or {}).get("type") in ("rtu", "rtu_over_tcp")
    where = f"{setup.position} meter"
    secrets = secrets_of(setup, map_)
    meter = meters.open(map_, lossy, devices.unit, clock, where, secrets, rtu)
    if writer is None:
        setup.out.mkdir(parents=True, exist_ok=True)
        writer = Writer(setup.out / f"{setup.position}{SUFFIX}")
    journal = Journal(writer, clock)
    requirements = requirement_table(read_toml(thing("requirements", "shipped")))
    return Session(setup, devices, clock, journal, meter, meter, lossy, requirements, meters.facts(map_))
