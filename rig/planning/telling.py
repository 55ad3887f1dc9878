"""The outlook in a few lines, for whoever is about to start a run: nothing where there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rig.planning.foretelling import Foretold, by_scenario
from rig.planning.outlook import Outlook

_LINES = 12
"""More than this nobody reads before a run."""


def beforehand(told: Outlook) -> list[str]:
    """What the operator should know before anything is energised, a line each, and where the rest stands."""
    lines = list(_lines(told))
    if len(lines) <= _LINES:
        return lines
    return [*lines[: _LINES - 1], f"and {len(lines) - _LINES + 1} more; `rig plan` lists all, and so does the report"]


def _lines(told: Outlook) -> Iterator[str]:
    if told.why_unknown:
        yield f"what will be INCONCLUSIVE is not known beforehand: {told.why_unknown}"
    yield from told.over_limits
    for id_, found in by_scenario(told.foretold).items():
        yield f"{id_} {will(found)}: {of_scenario(found)}"
    for why, ids in together(told.not_shown_ids):
        yield f"will not be shown: {', '.join(ids)}: {why}"
    for words, ids in together(told.amiss):
        yield f"{', '.join(ids)}: {words}"
    for one in told.unresolved:
        if one.escapes:
            yield f"fault {one.fault} ({one.title}) escapes on this bench: {one.words}"


def will(found: Sequence[Foretold]) -> str:
    """Whether a scenario of which this is foretold will, or may, be INCONCLUSIVE."""
    return "will be INCONCLUSIVE" if any(one.surely for one in found) else "may be INCONCLUSIVE"


def of_scenario(found: Sequence[Foretold]) -> str:
    """What is foretold of a scenario, the sure things first; the same words once."""
    ordered = sorted(found, key=lambda one: not one.surely)
    alike = together([(one.judgement, one.words) for one in ordered])
    return "; ".join(f"{names}: {words}" if (names := ", ".join(filter(None, of))) else words for words, of in alike)


def together(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """(id, why) of many as (why, ids), in the order in which each why comes first."""
    found: dict[str, list[str]] = {}
    for id_, why in pairs:
        found.setdefault(why, []).append(id_)
    return list(found.items())
