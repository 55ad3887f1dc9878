"""What every `Load` must do. A new driver is finished when it passes this list on a bench that can be seen through `LoadBench`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from rig.clock import Clock
from rig.contracts import Load


@dataclass
class LoadBench:
    """A load, and how a test sees and moves the world around it without asking the load."""

    load: Load
    clock: Clock
    set_volts: Callable[[int], None]
    true_watts: Callable[[], int]


def draws_what_it_was_told(bench: LoadBench) -> None:
    bench.set_volts(230)
    bench.load.draw_watts(2317)
    assert bench.true_watts() == 2317


def the_span_holds_the_moment(bench: LoadBench) -> None:
    bench.set_volts(230)
    for watts in (2317, 1234):
        before = bench.clock.now()
        span = bench.load.draw_watts(watts)
        assert before <= span.lo < span.hi <= bench.clock.now()
        assert bench.true_watts() == watts


def zero_watts_is_off(bench: LoadBench) -> None:
    bench.set_volts(230)
    bench.load.draw_watts(900)
    bench.load.draw_watts(0)
    assert bench.true_watts() == 0


def off_is_off_and_may_be_said_twice(bench: LoadBench) -> None:
    bench.set_volts(230)
    bench.load.draw_watts(900)
    before = bench.clock.now()
    span = bench.load.off()
    assert before <= span.lo < span.hi <= bench.clock.now()
    assert bench.true_watts() == 0
    bench.load.off()
    assert bench.true_watts() == 0


def the_rating_refuses_and_nothing_changes(bench: LoadBench) -> None:
    bench.set_volts(230)
    bench.load.draw_watts(700)
    for watts in (bench.load.rating_w + 1, -1):
        with pytest.raises(ValueError, match="nothing was sent"):
            bench.load.draw_watts(watts)
        assert bench.true_watts() == 700
    bench.load.draw_watts(bench.load.rating_w)
    assert bench.true_watts() == bench.load.rating_w


def measures_what_is_there(bench: LoadBench) -> None:
    bench.set_volts(230)
    bench.load.draw_watts(2300)
    before = bench.clock.now()
    seen = bench.load.measure()
    assert (seen.voltage_v, seen.current_a, seen.power_w) == (Decimal(230), Decimal(10), Decimal(2300))
    assert before <= seen.sent < seen.received <= bench.clock.now() or bench.clock.virtual


def measures_anew_each_time(bench: LoadBench) -> None:
    bench.set_volts(230)
    bench.load.draw_watts(2300)
    bench.load.measure()
    bench.set_volts(200)
    assert bench.load.measure().voltage_v == 200
    bench.load.draw_watts(1000)
    assert bench.load.measure().power_w == 1000


def a_dead_line_is_a_trip_by_name_and_not_an_error(bench: LoadBench) -> None:
    bench.set_volts(230)
    bench.load.draw_watts(1500)
    assert bench.load.tripped() == ""
    bench.set_volts(0)
    assert bench.load.tripped() == "undervoltage"
    assert bench.load.measure().power_w == 0


def draws_again_after_a_trip(bench: LoadBench) -> None:
    bench.set_volts(230)
    bench.load.draw_watts(1500)
    bench.set_volts(0)
    assert bench.load.tripped()
    bench.set_volts(230)
    bench.load.draw_watts(1600)
    assert bench.load.tripped() == ""
    assert bench.true_watts() == 1600


def off_works_while_tripped(bench: LoadBench) -> None:
    bench.set_volts(230)
    bench.load.draw_watts(1500)
    bench.set_volts(0)
    bench.load.off()
    bench.set_volts(230)
    assert bench.true_watts() == 0
    assert bench.load.tripped() in ("", "undervoltage")


CASES = (
    draws_what_it_was_told,
    the_span_holds_the_moment,
    zero_watts_is_off,
    off_is_off_and_may_be_said_twice,
    the_rating_refuses_and_nothing_changes,
    measures_what_is_there,
    measures_anew_each_time,
    a_dead_line_is_a_trip_by_name_and_not_an_error,
    draws_again_after_a_trip,
    off_works_while_tripped,
)
