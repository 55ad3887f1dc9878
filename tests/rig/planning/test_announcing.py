"""The parent of a run in wall time rehearses once for all positions, and each position takes what is its own."""

import json
from pathlib import Path

from rig.catalogue import file_named, scenario_folders
from rig.choices import Choices
from rig.plan import load_plan
from rig.planning.announcing import FILE, announce, kept_record
from tests.rig.planning.outlooks import BENCHES

OWN = '@scenario("OWN-1", "mine")\ndef test_own(bench): raise SystemExit(99)\n'


def two_positions(folder: Path) -> str:
    """The bench in virtual time with a second position that is like the first, both too coarse for a remote command."""
    text = (BENCHES / "sim.toml").read_text(encoding="utf-8").replace("every_ms = 20", "every_ms = 200")
    one = text[text.index("[[positions]]") : text.index("[emulated]")]
    file = folder / "two.toml"
    file.write_text(text.replace(one, one + one.replace("P01", "P02")), encoding="utf-8")
    return str(file)


def announced(
    folder: Path, expression: str = "", paths: list[Path] | None = None, plan: str = "acceptance"
) -> list[str]:
    choices = Choices(bench=two_positions(folder), plan=plan, drives=False)
    shipped = scenario_folders() if paths is None else paths
    return announce(choices, ["P01", "P02"], load_plan(file_named("plans", plan)), shipped, expression, folder)


def test_alike_positions_are_told_in_one_line_and_each_keeps_its_own(tmp_path: Path) -> None:
    (line,) = announced(tmp_path, "REL-1 or RCH-1")
    assert line.startswith("P01, P02  beforehand   REL-1 will be INCONCLUSIVE")
    for position in ("P01", "P02"):
        record = kept_record(tmp_path, position, ["REL-1"])
        assert record is not None
        assert {one["id"] for one in record["inconclusive"]} == {"REL-1"}
        other = kept_record(tmp_path, position, ["RCH-1"])
        assert other is not None
        assert other["inconclusive"] == []


def test_what_was_not_rehearsed_is_left_to_the_position(tmp_path: Path) -> None:
    announced(tmp_path, "RCH-1")
    assert kept_record(tmp_path, "P01", ["RCH-1", "OVL-1"]) is None
    assert kept_record(tmp_path, "P09", ["RCH-1"]) is None
    assert kept_record(tmp_path / "elsewhere", "P01", ["RCH-1"]) is None


def test_only_what_is_going_to_be_run_is_rehearsed(tmp_path: Path) -> None:
    def rehearsed() -> list[str]:
        found: list[str] = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))["rehearsed"]
        return found

    announced(tmp_path, plan="smoke")
    assert rehearsed() == ["ARR-1", "EXH-2", "OVL-1", "RCH-1"]
    announced(tmp_path, "not RCH-1", plan="smoke")
    assert "RCH-1" in rehearsed(), "an expression is looked at for ids alone"
    own = tmp_path / "test_own.py"
    own.write_text(OWN, encoding="utf-8")
    assert announced(tmp_path, paths=[own]) == []
    assert rehearsed() == []
