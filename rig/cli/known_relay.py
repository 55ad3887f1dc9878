"""`rig known-relay`: a bench tests itself with a relay of known speed, or a link, in the place of the meter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rig.channel_file import Measured
    from rig.setup import Setup

HELD, WRONG, UNTOLD, BENCH = 0, 1, 3, 4


def known_relay(
    file: Annotated[str, typer.Argument(help="Bench file, sim or loopback.")],
    position: Annotated[str | None, typer.Option(help="One position alone (default: each in turn).")] = None,
    link: Annotated[bool, typer.Option("--link", help="A shorting link stands there instead of a relay.")] = False,
    moves: Annotated[int, typer.Option(min=5, max=1000, help="How often the relay is moved there and back.")] = 20,
    fault: Annotated[list[str] | None, typer.Option(help="Fault of the emulated bench; may be given again.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Test the bench itself before a meter is judged: sense polarity, wires, load, and how far each channel lags.

    Put the relay of `known_relay` in the bench file, or a link, into the meter's place. Draws up to the limits of the bench;
    ends with everything off. What was measured is kept beside the bench file, and later runs reckon with it.
    Exit 0: all is as it should be. 1: something is not, and the table says where to look. 2: wrong use.
    3: it cannot be told. 4: the bench failed.
    """
    import sys

    from rig.choices import Choices, bench_of, setup_of
    from rig.cli.table import show
    from rig.known_relay.keeping import keep

    chosen = Choices(bench=file, faults=tuple(fault or ()), drives=False, as_declared=True)
    bench = bench_of(chosen)
    names = [position] if position else [p.name for p in bench.positions]
    setups = [setup_of(_of(chosen, name)) for name in names]
    rows: list[dict[str, Any]] = []
    found: dict[str, Measured] = {}
    for setup in setups:
        told, measured = _tested(setup, link, moves)
        rows += told
        if measured is not None and not chosen.faults:
            found[setup.position] = measured
    show(rows, ["position", "looks at", "holds", "seen", "look at"], as_json)
    if not link:
        print(f"rig: {keep(file, bench.name, found)}", file=sys.stderr)
    raise typer.Exit(_code(rows))


def _of(chosen: Any, name: str) -> Any:
    from dataclasses import replace

    return replace(chosen, position=name)


def _tested(setup: Setup, link: bool, moves: int) -> tuple[list[dict[str, Any]], Measured | None]:
    """Every row of one position, and what may be kept. Unsafe when something is not confirmed to be off."""
    from rig.errors import ConfigError, RigError, Unsafe
    from rig.known_relay.place import in_place
    from rig.known_relay.self_test import SelfTest, declared_delay

    rows: list[dict[str, Any]] = []
    measured = None
    try:
        with in_place(setup, link) as place:
            test = SelfTest(place, moves, declared_delay(setup.table.sense))
            for row in test.rows():
                rows.append(_row(setup.position, *row))
            measured = test.measured
    except (ConfigError, Unsafe):
        raise
    except (RigError, ValueError) as error:
        rows.append(_row(setup.position, "the bench", "the bench failed", f"{type(error).__name__}: {error}", ""))
        measured = None
    return rows, measured


def _row(position: str, what: str, holds: str, seen: str, look_at: str) -> dict[str, Any]:
    return {"position": position, "looks at": what, "holds": holds, "seen": seen, "look at": look_at}


def _code(rows: list[dict[str, Any]]) -> int:
    said = {row["holds"] for row in rows}
    if "NO" in said:
        return WRONG
    if "the bench failed" in said or not rows:
        return BENCH
    return UNTOLD if "not told" in said else HELD
