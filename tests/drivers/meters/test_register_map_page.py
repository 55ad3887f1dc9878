"""The page about register maps says what is so: its examples load, and it knows every key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from drivers.meters.map_model import Clock, Events, MapFile, Recharge, Register, Relay, Unlock
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
