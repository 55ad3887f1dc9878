"""Every device that a bench file may name is in the catalogue, says in a line what it is, and claims no trial on hardware."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from rig.catalogue import files, things
from rig.cli.main import app
from rig.opener import Opener

WANTED = {
    "loads": {"scpi", "resistor_bank", "external", "manual"},
    "sources": {"scpi", "external", "manual"},
    "senses": {"modbus_digital_input", "load", "edge_logger"},
    "buses": {"modbus", "external"},
    "buttons": {"manual", "modbus_coil"},
}


@pytest.mark.parametrize("kind", WANTED)
def test_it_is_there_and_says_what_it_is(kind: str) -> None:
    found = things(kind)
    assert WANTED[kind] <= set(found)
    for label, (opener, _) in found.items():
        assert isinstance(opener, Opener), label
        assert opener.about, label
        assert not opener.tried_on_hardware, label


def test_they_are_listed_with_where_they_stand_in_a_bench_file() -> None:
    listed = CliRunner().invoke(app, ["list", "instruments", "--json"])
    rows = {(row["table"], row["type"]): row for row in json.loads(listed.stdout)}
    assert rows["sense", "edge_logger"]["what"] == "a board that time-stamps edges"
    assert rows["meter.bus", "external"]["tried_on_hardware"] is False


def test_dialects_say_what_is_from_memory() -> None:
    listed = CliRunner().invoke(app, ["list", "dialects", "--json"])
    rows = {row["name"]: row for row in json.loads(listed.stdout)}
    assert set(rows) >= {"generic", "chroma_63800", "itech_it8600", "chroma_61500", "chroma_61600"}
    assert rows["itech_it8600"]["from memory"] == 12
    assert "from memory" not in rows["generic"]
    assert {entry.name for entry in files("dialects")} == set(rows)
