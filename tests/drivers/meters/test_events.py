"""The event log: in order over the wrap of its numbers, only what exists, never an entry torn between two requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from drivers.meters.register_map import load_map
from rig.contracts import MeterEvent
from tests.drivers.meters.devices import NOON, Bench, written_map

REFERENCE = load_map("reference")
TEXT = (files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8")


def fill(bench: Bench, newest: int, count: int) -> None:
    bench.store.values["event_sequence"] = newest
    for back in range(count):
        number = (newest - back) % 65536
        time = NOON - timedelta(seconds=back)
        bench.store.entries[number] = {"sequence": number, "code": 301 + back % 2, "time": time}


def test_an_empty_log_has_no_events() -> None:
    assert Bench(REFERENCE).meter.events() == []


@pytest.mark.parametrize(("newest", "count"), [(1, 1), (5, 5), (32, 32), (100, 32), (65535, 32), (0, 32), (7, 32)])
def test_events_come_oldest_first_over_the_wrap(newest: int, count: int) -> None:
    bench = Bench(REFERENCE)
    fill(bench, newest, count)
    events = bench.meter.events()
    assert [event.sequence for event in events] == [(newest - back) % 65536 for back in reversed(range(count))]
    assert [event.time for event in events] == [NOON - timedelta(seconds=back) for back in reversed(range(count))]
    assert {event.name for event in events} <= {"load switch disconnected", "load switch connected"}


def test_the_ring_is_read_in_one_call_and_no_entry_is_torn() -> None:
    bench = Bench(REFERENCE)
    fill(bench, 40, 32)
    bench.meter.events()
    assert bench.calls == 1
    assert bench.pdus() == ["0402000001", "0402100040", "0402500040"]


def test_entries_stay_whole_when_reads_are_short(tmp_path: Path) -> None:
    text = TEXT.replace("max_registers_per_read = 64", "max_registers_per_read = 18")
    bench = Bench(written_map(tmp_path, text, head=""))
    fill(bench, 40, 32)
    assert len(bench.meter.events()) == 32
    assert {request.pdu[4] % 4 for request in bench.asked[1:]} == {0}


def test_bytes_made_by_hand() -> None:
    """Entry 17 stands at place 16, 64 registers behind the first: number, code 215, and 1795543198 s since 1970."""
    bench = Bench(REFERENCE)
    bench.store.values["event_sequence"] = 17
    bench.store.entries[17] = {"sequence": 17, "code": 215, "time": datetime(2026, 11, 24, 17, 59, 58)}
    words = bench.face.read("input", 0x0210 + 64, 4)
    assert [f"{word:04X}" for word in words] == ["0011", "00D7", "6B05", "D09E"]
    assert bench.meter.events() == [MeterEvent(17, 215, "overload occurrence", datetime(2026, 11, 24, 17, 59, 58))]


def test_an_event_written_while_the_log_is_read_is_not_lost() -> None:
    bench = Bench(REFERENCE)
    fill(bench, 41, 32)
    said = iter([40])  # what the first request still saw; then entry 41 is there
    bench.store.shows["event_sequence"] = lambda: next(said, 41)
    assert [event.sequence for event in bench.meter.events()] == list(range(10, 42))


def test_codes_that_the_map_does_not_name_are_shown() -> None:
    bench = Bench(REFERENCE)
    bench.store.values["event_sequence"] = 1
    bench.store.entries[1] = {"sequence": 1, "code": 777, "time": None}
    (event,) = bench.meter.events()
    assert (event.code, event.name) == (777, "code 777")


def test_an_entry_without_a_time(tmp_path: Path) -> None:
    text = TEXT.replace('{ name = "time", type = "u32" }', '{ name = "time", type = "u32", never = [0] }')
    bench = Bench(written_map(tmp_path, text, head=""))
    bench.store.values["event_sequence"] = 1
    bench.store.entries[1] = {"sequence": 1, "code": 101, "time": None}
    assert bench.meter.events() == [MeterEvent(1, 101, "power fail", None)]


def test_entries_left_from_an_earlier_count_are_not_shown() -> None:
    bench = Bench(REFERENCE)
    fill(bench, 3, 3)
    bench.store.entries |= {
        number: {"sequence": 9000 + number % 7, "code": 101, "time": NOON} for number in (65530, 65535)
    }
    assert [event.sequence for event in bench.meter.events()] == [1, 2, 3]
