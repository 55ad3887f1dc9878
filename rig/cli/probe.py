"""`rig probe`: who answers on a bench, before anything is switched on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rig.config import BenchFile
    from rig.probing import Probed
    from rig.setup import Setup

NOT_ALL = 4


def probe(
    file: Annotated[str, typer.Argument(help="Bench file, or loopback.")],
    mains: Annotated[
        bool,
        typer.Option("--mains", help="Switch the mains on, behind the bench's limits, for meters that are silent."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Ask every device of a bench who it is. Without --mains nothing is energised; nothing is ever written to a meter.

    Exit 0: all answered; 4: some did not, and the table says what to check; 2: the bench file is wrong.
    """
    from dataclasses import asdict

    from rig.choices import Choices, setup_of
    from rig.cli.table import show
    from rig.clock import WallClock
    from rig.errors import ConfigError
    from rig.keeper.signals import unwind_on_signals
    from rig.probing import Probe

    unwind_on_signals()
    setup = setup_of(Choices(bench=file, drives=False))
    if setup.bench.kind == "sim":
        raise ConfigError(
            f"{setup.bench.name}: a bench in memory has no devices to probe; name a bench file or loopback"
        )
    with _served(setup) as bench:
        rows = Probe(bench, WallClock()).run()
    if mains:
        for row in rows:
            if row.device.endswith(" meter") and not row.answered:
                _with_mains(file, row)
    columns = ["device", "answered", "latency_ms", "identity", "address", "words"]
    table = [{**asdict(row), "answered": "yes" if row.answered else "NO"} for row in rows]
    show([asdict(row) for row in rows] if as_json else table, columns, as_json)
    raise typer.Exit(0 if all(row.answered for row in rows) else NOT_ALL)


@contextmanager
def _served(setup: Setup) -> Iterator[BenchFile]:
    """The bench with every address: a wired one as it is, an emulated one while its emulator runs."""
    from rig.catalogue import thing
    from rig.config import filled
    from rig.workplace import emulated_settings

    if not setup.bench.emulates:
        yield setup.bench
        return
    process = thing("kinds", "served")(emulated_settings(setup))
    try:
        yield filled(setup.bench, process.ready)
    finally:
        process.close()


def _with_mains(file: str, row: Probed) -> None:
    """Ask a silent meter again with its line live."""
    from rig.attended import attended
    from rig.catalogue import thing
    from rig.choices import Choices, setup_of
    from rig.clock import MILLISECOND
    from rig.errors import RigError, Unsafe
    from rig.probing import told_by
    from rig.workplace import read_map

    setup = setup_of(Choices(bench=file, position=row.device.removesuffix(" meter"), drives=False))
    try:
        with attended(setup) as (clock, devices):
            map_ = read_map(setup.map_name)
            meter = thing("meters", "modbus").open(map_, devices.bus, devices.unit, clock, row.device, {}, False)
            began = clock.now()
            row.identity, row.words = told_by(meter, lambda ask: ask())
            row.answered, row.latency_ms = True, f"{(clock.now() - began) / MILLISECOND:.1f}"
            row.words = "with its mains on"
    except Unsafe:
        raise
    except (RigError, ValueError) as error:
        row.words = f"with its mains on: {error}"
