"""`rig check` of bench files: every problem of every table at once, and what is worth knowing of a file that is right."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from rig.clock import IST, utc_now
from tests.runs.command import ROOT, Ended, results, rig
from tests.runs.own import own_scenarios

PAGE = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
SIM = (ROOT / "scenarios" / "benches" / "sim.toml").read_text(encoding="utf-8")


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bench file of docs/bench.md."""
    found = re.search(r"^# bench_a\.toml\n(.*?)^```", PAGE, re.S | re.M)
    assert found
    monkeypatch.setenv("P01_PASSWORD", "1")
    monkeypatch.setenv("P02_PASSWORD", "2")
    file = tmp_path / "bench_a.toml"
    file.write_text(found[1], encoding="utf-8")
    return file


def changed(file: Path, *changes: tuple[str, str]) -> Ended:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return rig("check", file, "--json")


def problems(ended: Ended) -> list[str]:
    return [row["problem"] for row in ended.table() if row["problem"]]


def test_the_shared_source_and_those_who_share_it_are_checked(example: Path) -> None:
    ended = changed(
        example,
        ('most_volts = 253 }\nshared_by = ["P01", "P02"]', 'most_volt = 253 }\nshared_by = ["P01", "P02", "P03"]'),
        ("TCPIP::10.0.0.20::5025::SOCKET", "nonsense"),
    )

    assert ended.code == 2
    found = "\n".join(problems(ended))
    for words in (
        "shared_by: names P03, which is no position",
        "source: most_volt: is not a known key",
        "source: most_volts: is missing",
        "source: resource: ",
    ):
        assert f"{example}: {words}" in found, found


def test_what_is_wrong_in_one_place_hides_nothing_in_another(example: Path) -> None:
    ended = changed(
        example,
        ("format = 1", 'format = 1\ncolour = "red"'),
        ("volts = 253, amps", "volt = 253, amps"),
        ('name = "P02"', 'name = "P01"'),
        ("rating_w = 4600", "rating = 4600"),
        ("load_side = 0", "load_side = 1"),
        ("threshold_v = 30", "threshold_v = 0"),
        ('host = "10.0.0.7", port = 502', 'host = "10.0.0.7", port = 70000'),
    )

    found = "\n".join(problems(ended))
    for words in (
        "colour: is not a known key",
        "limits.volt: is not a known key",
        "limits.volts: is missing",
        "positions: P01 is named twice",
        "positions.P01.load: rating: is not a known key",
        "positions.P01.load: rating_w: is missing",
        "positions.P01.sense: line_side: is the same input as load_side",
        "positions.P01.sense: threshold_v: ",
        "positions.P01.meter.bus: port: must be a whole number from 1 to 65535",
        "shared_by: names P02, which is no position",
    ):
        assert words in found, found


def test_a_run_refuses_what_check_refuses_and_opens_nothing(example: Path, tmp_path: Path) -> None:
    example.write_text(example.read_text(encoding="utf-8").replace("most_volts", "most_volt"), encoding="utf-8")

    ended = rig("run", "--bench", example, "--out", tmp_path / "out")

    assert ended.code == 2, ended.said
    assert "source: most_volt: is not a known key" in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rating_w = 5000,", 'rating_w = 5000, colour = "red",', "positions.P01.load: colour: is not a known key"),
        ("[emulated]", "[emulated]\nlatency = 5", "emulated: latency: is not a known key"),
    ],
)
def test_an_emulated_bench_is_checked_as_whole(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "sim.toml"
    file.write_text(SIM, encoding="utf-8")

    ended = changed(file, (old, new))

    assert ended.code == 2
    assert said in "\n".join(problems(ended))
    assert said in rig("run", "--bench", file, "--out", tmp_path / "out").err


def test_a_password_that_is_not_there_is_a_note(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("P02_PASSWORD")

    ended = rig("check", example, "--json")

    assert ended.code == 0
    key = f"{example}: positions.P02.meter.secrets.password"
    said = f"a run will not begin: {key}: the environment variable P02_PASSWORD is not set"
    assert [r["note"] for r in ended.table() if r["note"]] == [said]


class TestCalibration:
    TODAY = utc_now().astimezone(IST).date()

    def bench(self, tmp_path: Path, due: object, since: object = "2026-01-05") -> Path:
        file = tmp_path / "sim.toml"
        said = f'serial = "AL-1 no. 1234", calibrated_on = {since}, calibration_due = {due}, rating_w = 5000,'
        file.write_text(SIM.replace("rating_w = 5000,", said), encoding="utf-8")
        return file

    def test_one_that_has_expired_is_said_by_check_and_in_the_report(self, tmp_path: Path) -> None:
        due = self.TODAY - timedelta(days=3)
        bench = self.bench(tmp_path, due)

        checked = rig("check", bench)
        ran = rig("run", own_scenarios(tmp_path / "own", "passing"), "--bench", bench, "--out", tmp_path / "out")

        words = f"P01 load AL-1 no. 1234: CALIBRATION EXPIRED: it was due on {due}, 3 days before {self.TODAY}"
        assert checked.code == ran.code == 0
        assert words in " ".join(checked.out.split())
        page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
        assert words in page
        assert f"serial number AL-1 no. 1234, calibrated on 2026-01-05, calibration due {due}" in page
        facts = {
            "what": "P01 load",
            "serial": "AL-1 no. 1234",
            "calibrated_on": "2026-01-05",
            "calibration_due": str(due),
        }
        assert results(tmp_path / "out")["provenance"]["instruments"] == [facts]

    def test_one_that_holds_is_silent(self, tmp_path: Path) -> None:
        bench = self.bench(tmp_path, self.TODAY + timedelta(days=3))

        assert "note" not in rig("check", bench).out

    @pytest.mark.parametrize(
        ("due", "said"),
        [
            ('"soon"', "positions.P01.load: calibration_due: is no day; write it like 2026-08-14"),
            ("2026-08-14T10:00:00", "positions.P01.load: calibration_due: is a time; a day is enough"),
            ("2025-08-14", "positions.P01.load: calibration_due 2025-08-14 is not after calibrated_on 2026-01-05"),
            ("5", "positions.P01.load: calibration_due: "),
        ],
    )
    def test_what_is_no_day_is_refused(self, tmp_path: Path, due: str, said: str) -> None:
        ended = rig("check", self.bench(tmp_path, due), "--json")

        assert ended.code == 2
        assert said in ended.out

    def test_a_bus_is_no_instrument(self, example: Path) -> None:
        ended = changed(example, ("port = 502 }, secrets", 'port = 502, serial = "1" }, secrets'))

        assert "positions.P02.meter.bus: serial: is not a known key" in "\n".join(problems(ended))


def test_mains_that_the_source_cannot_give_or_no_meter_is_made_for(example: Path) -> None:
    ended = changed(example, ("most_volts = 253 }", "most_volts = 200 }"), ('hertz = "50"', 'hertz = "5000"'))

    found = "\n".join(problems(ended))
    assert ended.code == 2
    assert "source.most_volts: 200 is less than mains.volts, 230" in found
    assert "mains.hertz: 5000 is no mains frequency; 45 to 65 is taken" in found


def test_a_number_that_is_wanted_as_text(example: Path) -> None:
    ended = changed(example, ('accuracy_percent = "0.2"', "accuracy_percent = 0.2"))

    assert ended.code == 2
    assert any('accuracy_percent: write it as text, "0.2"' in one for one in problems(ended)), problems(ended)
    assert not any("Decimal" in one for one in problems(ended))


def test_a_plan_is_checked_with_its_policy_and_its_scenarios(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('format = 1\nname = "p"\ntitle = "t"\npolicy = "nope"\nscenarios = ["RCHH-1", "OWN-1", "RCH-1"]\n')
    own = own_scenarios(tmp_path / "mine", "passing")

    alone, beside = rig("check", plan, "--json"), rig("check", plan, "--scenarios", own, "--json")

    assert (alone.code, beside.code) == (2, 2)
    assert [("RCHH-1" in one, "OWN-1" in one, "nope" in one) for one in problems(alone)] == [
        (True, False, False), (False, True, False), (False, False, True),
    ]  # fmt: skip
    assert not any("OWN-1" in one for one in problems(beside))
    assert "did you mean RCH-1?" in problems(alone)[0]


def test_a_policy_beside_a_meter_that_lacks_a_rule_of_it(tmp_path: Path) -> None:
    shipped = (ROOT / "drivers" / "meters" / "maps" / "reference.toml").read_text(encoding="utf-8")
    silent = tmp_path / "silent.toml"
    silent.write_text(shipped.replace('"no_cut_windows", ', "").replace('"notices", ', ""), encoding="utf-8")

    ended = rig("check", ROOT / "scenarios" / "policies" / "nbpdcl.toml", silent, "--json")

    (note,) = [row["note"] for row in ended.table() if row["note"]]
    assert ended.code == 0
    assert (
        note.startswith("not shown: policy nbpdcl promises: no cut: 13:00 to 10:00")
        and "declares no no_cut_windows" in note
    )


@pytest.mark.parametrize(
    "command",
    [
        ("probe", "MAP"), ("conform", "MAP"), ("run", "--bench", "MAP"), ("map", "try", "BENCH"), ("explain", "MAP", "--recharge", "5"),
        ("run", "--plan", "MAP"), ("run", "--map", "BENCH"), ("run", "--policy", "BENCH"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_called_what_it_is(command: tuple[str, ...]) -> None:
    files = {"MAP": ROOT / "drivers/meters/maps/reference.toml", "BENCH": ROOT / "scenarios/benches/sim.toml"}
    ended = rig(*(files.get(word, word) for word in command))

    kind = "map" if "MAP" in command else "bench"
    assert ended.code == 2
    assert f": is a {kind}, and a " in ended.err and "known key" not in ended.err, ended.said
