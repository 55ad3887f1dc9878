"""`rig known-relay` in virtual time: a bench that is as it should be passes and is measured, each fault of it is found in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from drivers.emulated.faults.devices import FAULTS as DEVICES
from drivers.emulated.faults.wiring import FAULTS as WIRING
from rig.choices import Choices, setup_of
from rig.cli.main import app
from rig.errors import ConfigError
from rig.evidence import read
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.runs.command import ROOT, rig

BENCH = """
format = 1
name = "b"
kind = "sim"
limits = {{ volts = 260, amps = 25, watts = 4600, watt_hours = 500000, seconds = 720000, relay_operations = 500 }}
emulated = {{ {emulated} }}

[[positions]]
name = "P01"
sense = {{ {sense} }}
"""

FOUND = {
    "B1": ("load stays on", "overtemperature"),
    "B2": ("load", "it does not obey"),
    "B3": ("load off", "isolate the bench by hand"),
    "B4": ("relay sense", "whether its reading is fresh"),
    "B5": ("load", "MEAS, not FETC"),
    "B6": ("load", "shows nothing below about"),
    "B7": ("relay sense", "whether it is the load of this position"),
    "B8": ("relay sense", "wired to the line side"),
    "B9": ("relay sense", "wired behind the relay"),
    "B10": ("relay sense", "both inputs are crossed"),
    "B11": ("relay sense", "inverted"),
    "B12": ("relay sense", "the load-side input sees nothing"),
    "B13": ("relay sense", "belong to another position"),
    "B14": ("relay sense", "picks up at this voltage and current"),
    "B15": ("delay of the channel", "its answers are old"),
    "B16": ("delay of the channel", "its answers are old"),
    "B18": ("relay sense", "whether it stands still"),
    "B19": ("line dead once the source is off again", "whether the source switches off"),
    "B20": ("relay sense", "nothing arrives"),
    "B21": ("machine awake", "power saving"),
}
"""The row that says NO first, and what it says to look at."""


MOVES = {"B15": 12, "B16": 12, "B21": 60}


def bench_file(folder: Path, emulated: str = "", sense: str = "") -> Path:
    file = folder / "bench.toml"
    file.write_text(BENCH.format(emulated=emulated, sense=sense), encoding="utf-8")
    return file


def known_relay(*arguments: object) -> tuple[int, list[dict[str, Any]], str]:
    done = CliRunner().invoke(app, ["known-relay", *map(str, arguments), "--json"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, json.loads(done.stdout) if done.stdout else [], done.stderr


def test_a_bench_that_is_as_it_should_be_holds_in_everything() -> None:
    code, rows, said = known_relay("sim")
    assert code == 0
    assert {row["holds"] for row in rows} == {"yes"}
    assert {"relay sense", "load", "delay of the channel", "line dead once the source is off again"} <= {
        row["looks at"] for row in rows
    }
    assert "is shipped with the rig" in said


def test_every_fault_of_the_bench_is_tried_and_stands_in_the_page() -> None:
    faults = {fault.id: fault for fault in (*DEVICES, *WIRING)}
    assert {*FOUND, "B17"} == set(faults)
    page = (ROOT / "docs" / "known-relay.md").read_text(encoding="utf-8")
    for fault in faults.values():
        assert fault.ends_in is not None
        assert f"| {fault.id} | {fault.title.removesuffix(' (in virtual time)')}" in page
        [row] = [line for line in page.splitlines() if line.startswith(f"| {fault.id} |")]
        assert row.split("|")[3].strip().startswith(fault.ends_in.word)


@pytest.mark.parametrize("fault", FOUND)
def test_a_fault_of_the_bench_is_found_in_words(fault: str) -> None:
    code, rows, _ = known_relay("sim", "--fault", fault, "--moves", MOVES.get(fault, 5))
    wrong = [row for row in rows if row["holds"] == "NO"]
    assert code == 1, rows
    what, where = FOUND[fault]
    assert wrong[0]["looks at"] == what
    assert where in wrong[0]["seen"] + wrong[0]["look at"]


def test_a_channel_that_does_not_answer_is_the_bench_s_failure() -> None:
    code, rows, _ = known_relay("sim", "--fault", "B17")
    assert code == 4
    assert "no answer" in rows[-1]["seen"] and "P01 sense" in rows[-1]["seen"]


def test_a_link_tells_what_it_can_and_says_what_it_cannot(tmp_path: Path) -> None:
    file = bench_file(tmp_path)
    code, rows, _ = known_relay(file, "--link")
    assert code == 3
    assert [row["looks at"] for row in rows if row["holds"] == "not told"] == [
        "load side and line side apart", "delay of the channel"
    ]  # fmt: skip
    assert not [row for row in rows if row["holds"] == "NO"]
    assert [found.name for found in tmp_path.iterdir()] == ["bench.toml"]
    assert known_relay(file, "--link", "--fault", "B11")[0] == 1


def test_the_delay_is_measured_kept_and_used(tmp_path: Path) -> None:
    file = bench_file(tmp_path, "sense_delay_us = 30000", 'delay_s = ["0", "0.05"]')
    code, rows, said = known_relay(file)
    assert code == 0, rows
    kept = json.loads((tmp_path / "bench.known-relay.json").read_text(encoding="utf-8"))
    least, most = kept["positions"]["P01"]["delay_ns"]
    assert least <= 30_000_000 <= most and most - least < 15_000_000
    assert kept["positions"]["P01"]["edges"] == 40 and kept["bench_sha256"] and kept["measured_on"]
    assert "kept in" in said
    found = run_sim(setup_of(Choices(bench=str(file), out=str(tmp_path / "run"))), ["REL-1", "OVL-1"])
    assert {outcome.word for outcome in found.outcomes.values()} == {Word.PASS}
    evidence = read(tmp_path / "run" / "P01.rig.jsonl")
    [identity] = evidence.of("identity")
    channel = identity["bench"]["channel"]
    assert [float(ms) * 1e6 for ms in channel["delay_ms"]] == [least, most]
    assert "measured with a known relay on" in channel["delay_from"]
    truth = [at for at, what, _ in found.truth["changes"] if what == "contact"]  # type: ignore[attr-defined]
    spans = [edge["span"] for edge in evidence.of("edge") if edge["state"] != "unknown"][1:]
    assert spans and all(any(lo <= at <= hi for at in truth) for lo, hi in spans)


def test_the_report_says_where_the_delay_comes_from(tmp_path: Path) -> None:
    file = bench_file(tmp_path)
    assert known_relay(file, "--moves", 5)[0] == 0
    out = tmp_path / "run"
    assert rig("run", "--bench", file, "--plan", "smoke", "-k", "arrears", "--out", out).code in (0, 3)
    assert "measured with a known relay on" in (out / "report.html").read_text(encoding="utf-8")


def test_figures_of_another_bench_file_are_refused(tmp_path: Path) -> None:
    file = bench_file(tmp_path)
    assert known_relay(file)[0] == 0
    file.write_text(file.read_text(encoding="utf-8") + "every_ms = 50\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="has changed since; run `rig known-relay"):
        setup_of(Choices(bench=str(file)))
    assert known_relay(file)[0] == 0, "whoever measures again is not kept from it"
    assert setup_of(Choices(bench=str(file))).delay_from


@pytest.mark.parametrize("text", ["", "{}", '{"format": 1, "bench": "b"}', "[1]"])
def test_figures_that_cannot_be_read_are_refused(tmp_path: Path, text: str) -> None:
    file = bench_file(tmp_path)
    (tmp_path / "bench.known-relay.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"bench\.known-relay\.json"):
        setup_of(Choices(bench=str(file)))


def test_nothing_is_kept_of_a_bench_that_is_not_as_it_should_be(tmp_path: Path) -> None:
    file = bench_file(tmp_path, 'faults = ["B11"]')
    code, _, said = known_relay(file)
    assert code == 1 and "nothing is kept" in said
    assert [found.name for found in tmp_path.iterdir()] == ["bench.toml"]


def test_a_channel_that_is_slower_than_declared_is_named(tmp_path: Path) -> None:
    code, rows, _ = known_relay(bench_file(tmp_path, "sense_delay_us = 60000", 'delay_s = ["0", "0.005"]'))
    [row] = [row for row in rows if row["holds"] == "NO"]
    assert code == 1
    assert row["looks at"] == "delay of the channel" and "0.0000 … 0.0050 s" in row["seen"]
