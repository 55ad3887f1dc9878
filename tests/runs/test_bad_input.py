"""Wrong use: every problem at once, exit 2, nothing energised, nothing written over."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.runs.command import ROOT, Ended, rig
from tests.runs.own import own_scenarios

LOOPBACK = (ROOT / "scenarios" / "benches" / "loopback.toml").read_text(encoding="utf-8")
SIM = (ROOT / "scenarios" / "benches" / "sim.toml").read_text(encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return own_scenarios(tmp_path / "own", "passing")


def refused(tmp_path: Path, *arguments: object) -> Ended:
    """A run that must be refused, and that must have made no folder."""
    out = tmp_path / "out"
    ended = rig("run", *arguments, "--out", out)
    assert ended.code == 2, ended.said
    assert not out.exists()
    return ended


def test_every_wrong_option_is_named(tmp_path: Path, own: Path) -> None:
    wrong = ["--plan", "noplan", "--policy", "nopolicy", "--map", "nomap", "--bench", "nobench", "--seed", "1.5"]

    ended = refused(tmp_path, own, tmp_path / "nowhere", *wrong, "--fault", "NOPE", "--fault", "NAPE")

    for name in ("noplan", "nopolicy", "nomap", "nobench", "seed 1.5", "fault NOPE", "fault NAPE", "nowhere"):
        assert f"{name}: " in ended.err, name
    assert len(ended.err.splitlines()) == 8


def test_an_unknown_option(tmp_path: Path, own: Path) -> None:
    assert "--nope" in refused(tmp_path, own, "--nope").err


def test_every_misspelt_key_of_a_bench_file(tmp_path: Path, own: Path) -> None:
    bench = tmp_path / "bench.toml"
    bench.write_text(SIM.replace("every_ms", "evry_ms").replace("volts = 276", "volt = 276"), encoding="utf-8")

    ended = refused(tmp_path, own, "--bench", bench)

    assert f"{bench}: positions.0.evry_ms: is not a known key" in ended.err
    assert f"{bench}: limits.volt: is not a known key" in ended.err
    assert f"{bench}: limits.volts: is missing" in ended.err


def test_a_plan_that_names_what_nobody_knows(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('format = 1\nname = "own"\ntitle = "own"\nscenarios = ["RCH-1", "RCH-l"]\n', encoding="utf-8")

    assert "plan own: RCH-l is neither among the scenarios given nor" in refused(tmp_path, "--plan", plan).err
    assert "RCH-l" in refused(tmp_path, "--plan", plan, "-k", "RCH-1").err


def test_an_empty_selection(tmp_path: Path, own: Path) -> None:
    assert "nothing was selected" in refused(tmp_path, own, "-k", "nothing_matches").err
    assert "selects none" in refused(tmp_path, own, "--plan", "smoke").err


def test_a_folder_without_scenarios(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "test_foreign.py").write_text("def test_foreign():\n    raise SystemExit('never run')\n")

    assert "nothing was selected" in refused(tmp_path, foreign).err


def test_a_function_that_takes_the_bench_and_declares_nothing(tmp_path: Path, own: Path) -> None:
    (own.parent / "test_undeclared.py").write_text("def test_undeclared(bench):\n    bench.power_on()\n")

    ended = refused(tmp_path, own.parent)

    assert "test_undeclared.py::test_undeclared: takes the rig's bench and is not declared with @scenario" in ended.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ndef test_(:\n", "test_wrong.py:2: SyntaxError: invalid syntax"),
        ("\n\nimport nothing_of_this_name\n", "test_wrong.py:3: ModuleNotFoundError: No module named"),
    ],
)
def test_a_scenario_file_that_cannot_be_read_keeps_the_others_from_running(
    tmp_path: Path, own: Path, text: str, said: str
) -> None:
    (own.parent / "test_wrong.py").write_text(text)

    assert said in refused(tmp_path, own.parent).err


def test_a_file_that_goes_with_an_option(tmp_path: Path) -> None:
    bench = tmp_path / "bench.toml"
    bench.write_text(SIM, encoding="utf-8")

    assert f"{bench}: is no scenario file" in refused(tmp_path, bench).err


def test_faults_are_not_for_real_devices_and_a_wired_bench_needs_them(tmp_path: Path, own: Path) -> None:
    bench = tmp_path / "bench.toml"
    bench.write_text(SIM.replace('kind = "sim"', 'kind = "wired"'), encoding="utf-8")

    ended = refused(tmp_path, own, "--bench", bench)

    for missing in ("positions.P01.meter.bus", "positions.P01.sense", "has no source", "emulated"):
        assert missing in ended.err, missing


class TestOut:
    def test_evidence_is_never_written_over(self, tmp_path: Path, own: Path) -> None:
        out = tmp_path / "out"
        assert rig("run", own, "--out", out).code == 0
        before = {file.name: file.read_bytes() for file in out.iterdir()}

        ended = rig("run", own, "--out", out, "--fault", "NOPE")

        assert ended.code == 2
        assert "holds the evidence of another run" in ended.err
        assert "fault NOPE" in ended.err
        assert {file.name: file.read_bytes() for file in out.iterdir()} == before

    def test_a_file_in_the_way(self, tmp_path: Path, own: Path) -> None:
        wall = tmp_path / "wall"
        wall.write_text("here first")

        assert "is no folder" in rig("run", own, "--out", wall).err
        inside = rig("run", own, "--out", wall / "inside")

        assert inside.code == 2
        assert f"{wall} is not a folder that you may write to" in inside.err
        assert wall.read_text() == "here first"


def test_ids_select_and_a_file_or_a_function_of_it_is_a_path(tmp_path: Path) -> None:
    own = own_scenarios(tmp_path / "own", "passing", "failing")

    assert rig("run", f"{own}::test_passing_1", "--out", tmp_path / "function").code == 0
    assert rig("run", own, "-k", "OWN-1", "--out", tmp_path / "id").code == 0
    assert rig("run", own, "-k", "OWN-2", "--out", tmp_path / "other").code == 1


class TestAsAStranger:
    """What somebody types who has read the README only."""

    @pytest.fixture(autouse=True)
    def here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "empty.toml").touch()
        (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
        (tmp_path / "folder.toml").mkdir()
        (tmp_path / "broken.toml").write_text("x = [")
        (tmp_path / "afile").touch()
        return tmp_path

    @pytest.mark.parametrize("option", ["--bench", "--policy", "--map", "--plan"])
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("empty.toml", "empty.toml: format: is missing"),
            ("binary.toml", "binary.toml: is not UTF-8 text"),
            ("folder.toml", "folder.toml: is a folder, and a file is needed"),
            ("broken.toml", "broken.toml: "),
            ("nothing.toml", "nothing.toml: there is no such file"),
            ("nonsense", "nonsense: is no entry of "),
            ("", ": is empty; name something, or leave it out"),
        ],
    )
    def test_a_file_that_is_none(self, option: str, name: str, said: str) -> None:
        for command in ("run",) if option == "--plan" else ("run", "emulate"):
            ended = rig(command, option, name)

            assert ended.code == 2, ended.said
            assert said in ended.err, ended.err
        assert not Path("out").exists()

    def test_an_empty_out_writes_nothing_here(self, here: Path) -> None:
        before = sorted(here.iterdir())

        assert rig("run", "--out", "").code == 2
        assert sorted(here.iterdir()) == before

    @pytest.mark.parametrize("name", ["empty.toml", "binary.toml", "folder.toml", "broken.toml", "nothing.toml"])
    def test_check_says_what_is_wrong_with_each(self, name: str) -> None:
        ended = rig("check", name, "--json")

        assert ended.code == 2
        assert [row["problem"].startswith(f"{name}: ") for row in ended.table()] == [True]

    def test_wrong_values_are_told_without_jargon(self, here: Path) -> None:
        text = SIM.replace("volts = 276", "volts = -5").replace("every_ms = 20", 'every_ms = "a"')
        (here / "bench.toml").write_text(text.replace('"P01"', '"P 01"').replace('kind = "sim"', 'kind = "simm"'))

        ended = rig("run", "--bench", "bench.toml")

        for words in (
            "limits.volts: must be greater than 0 (given: -5)",
            "positions.0.every_ms: must be a whole number (given: 'a')",
            "positions.0.name: must be letters, digits, dots, dashes and underlines (given: 'P 01')",
            "kind: must be 'sim', 'loopback' or 'wired' (given: 'simm')",
            "mains.volts: 230 is above limits.volts, -5",
        ):
            assert f"bench.toml: {words}" in ended.err, ended.err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("report", "nowhere"), "nowhere: there is no such folder"),
            (("report", "afile"), "afile: there is no such folder"),
            (("report", "folder.toml"), "folder.toml: holds no evidence"),
            (("clear", "P01", "--bench", "sim", "--reason", " "), "--reason: say what was found and done"),
            (("clear", "P01", "--bench", "sim", "--reason", "x"), "sim P01: is not blocked"),
            (("clear", "../x", "--bench", "../y", "--reason", "x"), "is not blocked"),
            (("clear", "P01", "--bench", "nothing.toml", "--reason", "x"), "nothing.toml: there is no such file"),
            (("emulate", "--meters", "0"), "--meters"),
            (("emulate", "--baud", "-1"), "emulated: baud: must be greater than or equal to 300"),
            (("emulate", "--serve", "smoke"), "emulated: serve: must be 'tcp', "),
            (("emulate", "--fault", "ZZ"), "fault ZZ: is not known; `rig list faults`"),
            (("emulate", "--ready-file", "nowhere/x.json"), "--ready-file nowhere/x.json: cannot be written"),
            (("emulate", "--ready-file", "folder.toml"), "--ready-file folder.toml: cannot be written"),
            (("list", "nonsense"), "'scenarios', 'policies'"),
            (("run", "-k", "a b("), "Wrong expression passed to '-k'"),
            (("run", "--seed", "-1"), "seed -1: is no whole number"),
        ],
    )
    def test_one_line_says_what_to_do(self, arguments: tuple[str, ...], said: str) -> None:
        ended = rig(*arguments)

        assert ended.code == 2, ended.said
        assert said in ended.said
        assert not Path("out").exists()


@pytest.mark.loopback
def test_a_port_that_is_taken_is_wrong_use(tmp_path: Path, own: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bench = tmp_path / "bench.toml"
        bench.write_text(LOOPBACK.replace("[emulated]", f"[emulated]\nfirst_port = {port}"), encoding="utf-8")

        ran, served = rig("run", own, "--bench", bench, "--out", tmp_path / "out"), rig("emulate", "--bench", bench)

    assert (ran.code, served.code) == (2, 2), ran.said
    for ended in (ran, served):
        assert f"rig: emulated.first_port: digital inputs: 127.0.0.1:{port} cannot be served" in ended.err
        assert "choose another first_port" in ended.err


def test_an_emulated_bench_without_a_position_that_is_to_be_run(tmp_path: Path, own: Path) -> None:
    bench = tmp_path / "bench.toml"
    bench.write_text(LOOPBACK.replace("[emulated]", '[emulated]\npositions = [{ name = "Q1" }]'), encoding="utf-8")

    assert (
        "emulated.positions: there is no P01, which stands in positions" in refused(tmp_path, own, "--bench", bench).err
    )
