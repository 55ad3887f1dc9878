"""`rig map try`: a map file tried on a meter, item by item, before anything is trusted or written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from decimal import Decimal

    from rig.clock import Clock
    from rig.contracts import Devices
    from rig.setup import Setup

DISAGREES = 1


def try_(
    file: Annotated[str, typer.Argument(help="Map file, or the name of a map, to try.")],
    bench: Annotated[str, typer.Option(help="Bench file, sim or loopback.")] = "sim",
    position: Annotated[str | None, typer.Option(help="Position; the first when left out.")] = None,
    watts: Annotated[
        int | None, typer.Option(min=1, help="Draw this load (W), so that current and power can be compared.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the wire logs (not in sim).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Read every item of a map once and say what makes no sense; nothing is written to the meter.

    The mains of the position are switched on. With --watts the load draws that much, behind the bench's limits, and a wrong
    word order, scale, type or address of voltage, current and power is named. An address beside an item is read only to
    find that out. Exit 0: nothing wrong was found; 1: map and meter disagree; 4: the meter or the bench did not answer.
    An emulated meter keeps the map that its bench names (`meter = { map = … }`), and the reference map where it names none.
    Places are as the map counts, with the address on the wire beside them where that is another.
    """
    from rig.attended import with_other_map
    from rig.catalogue import file_named, thing
    from rig.choices import Choices, setup_of
    from rig.cli.table import show
    from rig.keeper.signals import unwind_on_signals

    unwind_on_signals()
    setup = setup_of(Choices(bench=bench, position=position, out=None if out is None else str(out), drives=False))
    thing("meters", "modbus").load(file_named("maps", file))
    rows = _tried(with_other_map(setup, file), watts or 0)
    columns = ["item", "place", "raw", "value", "word", "why"]
    if not as_json:
        print(f"map {file} on {setup.bench.name} {setup.position}")
    show(rows, columns, as_json)
    raise typer.Exit(DISAGREES if any(row["word"] in ("WRONG", "doubtful", "no answer") for row in rows) else 0)


def _tried(setup: Setup, watts: int) -> list[dict[str, Any]]:
    from rig.attended import attended, bench_time
    from rig.catalogue import thing
    from rig.errors import ConfigError
    from rig.workplace import read_map

    try:
        with attended(setup, watts) as (clock, devices):
            measured = _measured(setup, devices, watts)
            map_ = read_map(setup.map_name)
            where, now = f"{setup.position} meter", bench_time(clock, devices, setup.meter_zone)
            return _rows(thing("meters", "modbus"), map_, devices, clock, where, measured, now)
    except ValueError as error:
        raise ConfigError(f"--watts {watts}: {error}") from None


def _rows(
    meters: Any, map_: Any, devices: Devices, clock: Clock, where: str, measured: dict[str, Decimal], now: object
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = meters.trial(map_, devices.bus, devices.unit, clock, where, measured, now)
    for row in rows:
        if row["item"] in ("current", "power") and row["item"] not in measured and row["word"] == "sensible":
            row["why"] = row["why"] or "cannot be compared with the load off; give --watts"
    return rows


def _measured(setup: Setup, devices: Devices, watts: int) -> dict[str, Decimal]:
    """What the bench knows by itself. LinkError when the load was told to draw and does not."""
    from rig.errors import LinkError

    at_load = devices.load.measure()
    known = {"frequency": setup.bench.mains.hertz}
    if at_load.voltage_v > 0:
        known["voltage"] = at_load.voltage_v
    if watts and at_load.power_w * 2 < watts:
        raise LinkError(
            f"{setup.position} load: told to draw {watts} W, it measures {at_load.power_w} W at {at_load.voltage_v} V; "
            "check whether the meter's relay is closed, and the wiring"
        )
    if watts:
        known |= {"current": at_load.current_a, "power": at_load.power_w}
    return known
