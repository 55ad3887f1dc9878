"""Dialect files: read whole, every problem at once, each with file and key path."""

import re
import tomllib
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from drivers.scpi.dialect import Dialect
from drivers.scpi.dialect_files import load_dialect
from rig.errors import ConfigError
from rig.opener import problems

GENERIC = files("drivers.scpi.dialects").joinpath("generic.toml")


def problems_of(change: Callable[[dict[str, Any]], None]) -> list[str]:
    table = tomllib.loads(GENERIC.read_text(encoding="utf-8"))
    change(table)
    with pytest.raises(ValidationError) as raised:
        Dialect.model_validate(table)
    return problems(raised.value, "x.toml")


def test_every_shipped_dialect_is_whole() -> None:
    shipped = [f for f in files("drivers.scpi.dialects").iterdir() if f.name.endswith(".toml")]
    assert shipped
    for file in shipped:
        assert load_dialect(file).format == 1


def test_found_by_name_by_path_and_not_found_with_what_there_is(tmp_path: Path) -> None:
    copied = tmp_path / "mine.toml"
    copied.write_text(GENERIC.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_dialect("generic") == load_dialect(str(copied)) == load_dialect(copied)
    with pytest.raises(ConfigError, match=r"chroma: is no dialect.*there are: .*generic"):
        load_dialect("chroma")
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read: No such file"):
        load_dialect("nowhere.toml")


def test_a_broken_file_names_itself(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("format = = 1", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"broken\.toml: is no TOML"):
        load_dialect(broken)


def test_every_problem_is_named_at_once_with_file_and_key_path(tmp_path: Path) -> None:
    text = GENERIC.read_text(encoding="utf-8")
    text = (
        text.replace('"POW {number}"', '"POW {watts}"').replace('"INP?"', '"INP"').replace("format = 1", "format = 2")
    )
    text = text.replace("most_errors = 20", "most_errors = 0\nmystery = 3").replace('"MEAS:POW?"', '"FETC:POW?"')
    bad = tmp_path / "bad.toml"
    bad.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_dialect(bad)
    found = raised.value.problems
    for path in (
        "format",
        "talk.most_errors",
        "talk.mystery",
        "load.level.set",
        "load.input.query",
        "load.measure.power",
    ):
        assert any(line.startswith(f"{bad}: {path}: ") for line in found), path
    assert len(found) == 6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t["load"]["level"].update(set="POW"), "placeholder {number}"),
        (lambda t: t["load"]["level"].update(set="POW {number},{number}"), "placeholder {number}"),
        (lambda t: t["load"]["level"].update(set="POW {number"), "placeholder {number}"),
        (lambda t: t["load"]["level"].update(query="POW? {number}"), "no placeholder"),
        (lambda t: t["load"]["level"].update(within="-1"), "greater than or equal to 0"),
        (lambda t: t["load"]["level"].update(within="some"), "not a decimal number"),
        (lambda t: t["load"]["input"].update(on="INP ON\n*RST"), "one line of printable ASCII"),
        (lambda t: t["load"]["input"].update(on="INP?"), "no question mark"),
        (lambda t: t["load"]["input"].update(says_on=["on"], says_off=["ON"]), "says_on and in says_off"),
        (lambda t: t["load"]["protection"].update(words={"UV": "undervoltage"}), "either to bits or to words"),
        (lambda t: t["load"]["protection"].update(bits={}), "either to bits or to words"),
        (lambda t: t["load"]["protection"].update(bits={"a": 2, "b": 2}), "same bit"),
        (lambda t: t["load"]["measure"].update(together="FETCH:VOLT?"), "use MEASure"),
        (lambda t: t["load"].pop("undervoltage_latches"), "is missing"),
        (lambda t: t["talk"].update(identification="["), "no regular expression"),
        (lambda t: t["talk"].update(wait_after_reset_s=3), "in quotes"),
        (lambda t: t["talk"].update(wait_after_reset_s="soon"), "not a number of seconds"),
        (lambda t: (t.pop("load"), t.pop("ac_source")), "neither"),
        (lambda t: t.update(tried_on_hardware="no"), "true or false"),
    ],
)
def test_one_problem_is_one_line(change: Callable[[dict[str, Any]], None], words: str) -> None:
    found = problems_of(change)
    assert len(found) == 1
    assert words in found[0]


def test_a_number_is_written_with_its_decimals_and_never_rounded() -> None:
    dialect = load_dialect("generic")
    assert dialect.load is not None
    assert dialect.ac_source is not None
    assert dialect.load.level.line(2317) == "POW 2317"
    assert dialect.ac_source.voltage.line(Decimal("230.5")) == "VOLT 230.50"
    with pytest.raises(ValueError, match="nothing was sent"):
        dialect.ac_source.voltage.line(Decimal("230.005"))


def test_the_examples_of_the_handbook_are_a_dialect(tmp_path: Path) -> None:
    handbook = Path(__file__).parents[3] / "docs" / "dialects.md"
    blocks = re.findall(r"```toml\n(.*?)```", handbook.read_text(encoding="utf-8"), re.DOTALL)
    generic = GENERIC.read_text(encoding="utf-8")
    borrowed = [
        re.findall(rf"^\[{table}\].*?\n(?=\n)", generic, re.DOTALL | re.MULTILINE)[0]
        for table in ("talk", "load.measure")
    ]
    assert len(blocks) == 3
    example = tmp_path / "example.toml"
    example.write_text("\n".join([*blocks, *borrowed]), encoding="utf-8")
    dialect = load_dialect(example)
    assert dialect.load is not None
    assert dialect.load.level.line(2317) == "POW 2317.0"
