"""Where a bench and its meters keep their time: distances, names, changes of the clocks, and machines without data of zones."""

from __future__ import annotations

import json
import sys
import zoneinfo
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rig.choices import Choices, setup_of
from rig.config import parse_bench
from rig.errors import ConfigError
from rig.zones import change_ahead, civil_now, distance_text, zone_named, zone_of_a_meter
from tests.runs.command import results, rig

NOVEMBER = datetime(2026, 11, 25, 12, tzinfo=UTC)
LIMITS = {"volts": 253, "amps": 20, "watts": 4600, "watt_hours": 500, "seconds": 900, "relay_operations": 99}


@pytest.mark.parametrize(
    ("zone", "distance"),
    [
        ("+05:30", "+05:30"),
        ("-03:30", "-03:30"),
        ("Z", "+00:00"),
        ("Asia/Kolkata", "+05:30"),
        ("Asia/Kathmandu", "+05:45"),
        ("Europe/Berlin", "+01:00"),
    ],
)
def test_a_zone_has_a_distance(zone: str, distance: str) -> None:
    assert distance_text(zone, NOVEMBER) == distance


def test_a_meter_keeps_the_distance_with_which_its_run_begins() -> None:
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    kept = zone_of_a_meter("Europe/Berlin", summer)
    assert kept.utcoffset(None) == timedelta(hours=2)
    assert NOVEMBER.astimezone(kept).hour == 14


def test_a_change_of_the_clocks_is_told_beforehand() -> None:
    words = change_ahead("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert "from +02:00 to +01:00" in words and "judged by +02:00" in words
    assert change_ahead("Europe/Berlin", NOVEMBER) == ""
    assert change_ahead("+05:30", NOVEMBER) == ""


@pytest.mark.parametrize("wrong", ["India", "+25:00", "+5", "", "Asia/Nowhere", "../etc/passwd"])
def test_what_is_no_zone_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"is no (time zone|distance)"):
        zone_named(wrong)


def test_a_machine_without_data_of_zones_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in {"tzdata", *(name for name in sys.modules if name.startswith("tzdata."))}:
        monkeypatch.setitem(sys.modules, name, None)
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        with pytest.raises(ConfigError, match="install the package tzdata, or write the distance"):
            zone_named("Asia/Kolkata")
        assert distance_text("+05:30", NOVEMBER) == "+05:30", "a distance needs no data"
        with pytest.raises(ConfigError, match=r"b: zone: .*install the package tzdata"):
            parse_bench(bench(zone="Asia/Kolkata"), "b")
    finally:
        zoneinfo.reset_tzpath(before)


def bench(kind: str = "sim", meter: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    table = {"format": 1, "name": "b", "kind": kind, "limits": LIMITS, **more}
    return {**table, "positions": [{"name": "P01", "meter": meter or {}}]}


@pytest.mark.parametrize(
    ("kind", "meter", "kept"),
    [
        ("sim", {}, "Asia/Kathmandu"),
        ("wired", {}, "+05:30"),
        ("wired", {"zone": "Europe/Berlin"}, "Europe/Berlin"),
    ],
)
def test_whose_word_counts(kind: str, meter: dict[str, Any], kept: str, tmp_path: Path) -> None:
    """A real meter's own, else its map's; an emulated one shows the time of its bench."""
    text = json_as_toml(
        bench(kind, {"bus": {"type": "tcp", "host": "127.0.0.1", "port": 1}, **meter}, zone="Asia/Kathmandu")
    )
    (tmp_path / "bench.toml").write_text(text + (WIRED if kind == "wired" else ""), encoding="utf-8")
    assert setup_of(Choices(bench=str(tmp_path / "bench.toml"))).meter_zone == kept


WIRED = """
[positions.load]
type = "scpi"
resource = "TCPIP::127.0.0.1::1::SOCKET"
rating_w = 100
[positions.source]
type = "scpi"
resource = "TCPIP::127.0.0.1::2::SOCKET"
most_volts = 253
[positions.sense]
type = "load"
threshold_v = 30
"""


def json_as_toml(table: dict[str, Any]) -> str:
    def value(one: Any) -> str:
        if isinstance(one, dict):
            return "{ " + ", ".join(f"{key} = {value(to)}" for key, to in one.items()) + " }"
        return json.dumps(one)

    lines = [f"{key} = {value(to)}" for key, to in table.items() if key != "positions"]
    (position,) = table["positions"]
    return "\n".join([*lines, "[[positions]]", *(f"{key} = {value(to)}" for key, to in position.items())]) + "\n"


def test_the_report_has_the_time_of_the_bench(tmp_path: Path) -> None:
    (tmp_path / "bench.toml").write_text(json_as_toml(bench(zone="-03:30")), encoding="utf-8")
    ended = rig("run", "--bench", tmp_path / "bench.toml", "--plan", "smoke", "-k", "RCH-1", "--out", tmp_path / "out")
    assert ended.code == 0, ended.said
    provenance = json.loads((tmp_path / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["zone"] == "-03:30" and provenance["started_local"].endswith("-03:30")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert provenance["started_local"] in page
    assert results(tmp_path / "out")["word"] == "PASS"


def test_a_meter_ought_to_show_the_time_of_its_zone() -> None:
    east, west = civil_now("+05:30"), civil_now("-03:30")
    assert abs(east - west - timedelta(hours=9)) < timedelta(seconds=5)


@pytest.mark.loopback
def test_on_sockets_the_clock_is_judged_in_the_zone_of_the_bench(tmp_path: Path) -> None:
    (tmp_path / "bench.toml").write_text(json_as_toml(bench("loopback", zone="America/New_York")), encoding="utf-8")
    ended = rig(
        "run", "--bench", tmp_path / "bench.toml", "--plan", "type", "-k", "CLK-1", "--out", tmp_path / "out", "--json"
    )
    assert {row["scenario"]: row["verdict"] for row in ended.table()} == {"CLK-1": "PASS"}, ended.said
