"""Runs with maps of other meters: what they can be judged on is judged, the rest is named, and exit codes say which."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from tests.runs.command import results, rig


def test_a_wallet_of_energy_is_judged_in_its_own_steps(tmp_path: Path) -> None:
    ended = rig("run", "--map", "odd_kwh", "--plan", "smoke", "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.said
    words = {row["scenario"]: row["verdict"] for row in ended.table()}
    assert (words["RCH-1"], words["EXH-2"], words["OVL-1"]) == ("PASS", "PASS", "PASS")
    assert words["ARR-1"] == "not promised"
    assert "amounts are kWh" in (tmp_path / "out" / "P01.rig.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize(("fault", "scenario"), [("C2", "EXH-2"), ("P4", "RCH-1")])
def test_a_wallet_of_energy_that_is_wrong_fails(tmp_path: Path, fault: str, scenario: str) -> None:
    ended = rig(
        "run", "--map", "odd_kwh", "--plan", "acceptance", "--fault", fault, "--out", tmp_path / "out", "--json"
    )
    assert ended.code == 1, ended.said
    words = {row["scenario"]: row["verdict"] for row in ended.table()}
    assert words[scenario] == "FAIL"


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("eastron_sdm320y", "balance"),
        ("acrel_ddsy1352", "relay"),
        ("acrel_legacy", "recharge"),
        ("hiking_dds238", "command_s"),
    ],
)
def test_what_is_promised_and_has_nothing_to_show_it_by_is_not_shown(tmp_path: Path, name: str, named: str) -> None:
    ended = rig("run", "--map", name, "--plan", "acceptance", "--out", tmp_path / "out", "--json")
    assert ended.code == 3, ended.said
    rows = [row for row in ended.table() if row["verdict"] == "not shown"]
    assert rows
    assert any(named in str(row["reason"]) for row in rows)
    assert {row["verdict"] for row in ended.table()} <= {"not shown", "not promised"}
    assert results(tmp_path / "out")["word"] == "INCONCLUSIVE"


def test_a_meter_that_is_unlocked_for_long_is_left_as_found_after_power_failures(tmp_path: Path) -> None:
    text = (files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8")
    for ours, theirs in {'lasts_s = "60"': 'lasts_s = "7200"', 'at_first = "open" ': 'at_first = "locked" '}.items():
        assert text.count(ours) == 1, ours
        text = text.replace(ours, theirs)
    (tmp_path / "locked.toml").write_text(text, encoding="utf-8")
    chosen = ("--plan", "acceptance", "-k", "OVL or REL")
    ended = rig("run", "--map", tmp_path / "locked.toml", *chosen, "--out", tmp_path / "out")
    assert ended.code == 0, ended.said
    assert "could not be restored" not in (tmp_path / "out" / "P01.rig.jsonl").read_text(encoding="utf-8")


def test_a_map_with_constants_of_its_own_is_served_as_it_says(tmp_path: Path) -> None:
    text = (files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8")
    for ours, theirs in {
        '"recharge_commit", value = 1': '"recharge_commit", value = 0xA5A5',
        "pending = [0, 1, 2, 8], accepted = [3], duplicate = [6], refused = [4, 5, 7]": (
            "pending = [0, 16], accepted = [32], duplicate = [49], refused = [64, 65]"
        ),
        '158 = "load limit set"': '0x52 = "load limit set"',
        '301 = "load switch disconnected", 302 = "load switch connected"': (
            '0x21 = "load switch disconnected", 0x22 = "load switch connected"'
        ),
        ', 902 = "low credit alarm 2"': "",
        'at_first = "open" ': 'at_first = "locked" ',
    }.items():
        assert text.count(ours) == 1, ours
        text = text.replace(ours, theirs)
    text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("alarm_2 "))
    file = tmp_path / "theirs.toml"
    file.write_text(text, encoding="utf-8")
    ended = rig("run", "--map", file, "--plan", "smoke", "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.said
    assert {row["verdict"] for row in ended.table()} == {"PASS"}
