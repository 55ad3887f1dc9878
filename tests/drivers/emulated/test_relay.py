"""The load switch: commands, what its registers say and when, and causes that combine."""

from __future__ import annotations

from tests.drivers.emulated.bench import MeterBench


def state(bench: MeterBench) -> tuple[bool, int, int]:
    return bench.get("output_state"), bench.get("control_state"), bench.get("disconnect_cause")


def test_a_command_is_driven_in_time_and_shown_on_the_refresh_grid() -> None:
    bench = MeterBench()
    bench.circuit.demand_watts(1000)
    bench.until(5.01)
    bench.meter.set("relay_control", 0)
    bench.until(5.099)
    assert (bench.edges(), state(bench)) == ([(5.08, 0)], (True, 1, 0))
    bench.until(5.1)
    assert state(bench) == (False, 0, 8)
    bench.until(7.04)
    bench.meter.set("relay_control", 1)
    bench.until(7.2)
    assert (bench.edges(), state(bench)) == ([(5.08, 0), (7.11, 1)], (True, 1, 0))
    assert bench.codes() == [301, 302]


def test_a_repeated_command_moves_nothing() -> None:
    bench = MeterBench()
    for _ in range(3):
        bench.meter.set("relay_control", 1)
        bench.wait(1)
    assert (bench.edges(), bench.codes()) == ([], [])


def test_a_command_taken_back_before_the_drive_moves_nothing() -> None:
    bench = MeterBench()
    bench.meter.set("relay_control", 0)
    bench.wait(0.03)
    bench.meter.set("relay_control", 1)
    bench.wait(1)
    assert (bench.edges(), bench.codes(), state(bench)) == ([], [], (True, 1, 0))


def test_recharge_does_not_undo_a_remote_disconnect() -> None:
    bench = MeterBench(opening_balance=0)
    bench.until(5)
    bench.meter.set("relay_control", 0)
    bench.until(6)
    assert state(bench) == (False, 0, 4 | 8)
    bench.recharge(10_000, 1)
    bench.wait(5)
    assert state(bench) == (False, 0, 8)
    bench.meter.set("relay_control", 1)
    bench.wait(1)
    assert state(bench) == (True, 1, 0)


def test_reconnect_without_credit_is_taken_and_stays_open() -> None:
    bench = MeterBench(opening_balance=0)
    bench.until(5)
    bench.meter.set("relay_control", 1)
    bench.wait(5)
    assert state(bench) == (False, 2, 4)
    assert len(bench.edges()) == 1


def test_reconnect_in_lock_out_stays_open() -> None:
    bench = MeterBench(load_limit=2000, reclose_attempts=0)
    bench.circuit.demand_watts(2400)
    bench.until(20)
    bench.meter.set("relay_control", 0)
    bench.until(25)
    assert state(bench) == (False, 0, 1 | 8)
    bench.meter.set("relay_control", 1)
    bench.until(30)
    assert state(bench) == (False, 0, 1)
    bench.until(12 + 1800.2)
    assert state(bench) == (True, 1, 0)


def test_recharge_in_lock_out_stays_open_and_its_end_without_credit_too() -> None:
    bench = MeterBench(load_limit=2000, reclose_attempts=0, opening_balance=100, lock_out_duration=100)
    bench.circuit.demand_watts(2400)
    bench.until(20)
    bench.meter.set("balance", 0)
    bench.until(30)
    assert state(bench) == (False, 0, 1 | 4)
    bench.until(113)
    assert state(bench) == (False, 2, 4)
    bench.recharge(100, 1)
    bench.wait(1)
    assert state(bench) == (True, 1, 0)


def test_an_automatic_reclose_does_not_undo_a_remote_disconnect() -> None:
    bench = MeterBench(load_limit=2000)
    bench.circuit.demand_watts(2400)
    bench.until(20)
    bench.meter.set("relay_control", 0)
    bench.until(60)
    assert (state(bench), bench.edges()) == ((False, 0, 8), [(12.02, 0)])


def test_the_button_recloses_at_once_what_waits_after_a_recharge() -> None:
    bench = MeterBench(opening_balance=0)
    bench.until(5)
    bench.meter.press_button()
    bench.until(6)
    assert bench.edges() == [(2.02, 0)]
    bench.meter.set("recharge_amount", 10_000)
    bench.meter.set("recharge_id", 1)
    bench.meter.set("recharge_commit", 1)
    bench.until(6.2)
    bench.meter.press_button()
    bench.until(6.3)
    assert bench.edges() == [(2.02, 0), (6.22, 1)]
