"""selfcheck.html: the matrix of a self-check as one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from reports.templating import render, resource


class Kind(NamedTuple):
    """What a cell of the matrix may be: its class in the style sheet, its sign, and the words of the key."""

    css: str
    sign: str
    words: str


KINDS: Mapping[str, Kind] = {
    "caught": Kind("caught", "●", "caught, for the reason that is stated"),
    "caught besides": Kind("besides", "○", "caught besides: nothing was stated of this scenario"),
    "wrong reason": Kind("wrong", "!", "wrong reason: another word or reason than is stated"),
    "missed": Kind("missed", "✕", "missed: had to be caught here, and passed"),
    "unverifiable": Kind("unsure", "?", "unverifiable: a good meter does not pass here either"),
    "passed": Kind("passed", "·", "passed: this scenario does not see the fault"),
    "not run": Kind("absent", "", "not run: not promised, or not to be shown, with this meter and policy"),
}
"""In the order in which the better one counts, when a fault was tried in several set-ups."""
SENTENCES = {
    True: "Sound: every fault of the list was caught as stated, and no good meter was blamed",
    False: "Not sound: what has to be mended stands below",
}
MOST_REASONS = 4


def render_selfcheck(found: Mapping[str, Any], path: Path) -> None:
    """Write the page of a self-check document to `path`, over an earlier one."""
    page = render(
        "selfcheck.html",
        found=found,
        style=resource("report.css") + resource("selfcheck.css"),
        sentence=SENTENCES[found["sound"]],
        css="pass" if found["sound"] else "fail",
        tiles=_tiles(found["summary"]),
        mend=_mend(found),
        key=list(KINDS.values()),
        families=_families([one["id"] for one in found["scenarios"]]),
        scenarios=found["scenarios"],
        groups=_groups(found["faults"], found["scenarios"]),
        unlisted=[_details(row) for row in found["unlisted"]],
        unverifiable=[one for one in found["scenarios"] if one["unverifiable"]],
        good=[_good(one) for one in found["healthy"]],
        drawn=[_good(one) for one in found["drawn"] if one["cells"] or one["strays"] or one.get("problem")],
    )
    path.write_text(page, encoding="utf-8")


def _tiles(figures: Mapping[str, int]) -> list[dict[str, object]]:
    """The figures at the top; a figure that must be zero and is not is marked."""

    def tile(words: str, figure: int, of: int | None = None, bad: bool = False) -> dict[str, object]:
        return {"words": words, "figure": figure, "of": of, "css": "bad" if bad else "good"}

    uncaught = figures["faults"] - figures["caught"] - figures["not looked at"]
    tiles = [
        tile("faults caught as stated", figures["caught"], figures["faults"], bad=uncaught > 0),
        tile("missed", figures["missed"], bad=figures["missed"] > 0),
        tile("wrong reason", figures["wrong reason"], bad=figures["wrong reason"] > 0),
        tile("faults unverifiable", figures["unverifiable"], bad=figures["unverifiable"] > 0),
        tile("false alarms", figures["false alarms"], figures["words on good meters"], bad=figures["false alarms"] > 0),
        tile("good meters", figures["good meters"]),
        tile("scenarios unverifiable", figures["scenarios unverifiable"], figures["scenarios"]),
        tile(
            "edges outside their span",
            figures["edges outside"],
            figures["edges outside"] + figures["edges in their spans"],
            bad=figures["edges outside"] > 0,
        ),
    ]
    if figures["unlisted faults"]:
        tiles.append(tile("unlisted faults caught", figures["unlisted caught"], figures["unlisted faults"]))
    return tiles


def _mend(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What keeps the check from being sound: (where, words)."""
    lines = []
    for row in found["faults"]:
        if row["end"] not in ("caught", "not looked at") and not row["broken"]:
            lines.append((f"{row['id']} {row['title']}", row["end"]))
        lines += [(f"{row['id']} {row['title']}", f"{scenario}: {words}") for scenario, words in row["broken"].items()]
        lines += [(row["id"], f"could not be run: {run['problem']}") for run in row["runs"] if run.get("problem")]
    for one in (*found["healthy"], *found["drawn"]):
        lines += [(_who(one), f"{c['scenario']}: {c['in_words']}") for c in one["cells"] if not c.get("beforehand")]
        lines += [(_who(one), words) for words in one["strays"]]
        lines += [(_who(one), f"could not be run: {one['problem']}")] if one.get("problem") else []
    return lines


def _who(one: Mapping[str, Any]) -> str:
    return f"good meter {one['drawn']}" if "drawn" in one else f"good meter, {one['set_up']}, seed {one['seed']}"


def _family(scenario: str) -> str:
    return scenario.rpartition("-")[0] or scenario


def _families(ids: Sequence[str]) -> list[tuple[str, int]]:
    """Families of scenarios in the order of the columns, with how many columns each has."""
    return [(family, len(list(some))) for family, some in groupby(ids, _family)]


def _groups(rows: Sequence[Mapping[str, Any]], scenarios: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the matrix, those of one place in the meter under each other."""
    places = list(dict.fromkeys(row["where"] for row in rows))
    return [
        {
            "where": place,
            "rows": [{**_details(row), "cells": _line(row, scenarios)} for row in rows if row["where"] == place],
        }
        for place in places
    ]


def _line(row: Mapping[str, Any], scenarios: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """One fault's cells in the order of the columns; of several set-ups the best counts, and the tip tells of each."""
    worths: dict[str, list[str]] = {}
    tips: dict[str, list[str]] = {}
    for run in row["runs"]:
        for scenario in run["passed"]:
            worths.setdefault(scenario, []).append("passed")
        for cell in run["cells"]:
            worths.setdefault(cell["scenario"], []).append(cell["worth"])
            tips.setdefault(cell["scenario"], []).append(f"{run['set_up']}: {cell['in_words']}")
    line = []
    for one in scenarios:
        worth = next((worth for worth in KINDS if worth in worths.get(one["id"], ["not run"])), "not run")
        tip = "\n".join([f"{row['id']} × {one['id']}: {worth}", *tips.get(one["id"], [])])
        line.append({"css": KINDS[worth].css, "sign": KINDS[worth].sign, "tip": tip if one["id"] in tips else ""})
    return line


def _details(row: Mapping[str, Any]) -> dict[str, Any]:
    """A fault in words: what is stated of it, and every scenario that did not pass, run by run."""
    stated = row["stated"]
    by = ", ".join(f"{scenario} ({' or '.join(reasons)})" for scenario, reasons in stated["by"].items())
    counted = f", with {stated['counted']} counted" if stated["counted"] else ""
    return {
        **row,
        "css": {"caught": "caught", "missed": "missed", "unverifiable": "unsure"}.get(row["end"], "wrong"),
        "says": f"{stated['word']}{counted}" + (f" by {by}" if by else ""),
        "shown": [{**run, "cells": [_shown(cell) for cell in run["cells"]]} for run in row["runs"]],
    }


def _shown(cell: Mapping[str, Any]) -> dict[str, Any]:
    kind = KINDS[cell["worth"]]
    return {**cell, "css": kind.css, "sign": kind.sign, "reasons": cell["reasons"][:MOST_REASONS]}


def _good(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "who": _who(one)}
