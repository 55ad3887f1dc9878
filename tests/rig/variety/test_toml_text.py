"""What is written reads back as it was."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig.variety.toml_text import toml_text

CHARACTERS = st.characters(codec="utf-8")
LEAVES = st.one_of(st.integers(-(2**63), 2**63 - 1), st.booleans(), st.text(CHARACTERS))
VALUES = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(CHARACTERS), inner)), max_leaves=12
)


@given(st.dictionaries(st.text(CHARACTERS), VALUES, max_size=6))
def test_any_table_of_a_file_reads_back(table: dict[str, object]) -> None:
    assert tomllib.loads(toml_text(table)) == table


@pytest.mark.parametrize("name", ["reference", "odd_kwh", "hiking_dds238"])
def test_a_shipped_map_reads_back(name: str) -> None:
    table = tomllib.loads(resources.files("drivers.meters.maps").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    assert tomllib.loads(toml_text(table)) == table


def test_what_no_file_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="no file of the rig holds"):
        toml_text({"a": 1.5})
