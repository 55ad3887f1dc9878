"""The part of the report that repeats what was said before the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rig.announced import announced, foretold, marked, untold
from rig.results import PositionResult, ScenarioResult

Lines = list[dict[str, str]]


def announcement(positions: Sequence[PositionResult]) -> dict[str, Any] | None:
    """What was said of positions that were tested under one identity; None where the run was made by a rig that said nothing."""
    said = [announced(position) for position in positions]
    if not any(said):
        return None
    several = len(positions) > 1
    cannot, shown, faults, other = ([] for _ in range(4))
    for position in positions:
        where = f"{position.name} " if several else ""
        cannot += [{**line, "id": where + line["id"]} for line in _cannot(position)]
        told = announced(position)
        shown += [{"id": where + one["id"], "words": one["why"]} for one in told.get("not_shown", ())]
        faults += [
            {"id": one["fault"], "title": one["title"], "words": one["words"]} for one in told.get("unresolved", ())
        ]
        other += [{"id": where.strip(), "words": words} for words in told.get("limits", ())]
        other += [{"id": where + one["id"], "words": one["words"]} for one in told.get("amiss", ())]
    found = {"cannot": cannot, "shown": _together(shown), "faults": _once(faults), "other": _once(other)}
    found["untold"] = [line for position in positions for line in _untold(position, several)]
    nothing = not any(found.values())
    return {"by": str(next(one["by"] for one in said if one)), "nothing": nothing, **found}


def _cannot(position: PositionResult) -> Iterator[dict[str, str]]:
    """What was said that would not, or might not, be told, with what came of it; judgements with one reason in one line."""
    results = {result.id: result for result in position.scenarios}
    alike: dict[tuple[str, str, bool, str], list[str]] = {}
    for one in announced(position).get("inconclusive", ()):
        came = _came(results.get(str(one["id"])), str(one["judgement"]))
        alike.setdefault((str(one["id"]), str(one["words"]), bool(one["surely"]), came), []).append(one["judgement"])
    for (id_, words, surely, came), judgements in alike.items():
        will = "will be INCONCLUSIVE" if surely else "may be INCONCLUSIVE"
        yield {"id": id_, "judgement": ", ".join(judgements), "will": will, "words": words, "came": came}


def _came(result: ScenarioResult | None, judgement: str) -> str:
    if result is None:
        return "did not run"
    verdict = result.outcome.judgements.get(judgement)
    return str(verdict.word if verdict else result.word)


def _untold(position: PositionResult, several: bool) -> Iterator[dict[str, str]]:
    """What could not be told although nothing had been said of it."""
    for result in position.scenarios:
        if marked(position, result) and (names := untold(position, result)):
            yield {"id": f"{position.name} {result.id}" if several else result.id, "words": ", ".join(names)}


def _once(lines: Lines) -> Lines:
    return [line for place, line in enumerate(lines) if line not in lines[:place]]


def _together(lines: Lines) -> Lines:
    """Lines with the same words as one, their ids side by side."""
    ids: dict[str, list[str]] = {}
    for line in lines:
        ids.setdefault(line["words"], []).append(line["id"])
    return [{"id": ", ".join(names), "words": words} for words, names in ids.items()]


def scenario_note(position: PositionResult, result: ScenarioResult) -> dict[str, Any] | None:
    """What stands under the row of a scenario of which something was said, or that could not be told unannounced."""
    mark, said = marked(position, result), foretold(position, result.id)
    if not mark and not said:
        return None
    lines = _together([{"id": str(one["judgement"]), "words": str(one["words"])} for one in said])
    return {"lines": lines, "untold": untold(position, result) if mark else []}
