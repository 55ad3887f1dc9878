"""The page about the emulated bench knows every key, and no others; its example is served as it says."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from drivers.emulated.meter.settings import MeterSettings
from drivers.emulated.settings import EmulatedBenchSettings, EmulatedPositionTable
from rig.choices import Choices, setup_of
from rig.workplace import emulated_settings
from tests.runs.command import ROOT, rig

PAGE = (ROOT / "docs" / "emulated.md").read_text(encoding="utf-8")
FIRMWARE = {field.name for field in fields(MeterSettings)}


def rows(heading: str) -> dict[str, str]:
    """Every name in the first column of the table below a heading, with its row."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return {name: line for line in lines for name in re.findall(r"`(\w+)`", line.split("|")[1])}


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("The table `[emulated]`", set(EmulatedBenchSettings.model_fields)),
        ("A position of it", set(EmulatedPositionTable.model_fields)),
        ("Settings of the firmware", FIRMWARE),
    ],
)
def test_every_key_is_there_and_no_other(heading: str, known: set[str]) -> None:
    assert set(rows(heading)) == known


def test_the_defaults_are_those_that_are_told() -> None:
    for name, row in rows("The table `[emulated]`").items():
        told = row.split("|")[2].strip()
        default = EmulatedBenchSettings.model_fields[name].default
        if told.startswith("`"):
            shown = {True: "true", False: "false"}.get(default, default) if isinstance(default, bool) else default
            shown = f'"{shown}"' if isinstance(default, str) else str(shown)
            assert told == f"`{shown}`", name


def test_its_example_is_a_bench(tmp_path: Path) -> None:
    found = re.search(r"^# edge_bench\.toml\n(.*?)^```", PAGE, re.S | re.M)
    assert found
    file = tmp_path / "edge_bench.toml"
    file.write_text(found[1], encoding="utf-8")
    assert rig("check", file).code == 0
    table = emulated_settings(setup_of(Choices(bench=str(file))))
    assert (table["edge_logger"], table["meter"]["control_mode"]) == (True, 4)
