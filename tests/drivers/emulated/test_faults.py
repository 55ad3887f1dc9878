"""Every fault shows in something that a rig can see, and a meter without it does what it should in the same trial."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from drivers.emulated.faults import FAULTS, faults_named, faulty_unit
from drivers.modbus.unit import Answer
from rig.errors import ConfigError
from tests.drivers.emulated.bench import MeterBench

Trial = Callable[[MeterBench], Any]


def disconnect(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(2317)
    bench.meter.set("relay_control", 0)
    bench.wait(1)
    return bench.circuit.load_side_millivolts, bench.circuit.load_milliamps, bench.get("output_state")


def reconnect(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(2317)
    bench.meter.set("relay_control", 0)
    bench.wait(1)
    bench.meter.set("relay_control", 1)
    bench.wait(1)
    return bench.circuit.load_side_millivolts, bench.get("output_state")


def broke_over_power_cycle(bench: MeterBench) -> Any:
    bench.meter.set("balance", 0)
    bench.wait(3)
    bench.power_cycle()
    return bench.edges()


def run_to_zero(bench: MeterBench) -> Any:
    bench.meter.set("balance", 60)
    bench.circuit.demand_watts(2317)
    bench.until(700)
    return [to for _, to in bench.edges()], bench.get("balance")


def ten_minutes(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(2317)
    bench.wait(600)
    return bench.get("balance"), bench.get("energy"), bench.get("power")


def an_hour_without_load(bench: MeterBench) -> Any:
    bench.wait(3600)
    return bench.get("balance")


def one_recharge(bench: MeterBench) -> Any:
    bench.recharge(123, 4)
    return bench.get("balance"), bench.get("last_recharge_amount"), bench.get("last_recharge_time")


def one_id_twice(bench: MeterBench) -> Any:
    return bench.recharge(12_345, 7), bench.recharge(12_345, 7), bench.get("balance")


def broke_and_recharged(bench: MeterBench) -> Any:
    bench.meter.set("balance", 0)
    bench.wait(2)
    bench.recharge(12_345, 7)
    bench.wait(5)
    return bench.circuit.contact_closed, bench.get("balance")


def into_arrears(bench: MeterBench) -> Any:
    bench.meter.set("arrears", 6_100)
    bench.recharge(12_345, 7)
    return bench.get("balance"), bench.get("arrears")


def nothing_owed(bench: MeterBench) -> Any:
    bench.recharge(12_345, 7)
    return bench.get("balance"), bench.get("arrears")


def bad_amounts(bench: MeterBench) -> Any:
    return [bench.recharge(paise, number) for number, paise in enumerate((0, -1_001, 99, 5_000_001), 1)]


def recharged_before_power_fails(bench: MeterBench) -> Any:
    bench.recharge(12_345, 7)
    bench.wait(5)
    bench.power_cycle()
    return bench.get("balance"), bench.get("recharge_count")


def cut_off_at_once_after_a_recharge(bench: MeterBench) -> Any:
    bench.recharge(12_345, 7)
    bench.power_cycle()
    kept = ("balance", "last_recharge_amount", "last_recharge_time", "total_recharged", "recharge_count")
    return [bench.get(item) for item in kept]


def many_power_failures(bench: MeterBench) -> Any:
    for _ in range(5):
        bench.circuit.demand_watts(1125)
        bench.wait(50)
        bench.circuit.demand_watts(0)
        bench.power_cycle()
    return bench.get("energy")


def clock_after_an_hour(bench: MeterBench) -> Any:
    bench.until(3600)
    return bench.get("clock")


def clock_after_power_fails(bench: MeterBench) -> Any:
    bench.power_cycle(off=8)
    return bench.get("clock")


def events_of_an_operation(bench: MeterBench) -> Any:
    bench.meter.set("relay_control", 0)
    bench.wait(2)
    bench.meter.set("relay_control", 1)
    bench.wait(2)
    return [bench.meter.event(n) for n in range(1, bench.get("event_sequence") + 1)]


def overload(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(3600)
    bench.until(30)
    return bench.edges(), bench.get("control_state"), bench.get("disconnect_cause")


def at_the_limit(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(3000)
    bench.wait(30)
    return bench.edges()


def inrush(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(15_000)
    bench.wait(0.1)
    bench.circuit.demand_watts(1000)
    bench.wait(20)
    return bench.edges()


def lasting_overload(bench: MeterBench) -> Any:
    bench.circuit.demand_watts(3600)
    bench.until(220)
    closed = sum(to for _, to in bench.edges())
    bench.until(1940)
    return closed, sum(to for _, to in bench.edges())


def event(sequence: int, code: int, second: int) -> dict[str, Any]:
    return {"sequence": sequence, "code": code, "time": datetime(2026, 1, 5, 8, 0, second)}


MORNING = datetime(2026, 1, 5, 8, 0, 2)
TRIALS: dict[Trial, tuple[Any, str]] = {
    disconnect: ((0, 0, False), "R1 R5 R7 R9"),
    reconnect: ((230_000, True), "R2"),
    broke_over_power_cycle: ([(3.02, 0)], "R12"),
    run_to_zero: (([0], -1), "C1 C2 C3"),
    ten_minutes: ((52_094, Decimal("385.9375"), 2317), "C7 C9 L1 M1"),
    an_hour_without_load: (52_345, "C8 M8"),
    one_recharge: ((52_468, 123, MORNING), "P1 P4 P11"),
    one_id_twice: ((3, 6, 64_690), "P2"),
    broke_and_recharged: ((True, 12_345), "P8"),
    into_arrears: ((58_590, 0), "A1 A3"),
    nothing_owed: ((64_690, 0), "A16"),
    bad_amounts: ([4, 4, 4, 4], "P15"),
    recharged_before_power_fails: ((64_690, 1), "L4"),
    cut_off_at_once_after_a_recharge: ([64_690, 12_345, MORNING, 12_345, 1], "P3"),
    many_power_failures: (Decimal("78.1250"), "L7"),
    clock_after_an_hour: (datetime(2026, 1, 5, 9, 0, 0), "T1"),
    clock_after_power_fails: (datetime(2026, 1, 5, 8, 0, 12), "T2"),
    events_of_an_operation: ([event(1, 301, 2), event(2, 302, 4)], "E1 E3"),
    overload: (([(12.02, 0)], 2, 1), "O1 O5 R6 E5"),
    at_the_limit: ([], "O2"),
    inrush: ([], "O3"),
    lasting_overload: ((3, 4), "O6 O8"),
}


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.__name__)
def test_without_a_fault_all_is_as_it_should_be(trial: Trial) -> None:
    assert trial(MeterBench()) == TRIALS[trial][0]


@pytest.mark.parametrize(("fault", "trial"), [(f, t) for t, (_, some) in TRIALS.items() for f in some.split()])
def test_each_fault_shows(fault: str, trial: Trial) -> None:
    assert trial(MeterBench([fault])) != TRIALS[trial][0]


def test_every_fault_says_what_it_is() -> None:
    tried = {fault for _, some in TRIALS.values() for fault in some.split()}
    assert tried <= set(FAULTS)
    assert all(fault.id == name and fault.title and fault.expected for name, fault in FAULTS.items())


def test_faults_of_one_room_stand_on_each_other() -> None:
    bench = MeterBench(["A1", "P11", "C7"])
    bench.meter.set("arrears", 1_000)
    bench.circuit.demand_watts(2317)
    bench.wait(100)
    bench.recharge(12_345, 1)
    assert bench.get("balance") == 52_345 + 11_345 * 100 - 1_000


def test_an_unknown_fault_is_refused_by_name() -> None:
    with pytest.raises(ConfigError) as wrong:
        faults_named(["P2", "X1", "X2"])
    assert [problem.split(":")[0] for problem in wrong.value.problems] == ["fault 'X1'", "fault 'X2'"]


def test_late_cut_is_late_by_a_minute_and_early_cut_has_money_left() -> None:
    def cut(*faults: str) -> float:
        bench = MeterBench(faults)
        run_to_zero(bench)
        return bench.edges()[0][0]

    assert (cut(), cut("C2"), cut("C3")) == (146.02, 206.02, 27.02)


def test_swapped_words_both_ways() -> None:
    asked: list[bytes] = []

    def unit(pdu: bytes) -> bytes:
        asked.append(pdu)
        return bytes.fromhex("03 06 0001 0203 0405") if pdu[0] == 3 else pdu[:5]

    faulty = faulty_unit(unit, ["K1"], frozenset({("holding", 0x101)}))
    assert faulty(bytes.fromhex("03 0100 0003")) == bytes.fromhex("03 06 0001 0405 0203")
    faulty(bytes.fromhex("10 0101 0002 04 1111 2222"))
    assert asked[-1] == bytes.fromhex("10 0101 0002 04 2222 1111")
    assert faulty(bytes.fromhex("04 0101 0002")) == bytes.fromhex("04 0101 0002 04")[:5]


def test_swapped_bytes_both_ways() -> None:
    asked: list[bytes] = []

    def unit(pdu: bytes) -> bytes:
        asked.append(pdu)
        return bytes.fromhex("03 06 0001 0000 3039") if pdu[0] == 3 else pdu[:5]

    faulty = faulty_unit(unit, ["K2"], frozenset({("holding", 0x101)}))
    assert faulty(bytes.fromhex("03 0100 0003")) == bytes.fromhex("03 06 0001 0000 3930")
    faulty(bytes.fromhex("10 0101 0002 04 0000 3930"))
    assert asked[-1] == bytes.fromhex("10 0101 0002 04 0000 3039")


def test_every_seventh_read_and_every_written_coil_is_answered_late() -> None:
    faulty = faulty_unit(lambda pdu: pdu, ["K4"], frozenset())
    answers = [faulty(b"\x03\x00") for _ in range(14)]
    assert [n for n, answer in enumerate(answers, 1) if isinstance(answer, Answer)] == [7, 14]
    assert answers[6] == Answer(b"\x03\x00", delay_ns=1_500_000_000)
    assert faulty(b"\x05\x00") == Answer(b"\x05\x00", delay_ns=1_500_000_000)
    assert faulty(b"\x10\x00") == b"\x10\x00"


def test_every_ninth_answer_to_a_read_is_spoiled() -> None:
    faulty = faulty_unit(lambda pdu: pdu, ["K8"], frozenset())
    answers = [faulty(pdu) for _ in range(9) for pdu in (b"\x04\x00", b"\x10\x00")]
    assert [n for n, answer in enumerate(answers) if isinstance(answer, Answer)] == [16]
    assert answers[16] == Answer(b"\x04\x00", corrupt=True)


def test_every_third_write_of_registers_is_carried_out_with_a_bit_turned() -> None:
    took: list[bytes] = []

    def unit(pdu: bytes) -> bytes:
        took.append(pdu)
        return pdu[:5]

    faulty = faulty_unit(unit, ["K7"], frozenset())
    write = bytes.fromhex("10 0120 0002 04 0000 3039")
    assert [faulty(write) for _ in range(3)] == [write[:5]] * 3
    assert took == [write, write, bytes.fromhex("10 0120 0002 04 0000 303D")]
    assert faulty(b"\x05\x00") == b"\x05\x00"
