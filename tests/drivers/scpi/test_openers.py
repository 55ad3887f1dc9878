"""Load and source tables of a bench file: checked whole, before anything is opened."""

from typing import Any

import pytest

from drivers.loads.opener import open_load
from drivers.sources.opener import open_source
from rig.clock import WallClock
from rig.errors import ConfigError
from rig.opener import Opening

LOAD: dict[str, Any] = {"type": "scpi", "resource": "TCPIP::10.0.0.8::5025::SOCKET", "rating_w": 3680}
SOURCE: dict[str, Any] = {"type": "scpi", "resource": "ASRL/dev/ttyUSB0::INSTR", "most_volts": 276}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"dialect": "generic", "timeout_s": "1.0", "accuracy_percent": "0.2"},
        {"resource": "ASRLCOM3::INSTR", "baud": 57600, "parity": "E"},
    ],
)
def test_good_load_tables(more: dict[str, Any]) -> None:
    assert open_load.check(LOAD | more, "P01 load") == []


@pytest.mark.parametrize(
    ("more", "path", "words"),
    [
        ({"resource": "10.0.0.8:5025"}, "resource", "TCPIP::host::port::SOCKET"),
        ({"resource": "TCPIP::10.0.0.8::99999::SOCKET"}, "resource", "port 1 to 65535"),
        ({"dialect": "none_such"}, "dialect", "there are: "),
        ({"timeout_s": 1}, "timeout_s", "in quotes"),
        ({"timeout_s": "0"}, "timeout_s", "greater"),
        ({"rating_w": 0}, "rating_w", "greater than 0"),
        ({"rating_w": "3680"}, "rating_w", "a whole number"),
        ({"accuracy_percent": "good"}, "accuracy_percent", "not a decimal number"),
        ({"bauds": 9600}, "bauds", "is not a known key"),
        ({"baud": 9600}, "", "belong to a serial resource"),
        ({"type": "telepathy"}, "type", "scpi"),
    ],
)
def test_bad_load_tables(more: dict[str, Any], path: str, words: str) -> None:
    found = open_load.check(LOAD | more, "bench.toml: P01.load")
    assert len(found) == 1
    assert found[0].startswith(f"bench.toml: P01.load: {path}")
    assert words in found[0]


def test_every_problem_of_a_source_table_at_once_and_nothing_is_opened() -> None:
    assert open_source.check(SOURCE, "source") == []
    with pytest.raises(ConfigError) as raised:
        open_source(
            SOURCE | {"most_volts": 1000, "resource": "USB0::1::2::INSTR", "colour": "red"},
            Opening("source", WallClock()),
        )
    assert len(raised.value.problems) == 3


def test_a_dialect_of_the_wrong_kind_is_named(tmp_path: Any) -> None:
    from importlib.resources import files

    text = files("drivers.scpi.dialects").joinpath("generic.toml").read_text(encoding="utf-8")
    only_load = tmp_path / "only_load.toml"
    only_load.write_text(text[: text.index("[ac_source]")], encoding="utf-8")
    assert open_load.check(LOAD | {"dialect": str(only_load)}, "load") == []
    [found] = open_source.check(SOURCE | {"dialect": str(only_load)}, "source")
    assert "describes no AC source" in found
