"""The page about register maps says what is so: its examples load, and it knows every key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from drivers.meters.map_model import Clock, Events, MapFile, Recharge, Register, Relay, Unlock
from rig.contracts import Capability
from rig.promise_table import (
    ControlStates,
    OverCurrentPromise,
    OverloadPromise,
    PowerFailPromise,
    PromiseTable,
    TamperPromise,
    TripPair,
    VoltagePromise,
)
from rig.promises import ALWAYS, NEEDED
from tests.drivers.meters.devices import written_map

PAGE = (Path(__file__).parents[3] / "docs" / "register-maps.md").read_text(encoding="utf-8")


def test_the_least_map_loads(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    assert written_map(tmp_path, example, head="").model == "Acme P1"


def test_every_example_is_toml() -> None:
    examples = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 3
    for example in examples:
        tomllib.loads(example)


def test_every_key_is_explained() -> None:
    named = {"events": {"table", "address", "registers_per_entry"}, "register": {"note"}}
    for model in (MapFile, Register, Recharge, Relay, Unlock, Clock, Events):
        for name, field in model.model_fields.items():
            key = field.alias or name
            if key not in named.get(model.__name__.lower(), set()):
                assert re.search(rf"\b{key}\b", PAGE), f"{model.__name__}.{key}"


def _rows(heading: str) -> dict[str, str]:
    """Every name in the first column of the tables below a heading, with its row."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| (`[^|]+) \|.*$", section)
    return {name: cell for cell in rows for name in re.findall(r"`(\w+)`", cell)}


def test_the_tables_name_every_capability_and_promise_and_no_others() -> None:
    assert set(_rows("Capabilities")) == {one.value for one in Capability}
    assert set(_rows("Promises")) == set(PromiseTable.model_fields)


@pytest.mark.parametrize(
    "model",
    [OverloadPromise, TripPair, OverCurrentPromise, ControlStates, PowerFailPromise, VoltagePromise, TamperPromise],
)
def test_every_part_of_a_promise_is_explained(model: type[BaseModel]) -> None:
    section = PAGE.partition("\n## Promises\n")[2].partition("\n## ")[0]
    for name in model.model_fields:
        assert re.search(rf"\b{name}\b", section), f"{model.__name__}.{name}"


def test_what_the_tables_say_of_need_is_what_the_rig_asks() -> None:
    section = PAGE.partition("\n## Promises\n")[2]
    rows = re.findall(r"(?m)^\| `(\w+)`", section)
    assert rows[:8] == sorted(ALWAYS, key=rows.index)
    capabilities = PAGE.partition("\n## Capabilities\n")[2]
    for capability, promises in NEEDED.items():
        row = next(line for line in capabilities.splitlines() if line.startswith(f"| `{capability}`"))
        for path in promises:
            short = {"smallest_recharge_paise": "smallest_", "overload": "overload"}.get(path, path)
            assert short in row or path == "overload", f"{capability}: {path}"
