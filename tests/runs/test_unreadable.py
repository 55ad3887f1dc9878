"""What cannot be imported is named with its file and reason, wherever it is met; nothing of it is left out in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.scpi import dialect_files
from rig import catalogue
from tests.runs.benches import wired_bench
from tests.runs.command import native, results, rig
from tests.runs.own import own_scenarios

BROKEN = "\n\nimport nothing_of_this_name\n"
SAID = "ModuleNotFoundError: No module named 'nothing_of_this_name'"

AT = {
    "unit": 1,
    "modbus": "127.0.0.1:1502",
    "load": "TCPIP::127.0.0.1::5025::SOCKET",
    "source": "TCPIP::127.0.0.1::5026::SOCKET",
    "digital_inputs": "127.0.0.1:1503",
    "load_side": 0,
    "line_side": 1,
}

Pack = Callable[[str], Path]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pack]:
    """An installed package of a customer with these catalogue entries; the fixture gives its folder."""
    names = iter(range(100))

    def make(entries: str) -> Path:
        name = f"acme_{tmp_path.name.replace('-', '_')}_{next(names)}"
        site = tmp_path / "site"
        about = site / f"{name}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[rig.catalogue]\n{entries.format(name)}\n")
        folder = site / name
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        monkeypatch.syspath_prepend(str(site))
        catalogue._points.cache_clear()
        return folder

    yield make
    catalogue._points.cache_clear()


class TestAPackageOfScenarios:
    def test_every_module_that_cannot_be_imported_is_named(self, pack: Pack) -> None:
        folder = pack("scenarios.acme = {}")
        (folder / "test_one.py").write_text(BROKEN)
        (folder / "deep").mkdir()
        (folder / "deep" / "test_two.py").write_text("def test_(:\n")

        for what in (("scenarios",), ("maps", "--matrix")):
            ended = rig("list", *what)
            assert ended.code == 2
            assert not ended.out
            assert (
                f"{folder / 'test_one.py'}: cannot be imported: {SAID} ({folder / 'test_one.py'}, line 3)" in ended.err
            )
            assert f"{folder / 'deep' / 'test_two.py'}: cannot be imported: SyntaxError" in ended.err

    def test_a_folder_whose_own_file_cannot_be_imported_is_not_passed_over(self, pack: Pack) -> None:
        folder = pack("scenarios.acme = {}")
        own_scenarios(folder / "deep", "passing")
        (folder / "deep" / "__init__.py").write_text(BROKEN)

        ended = rig("list", "scenarios")

        assert ended.code == 2
        assert f"{folder / 'deep' / 'test_own.py'}: cannot be imported: {SAID}" in ended.err

    def test_a_folder_that_does_not_say_that_it_is_a_package_is_listed_too(self, pack: Pack) -> None:
        own_scenarios(pack("scenarios.acme = {}") / "deep", "passing")

        assert "OWN-1" in rig("list", "scenarios").out

    def test_two_scenarios_with_one_id(self, pack: Pack) -> None:
        folder = pack("scenarios.acme = {}")
        own_scenarios(folder / "one", "passing")
        own_scenarios(folder / "two", "passing")

        ended = rig("list", "scenarios")

        assert ended.code == 2
        assert (
            f"{folder / 'two' / 'test_own.py'}: scenario OWN-1: {folder.name}.one.test_own has one of this id too"
            in (ended.err)
        )

    def test_a_run_of_everything_does_not_leave_it_out(self, pack: Pack, tmp_path: Path) -> None:
        folder = pack("scenarios.acme = {}")
        (folder / "test_one.py").write_text(BROKEN)

        ended = rig("run", "-k", "RCH-1", "--out", tmp_path / "out")

        assert ended.code == 2
        assert f"test_one.py:3: {SAID}" in ended.err
        assert not any((tmp_path / "out").glob("*.rig.jsonl"))


@pytest.mark.parametrize(
    ("entry", "command"),
    [
        ("scenarios.acme = {}.none", ("list", "scenarios")),
        ("scenarios.acme = {}.none", ("run", "-k", "RCH-1")),
        ("faults.acme = {}.none:FAULTS", ("list", "faults")),
        ("loads.acme = {}:open_load", ("list", "instruments")),
        ("policies.acme = {}.none", ("list", "policies")),
        ("policies.acme = {}.none", ("run", "--policy", "arrears_first", "-k", "RCH-1")),
    ],
)
def test_an_entry_of_the_catalogue(pack: Pack, entry: str, command: tuple[str, ...]) -> None:
    folder = pack(entry)

    ended = rig(*command)

    assert ended.code == 2
    assert not ended.out
    label, _, place = entry.format(folder.name).partition(" = ")
    assert f"rig: catalogue entry {label} of {folder.name} ({place}): cannot be imported: " in ended.err


def test_every_file_that_cannot_be_read(pack: Pack) -> None:
    folder = pack("policies.acme = {}")
    for name in ("one", "two"):
        (folder / f"{name}.toml").write_text("format = \n")

    ended = rig("list", "policies")

    assert ended.code == 2
    assert [line.rpartition("/")[2].partition(":")[0] for line in ended.err.splitlines()] == ["one.toml", "two.toml"]


def test_what_two_packages_bring_under_one_name(pack: Pack) -> None:
    folder = pack("policies.acme = {0}\nloads.scpi = {0}:LOAD")
    (folder / "__init__.py").write_text("LOAD = None\n")
    (folder / "arrears_first.toml").write_text("format = 1\n")

    named = rig("explain", "arrears_first", "--recharge", "5")
    listed = rig("list", "instruments")

    assert (named.code, listed.code) == (2, 2)
    assert f"arrears_first: {folder.name} and prepaid-meter-rig bring one of policies each with this name" in named.err
    assert "catalogue entry loads.scpi: " in listed.err and "bring it both" in listed.err


def test_dialects_that_a_bench_needs(pack: Pack, tmp_path: Path) -> None:
    pack("dialects.acme = {}.none")
    bench = wired_bench(tmp_path / "bench.toml", {"P01": AT})
    dialect_files._by_name.cache_clear()

    ended = rig("check", bench)

    assert ended.code == 2
    assert "catalogue entry dialects.acme" in ended.said and "cannot be imported: ModuleNotFoundError" in ended.said


class TestPlainPytest:
    def test_nothing_runs_beside_it(self, tmp_path: Path) -> None:
        own = own_scenarios(tmp_path / "own", "passing")
        (own.parent / "test_wrong.py").write_text(BROKEN)

        ended = native(own.parent, "--rig-out", tmp_path / "out")

        assert ended.code == 2
        assert SAID in ended.out
        assert not any((tmp_path / "out").glob("*.rig.jsonl"))

    def test_who_goes_on_all_the_same_finds_an_error_in_the_evidence(self, tmp_path: Path) -> None:
        own = own_scenarios(tmp_path / "own", "passing")
        (own.parent / "test_wrong.py").write_text(BROKEN)

        ended = native(own.parent, "--rig-out", tmp_path / "out", "--continue-on-collection-errors")

        assert ended.code == 1
        told = results(tmp_path / "out")["positions"][0]
        assert told["word"] == "ERROR"
        assert f"test_wrong.py:3: {SAID}; nothing that is in this file was run" in told["errors"][0]
