"""Load, source and relay sense as each other's witnesses: what contradicts itself keeps a FAIL out, what agrees lets it in."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.clock import SECOND, VirtualClock
from rig.contracts import LoadMeasurement, RelayState
from rig.disagreement import CannotTell, Disagreement, Seen
from rig.errors import LinkError
from rig.witness import Witness
from rig.workplace import open_sim

VOLTS, HERTZ = Decimal(230), Decimal(50)


def bench(tmp_path: Path, *faults: str) -> tuple[VirtualClock, Witness]:
    clock = VirtualClock()
    setup = setup_of(Choices(out=str(tmp_path / "run"), faults=faults))
    witness = Witness(open_sim(setup, clock), clock, setup.table, setup.bench.mains.volts)
    witness.devices.source.on(VOLTS, HERTZ)
    clock.sleep_until(clock.now() + 3 * SECOND)
    return clock, witness


def measured(volts: str, watts: str) -> LoadMeasurement:
    return LoadMeasurement(Decimal(volts), Decimal(0), Decimal(watts), 0, 1)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Seen(RelayState.CLOSED, True, 0, measured("230", "0"), ""), ""),
        (Seen(RelayState.OPEN, True, 1000, measured("0", "0"), "undervoltage"), ""),
        (Seen(RelayState.OPEN, True, 1000, measured("20", "4.6"), ""), ""),
        (Seen(RelayState.UNKNOWN, False, 0, measured("0", "0"), ""), ""),
        (Seen(RelayState.CLOSED, True, 3000, measured("230", "1000"), ""), ""),
        (Seen(RelayState.CLOSED, True, 0, None, ""), ""),
        (Seen(RelayState.CLOSED, True, 1000, measured("230", "1000"), "overtemperature"), "has tripped"),
        (Seen(RelayState.UNKNOWN, True, 0, measured("230", "0"), ""), "says that it is on"),
        (Seen(RelayState.CLOSED, False, 0, measured("0", "0"), ""), "says that it is off"),
        (Seen(RelayState.CLOSED, True, 0, measured("0", "0"), ""), "says closed"),
        (Seen(RelayState.OPEN, True, 0, measured("230", "0"), ""), "says open"),
        (Seen(RelayState.CLOSED, True, 1000, measured("230", "0"), ""), "told to draw 1000 W"),
        (Seen(RelayState.CLOSED, True, 0, measured("230", "900"), ""), "told to be off"),
    ],
)
def test_what_contradicts_itself_is_said_and_nothing_else(seen: Seen, words: str) -> None:
    said = Disagreement(VOLTS, 5000).of(seen)
    assert (words in said) if words else not said


def test_a_bench_that_agrees_lets_a_meter_be_blamed(tmp_path: Path) -> None:
    _, witness = bench(tmp_path)
    witness.begin()
    witness.devices.load.draw_watts(2317)
    witness.before_blame()
    witness.still_draws()


@pytest.mark.parametrize(
    ("fault", "words"), [("B7", "says closed"), ("B11", "says open"), ("B15", "measured the mains")]
)
def test_a_bench_that_contradicts_itself_begins_nothing(fault: str, words: str, tmp_path: Path) -> None:
    _, witness = bench(tmp_path, fault)
    with pytest.raises(LinkError, match=words):
        witness.begin()


def test_a_load_that_tripped_is_noticed_before_it_is_told_otherwise(tmp_path: Path) -> None:
    clock, witness = bench(tmp_path, "B1")
    witness.begin()
    witness.devices.load.draw_watts(2317)
    witness.still_draws()
    clock.sleep_until(clock.now() + 5 * SECOND)
    with pytest.raises(LinkError, match="overtemperature"):
        witness.still_draws()


def test_a_machine_that_slept_and_a_channel_that_did_not_look_tell_nothing(tmp_path: Path) -> None:
    clock, witness = bench(tmp_path, "B21")
    witness.begin()
    clock.sleep_until(clock.now() + 100 * SECOND)
    with pytest.raises(CannotTell, match="suspended"):
        witness.before_blame()
    clock, witness = bench(tmp_path, "B17")
    witness.begin()
    witness.devices.load.draw_watts(2317)
    clock.sleep_until(clock.now() + SECOND // 10)
    with pytest.raises(CannotTell, match="did not look"):
        witness.before_blame()


def test_a_line_that_stays_live_is_noticed_when_it_is_switched_on_again(tmp_path: Path) -> None:
    clock, witness = bench(tmp_path, "B19")
    witness.begin()
    witness.devices.source.off()
    clock.sleep_until(clock.now() + 5 * SECOND)
    witness.devices.source.on(VOLTS, HERTZ)
    with pytest.raises(LinkError, match="isolate the bench by hand"):
        witness.before_blame()
