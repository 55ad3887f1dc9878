"""The commented map is a whole one, uses every key that there is, and can be served and tried."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel

from drivers.emulated.bench import open_sim
from drivers.meters.map_model import Clock, Events, MapFile, Recharge, Register, Relay, ResultCodes, Unlock
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.register_map import load_map
from rig.clock import SECOND, VirtualClock
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
from rig.promises import Promises

FILE = Path(__file__).parents[3] / "docs" / "examples" / "commented_map.toml"
TEXT = FILE.read_text(encoding="utf-8")


def test_it_is_a_whole_map() -> None:
    map_ = load_map(FILE)
    assert map_.unseen == {Capability.OVERLOAD: ("load_limit",)}
    assert map_.items["voltage"].address == 16


@pytest.mark.parametrize("model", [MapFile, Register, Recharge, ResultCodes, Relay, Unlock, Clock, Events])
def test_it_uses_every_key(model: type[MapFile]) -> None:
    for name, field in model.model_fields.items():
        assert re.search(rf"\b{field.alias or name}\b", TEXT), f"{model.__name__}.{name}"


@pytest.mark.parametrize(
    "model",
    [
        PromiseTable,
        OverloadPromise,
        TripPair,
        OverCurrentPromise,
        ControlStates,
        PowerFailPromise,
        VoltagePromise,
        TamperPromise,
    ],
)
def test_it_makes_every_promise(model: type[BaseModel]) -> None:
    promises = TEXT.partition("\n[promises]")[2].partition("\n[registers]")[0]
    for name in model.model_fields:
        assert re.search(rf"\b{name} =", promises), f"{model.__name__}.{name}"


def test_its_promises_are_ones_that_the_rig_takes() -> None:
    assert Promises.read(load_map(FILE).promises, "commented").table.control_mode == 7


def test_it_names_every_capability() -> None:
    assert {one for one in Capability if not re.search(rf"\b{one}\b", TEXT)} == set()


def test_an_emulated_meter_serves_it() -> None:
    clock = VirtualClock()
    devices = open_sim({"map": str(FILE)}, clock)
    devices.source.on(Decimal(230), Decimal(50))
    clock.sleep_until(5 * SECOND)
    meter = ModbusMeter(load_map(FILE), devices.bus, 1, clock, "P01 meter")
    values = meter.read().values
    assert values["voltage"] == Decimal(230)
    assert values["last_recharge_time"] is None
    meter.disconnect()
    clock.sleep_until(7 * SECOND)
    assert devices.truth()["contact_closed"] is False
