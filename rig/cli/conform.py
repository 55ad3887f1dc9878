"""`rig conform`: what the drivers of a bench do as their contracts want, and what not, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rig.clock import Clock
    from rig.config import BenchFile
    from rig.conformance.holding import Finding
    from rig.conformance.on_bench import Manner
    from rig.contracts import Devices
    from rig.setup import Setup

HELD, BROKEN, USAGE, BENCH = 0, 1, 2, 4


def conform(
    bench: Annotated[str, typer.Argument(help="sim, loopback, or a bench file.")],
    position: Annotated[str | None, typer.Option(help="One position alone (default: each in turn).")] = None,
    within: Annotated[str, typer.Option(help="How far readings may lie off, percent.")] = "2",
    settle: Annotated[str, typer.Option(help="How long a setting settles, seconds.")] = "0.5",
    act: Annotated[
        bool, typer.Option("--act", help="Also move the meter's relay, recharge 1.23, and press its button.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Run the conformance suites against the drivers of a bench. Draws up to the limits of the bench; ends with everything off.

    Exit 0: all of it holds. 1: something does not. 2: wrong use. 4: the bench failed.
    """
    from rig.choices import Choices, bench_of, setup_of
    from rig.cli.table import show
    from rig.conformance.on_bench import Manner

    percent, wait = _numbers(within, settle)
    manner = Manner(percent, wait, act)
    names = [position] if position else [p.name for p in bench_of(Choices(bench=bench)).positions]
    setups = [setup_of(Choices(bench=bench, position=name)) for name in names]
    rows: list[dict[str, Any]] = []
    for setup in setups:
        rows += [_row(setup.position, *found) for found in _of_position(setup, manner)]
    show(rows, ["position", "device", "looks at", "holds", "why"], as_json)
    raise typer.Exit(_code(rows))


def _numbers(within: str, settle: str) -> tuple[Decimal, int]:
    from rig.clock import seconds
    from rig.errors import ConfigError

    wrong = []
    percent, wait = Decimal(0), 0
    try:
        percent = Decimal(within)
        if not 0 <= percent <= 50:
            raise InvalidOperation
    except InvalidOperation:
        wrong.append(f"--within {within}: is no percentage from 0 to 50")
    try:
        wait = seconds(settle)
        if not 0 <= wait <= seconds("60"):
            raise ValueError
    except ValueError:
        wrong.append(f"--settle {settle}: is no number of seconds from 0 to 60")
    if wrong:
        raise ConfigError(wrong)
    return percent, wait


def _of_position(setup: Setup, manner: Manner) -> list[tuple[str, Finding]]:
    """Every finding of one position. Whatever happens, everything is off afterwards, or Unsafe says that it is not."""
    from rig.catalogue import thing
    from rig.conformance.holding import Finding
    from rig.conformance.on_bench import OnBench
    from rig.errors import RigError
    from rig.workplace import read_map, secrets_of

    with _opened(setup) as (bench, devices, clock):
        map_ = read_map(setup.map_name)
        rtu = (setup.table.meter.bus or {}).get("type") in ("rtu", "rtu_over_tcp")
        secrets = secrets_of(setup, map_)
        where = f"{setup.position} meter"
        meter = thing("meters", "modbus").open(map_, devices.bus, devices.unit, clock, where, secrets, rtu)
        found: list[tuple[str, Finding]] = []
        try:
            for one in OnBench(bench, setup.position, devices, meter, meter, clock, manner).findings():
                found.append(one)
        except RigError as error:
            found.append(("bench", Finding("goes on", "The bench lets the suites be run.", False, str(error), True)))
        finally:
            devices.make_safe()
        return found


@contextmanager
def _opened(setup: Setup) -> Iterator[tuple[BenchFile, Devices, Clock]]:
    """The bench with every table, and the devices of the position, behind the same gate and keeper as in a run."""
    from rig.bench_checks import as_if_wired
    from rig.clock import VirtualClock
    from rig.reached import through_the_keeper
    from rig.workplace import open_sim

    if setup.bench.kind == "sim":
        clock = VirtualClock()
        yield as_if_wired(setup.bench), open_sim(setup, clock), clock
        return
    with ExitStack() as stack:
        yield through_the_keeper(setup, stack)


def _row(position: str, device: str, finding: Finding) -> dict[str, Any]:
    holds = "yes" if finding.held else "the bench failed" if finding.bench else "NO"
    return {
        "position": position, "device": device, "case": finding.case, "looks at": finding.looks_at, "holds": holds,
        "why": finding.why,
    }  # fmt: skip


def _code(rows: list[dict[str, Any]]) -> int:
    if any(row["holds"] == "NO" for row in rows):
        return BROKEN
    return BENCH if any(row["holds"] != "yes" for row in rows) or not rows else HELD
