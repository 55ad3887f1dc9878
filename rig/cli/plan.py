"""`rig plan`: what a plan takes on a bench and what it will not tell there, before anything is energised."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rig.planning.forecast import Forecast
    from rig.planning.outlook import Outlook
    from rig.setup import Setup


def plan(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Plan name or file; `rig list plans`.")],
    bench: Annotated[str, typer.Option(help="sim, loopback, or a bench file.")] = "sim",
    policy: Annotated[str | None, typer.Option(help="Policy name or file (default: the plan's).")] = None,
    map: Annotated[str | None, typer.Option(help="Register map name or file (default: the bench's).")] = None,
    scenarios: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, metavar="PATH", help="File or folder of your own scenarios, which the plan may name."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Say what a plan takes and what it cannot tell on a bench. Rehearsed on an emulated twin; no device is opened."""
    from rig.choices import Choices
    from rig.planning.forecast import forecast

    found = forecast(Choices(bench=bench, policy=policy, map=map, plan=file, drives=False), scenarios or [])
    if as_json:
        print(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        _tell(found)


def _tell(found: Forecast) -> None:
    from rig.planning.forecast import groups
    from rig.planning.outlook import BY
    from rig.planning.tally import in_time

    first, _ = found.positions[0]
    assert first.plan is not None, "a plan was named"
    print(f"{first.plan.title}")
    print(f"plan {first.plan.name}, policy {first.policy.name}, bench {first.bench.name}; {BY}")
    for names, setup, told in groups(found.positions):
        print()
        _position(names, setup, told, found)
    if len(found.positions) > 1:
        print(f"\nAll positions side by side: {in_time(found.whole.took)}, where they share no line and no source")


def _position(names: Sequence[str], setup: Setup, told: Outlook, found: Forecast) -> None:
    from rig.cli.table import show
    from rig.planning.foretelling import by_scenario
    from rig.planning.tally import in_time
    from rig.planning.telling import of_scenario, will

    print(f"{', '.join(names)}: map {setup.map_name}")
    if told.why_unknown:
        print(f"  {told.why_unknown}")
        return
    titles = {one.id: one.title for one in found.scenarios}
    foretold = by_scenario(told.foretold)
    amiss = dict(told.amiss)
    rows = [
        {
            "scenario": id_,
            "takes": in_time(use.took),
            "Wh": f"{float(use.energy_wh):.0f}",
            "operations": use.operations,
            "title": titles[id_],
            "needs": ", ".join(use.needs),
            "beforehand": f"{will(foretold[id_])}: {of_scenario(foretold[id_])}"
            if id_ in foretold
            else amiss.get(id_, ""),
        }
        for id_, use in told.uses.items()
    ]
    columns = ["scenario", "takes", "Wh", "operations", "title", "needs"]
    show(rows, [*columns, *(["beforehand"] if any(row["beforehand"] for row in rows) else [])], False)
    use = told.whole
    print(
        f"\nA meter: {in_time(use.took)} of bench time, {in_time(use.loaded)} with the load on, {float(use.energy_wh):.0f} Wh at most, "
        f"{use.operations} relay operations"
    )
    for heading, lines in _sections(told, found):
        print(f"\n{heading}")
        for line in lines:
            print(f"  {line}")


def _sections(told: Outlook, found: Forecast) -> list[tuple[str, list[str]]]:
    """What stands below the table, each part only where there is something to say."""
    from rig.planning.forecast import whys
    from rig.planning.foretelling import by_scenario
    from rig.planning.telling import of_scenario, will

    inconclusive = [f"{id_} {will(one)}: {of_scenario(one)}" for id_, one in by_scenario(told.foretold).items()]
    left_out = {
        word: [f"{', '.join(ids)}: {why}" for why, ids in whys(told, word)] for word in ("not shown", "not promised")
    }
    unresolved = [f"{one.fault} {one.title}: {one.words}" for one in told.unresolved]
    parts = [
        ("Limits of the bench that end this plan:", list(told.over_limits)),
        ("Will or may be INCONCLUSIVE:", inconclusive),
        ("Not rehearsed, or not passed by the healthy twin:", [f"{id_}: {words}" for id_, words in told.amiss]),
        ("Not rehearsed, since no package brings them:", [", ".join(found.own)] if found.own else []),
        ("Promised, and not shown here:", left_out["not shown"]),
        ("Not promised, so left out:", left_out["not promised"]),
        ("Faults that the channels of this bench do not tell from a healthy meter:", unresolved),
        (
            f"Faults that no scenario of this plan looks for ({len(told.unlooked_for)}; `rig list faults` says what they are):",
            [", ".join(told.unlooked_for)] if told.unlooked_for else [],
        ),
    ]
    return [(heading, lines) for heading, lines in parts if lines]
