"""Tables for people and programs, checks and listings: valid on standard output, words on standard error."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs.command import ROOT, apart, rig
from tests.runs.own import own_scenarios

SHIPPED = {
    "bench": "scenarios/benches/sim.toml",
    "map": "drivers/meters/maps/reference.toml",
    "policy": "scenarios/policies/arrears_first.toml",
    "plan": "scenarios/plans/acceptance.toml",
    "dialect": "drivers/scpi/dialects/generic.toml",
}


@pytest.mark.parametrize(
    ("what", "name", "key"),
    [
        ("scenarios", "RCH-1", "id"),
        ("faults", "R1", "id"),
        ("policies", "arrears_first", "name"),
        ("maps", "reference", "name"),
        ("dialects", "generic", "name"),
        ("plans", "smoke", "name"),
        ("benches", "loopback", "name"),
    ],
)
def test_lists(what: str, name: str, key: str) -> None:
    as_json, for_people = rig("list", what, "--json"), rig("list", what)

    assert (as_json.code, for_people.code) == (0, 0)
    assert (as_json.err, for_people.err) == ("", "")
    (entry,) = [row for row in as_json.table() if row[key] == name]
    assert entry["package"] == "prepaid-meter-rig"
    assert name in for_people.out


def test_listing_what_there_is_not() -> None:
    ended = rig("list", "meters")

    assert ended.code == 2
    assert "meters" in ended.err and ended.out == ""


class TestCheck:
    def test_every_shipped_file_is_sound_and_known_for_what_it_is(self) -> None:
        ended = rig("check", *(ROOT / file for file in SHIPPED.values()), "--json")

        assert ended.code == 0, ended.said
        assert [(row["is"], row["problem"]) for row in ended.table()] == [(kind, "") for kind in SHIPPED]

    def test_every_problem_of_every_file(self, tmp_path: Path) -> None:
        plan, bench = tmp_path / "plan.toml", tmp_path / "bench.toml"
        plan.write_text('format = 1\nname = "p"\nscenarios = []\nscenarois = ["RCH-1"]\n')
        bench.write_text((ROOT / SHIPPED["bench"]).read_text().replace("every_ms", "evry_ms"))
        (tmp_path / "half.toml").write_text("format = \n")

        files = [plan, bench, tmp_path / "half.toml", tmp_path / "none.toml", ROOT / "pyproject.toml"]
        ended = rig("check", *files, "--json")

        assert ended.code == 2
        problems = {str(row["problem"]) for row in ended.table()}
        for said in ("scenarois: is not a known key", "title: is missing", "evry_ms", "is not TOML", "cannot be read"):
            assert any(said in problem for problem in problems), said
        assert any(problem.startswith(f"{ROOT / 'pyproject.toml'}: is no bench") for problem in problems)

    def test_devices_of_a_wired_bench(self, tmp_path: Path) -> None:
        bench = tmp_path / "bench.toml"
        device = '{ type = "scpi", resource = "TCPIP::10.0.0.9::5025::SOCKET", dialect = "generic", ratng_w = 3680 }'
        bench.write_text(
            'format = 1\nname = "desk"\nkind = "wired"\n'
            "limits = { volts = 276, amps = 25, watts = 5000, watt_hours = 900, seconds = 900, relay_operations = 9 }\n"
            '[[positions]]\nname = "P01"\nmeter = { map = "nomap", bus = { type = "tcp", host = "10.0.0.7", prt = 502 } }\n'
            f'load = {device}\nsense = {{ type = "eyes" }}\n'
            'source = { type = "scpi", resource = "TCPIP::10.0.0.8::5025::SOCKET", dialect = "generic", most_volts = 276 }\n'
        )

        ended = rig("check", bench, "--json")

        assert ended.code == 2
        said = " | ".join(str(row["problem"]) for row in ended.table())
        for problem in ("prt", "ratng_w", "eyes", "nomap"):
            assert problem in said, said


def test_the_summary_is_the_only_thing_on_standard_output(tmp_path: Path) -> None:
    own = own_scenarios(tmp_path / "own", "passing", "failing")

    ended = rig("run", own, "--out", tmp_path / "out", "--json")

    assert [row["verdict"] for row in ended.table()] == ["PASS", "FAIL"]
    assert "P01  FAIL         OWN-2   answer: is 41; promised: 42" in ended.err


def test_output_that_nobody_reads_any_more(tmp_path: Path) -> None:
    """`rig list … | head`: no traceback."""
    import subprocess
    import sys

    from tests.runs.command import surroundings

    line = f'"{sys.executable}" -m rig.cli.main list faults --json | head -c 1'
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, env=surroundings(), capture_output=True, text=True, timeout=60)

    assert done.stdout == "["
    assert "Traceback" not in done.stderr


def test_help_names_every_command() -> None:
    ended = apart("--help")

    assert ended.code == 0
    for command in ("run", "emulate", "check", "list", "report", "clear"):
        assert f"\n  {command} " in ended.out
