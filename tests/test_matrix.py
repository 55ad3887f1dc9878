"""The README's table of meters and families of scenarios is what the maps and scenarios of today make of it."""

from __future__ import annotations

from pathlib import Path

from rig.catalogue import files
from rig.contracts import Capability
from rig.matrix import as_markdown, matrix, offer_of
from rig.scenarios import families
from rig.workplace import read_map

README = Path(__file__).parents[1] / "README.md"
CORE = {"recharge", "arrears", "exhaustion", "overload", "relay"}


def readme() -> dict[tuple[str, str], str]:
    """Cells of the README's table by map and family."""
    lines = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    (start,) = [number for number, line in enumerate(lines) if line.startswith("| map |")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:]]
    head = rows[0]
    return {
        (row[0], family): cell
        for row in rows[1:]
        if len(row) == len(head)
        for family, cell in zip(head, row, strict=True)
    }


def today() -> list[dict[str, str]]:
    return matrix({entry.name: read_map(entry.name) for entry in files("maps")}, families())


def test_the_readme_says_what_is_so() -> None:
    cells, rows = readme(), today()
    assert {family for _, family in cells} >= CORE
    for row in rows:
        for family in {family for _, family in cells}:
            assert cells[row["map"], family] == row[family], "copy the table from `rig list maps --matrix`"


def test_the_reference_meter_can_be_judged_on_everything() -> None:
    (row,) = [row for row in today() if row["map"] == "reference"]
    assert {cell for key, cell in row.items() if key not in ("map", "why not")} == {"yes"}
    assert row["why not"] == ""


def test_what_is_missing_is_named() -> None:
    rows = {row["map"]: row for row in today()}
    assert "balance" in rows["eastron_sdm320y"]["why not"]
    assert "contact_s" in rows["hiking_dds238"]["why not"]
    assert rows["hiking_dds238"]["recharge"] == "–"
    assert "declares no arrears" in rows["odd_kwh"]["why not"]
    assert as_markdown(list(rows.values())).count("\n| ") == len(rows)


def test_a_capability_that_is_promised_without_an_item_is_not_shown() -> None:
    offer = offer_of(read_map("acrel_ddsy1352"), "acrel_ddsy1352")
    assert offer.unseen[Capability.REMOTE_RELAY] == ("relay",)
    for _, scenario in families():
        if scenario.needs == {Capability.REMOTE_RELAY}:
            word, why = offer.lacks(scenario)
            assert word == "not shown"
            assert " relay" in why.partition(";")[0]
