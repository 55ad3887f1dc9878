"""Control modes 0 to 7: who may open, who may close, and what waits for the button."""

from __future__ import annotations

import pytest

from drivers.modbus.codec import ModbusRefusal
from tests.drivers.emulated.bench import MeterBench

MODES = range(1, 8)
REMOTE_ARMS = {1, 3, 5, 6}
BY_ITSELF = {5, 6, 7}
BUTTON_OPENS = {1, 2, 5}


def views(bench: MeterBench) -> tuple[bool, int, int]:
    return bench.closed(), bench.get("control_state"), bench.get("disconnect_cause")


@pytest.mark.parametrize("mode", MODES)
def test_remote_disconnect_and_reconnect(mode: int) -> None:
    bench = MeterBench(control_mode=mode)
    bench.meter.set("relay_control", 0)
    bench.wait(1)
    assert views(bench) == (False, 0, 8)
    bench.meter.press_button()
    bench.wait(1)
    assert views(bench) == (False, 0, 8), "the button does not undo an order"
    bench.meter.set("relay_control", 1)
    bench.wait(31)
    if mode in REMOTE_ARMS:
        assert views(bench) == (False, 2, 8)
        bench.power_cycle()
        assert views(bench) == (False, 2, 8)
        bench.meter.press_button()
        bench.wait(1)
    assert views(bench) == (True, 1, 0)


@pytest.mark.parametrize("mode", MODES)
def test_credit_comes_back(mode: int) -> None:
    bench = MeterBench(control_mode=mode, opening_balance=0)
    bench.wait(3)
    assert views(bench) == (False, 2, 4)
    bench.meter.press_button()
    bench.wait(3)
    assert views(bench) == (False, 2, 4), "there is no credit"
    bench.recharge(5_000, 1)
    bench.wait(3)
    assert views(bench) == ((True, 1, 0) if mode in BY_ITSELF else (False, 2, 4))
    bench.meter.press_button()
    bench.wait(1)
    assert bench.closed() or mode in BUTTON_OPENS & BY_ITSELF


@pytest.mark.parametrize("mode", MODES)
def test_an_overload_is_over(mode: int) -> None:
    bench = MeterBench(control_mode=mode, load_limit=1000, over_threshold_duration=3, reclose_interval=10)
    bench.circuit.demand_watts(2000)
    bench.until(8)
    bench.circuit.demand_watts(500)
    bench.until(30)
    assert bench.closed() is (mode in BY_ITSELF)
    bench.meter.set("relay_control", 1)
    bench.wait(1)
    assert bench.closed() is (mode in BY_ITSELF or mode not in REMOTE_ARMS)


@pytest.mark.parametrize("mode", MODES)
def test_who_may_open_by_hand(mode: int) -> None:
    bench = MeterBench(control_mode=mode)
    bench.meter.press_button()
    bench.wait(1)
    assert views(bench) == ((False, 2, 0) if mode in BUTTON_OPENS else (True, 1, 0))
    bench.meter.press_button()
    bench.wait(1)
    assert bench.closed()


def test_mode_0_is_always_connected() -> None:
    bench = MeterBench(control_mode=0, opening_balance=0)
    bench.meter.set("relay_control", 0)
    bench.wait(5)
    assert views(bench) == (True, 1, 0)
    bench.meter.set("control_mode", 7)
    bench.wait(1)
    assert views(bench) == (False, 0, 12)
    bench.meter.set("control_mode", 0)
    bench.wait(1)
    assert bench.closed()


def test_a_mode_that_there_is_not() -> None:
    bench = MeterBench()
    with pytest.raises(ModbusRefusal):
        bench.meter.set("control_mode", 8)
    assert bench.get("control_mode") == 7
