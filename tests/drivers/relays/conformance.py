"""What every relay sense channel must do, as functions of a bench: the channel, and hands on the copper behind it.

A new channel is finished when it passes `CASES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rig.clock import Clock
from rig.contracts import RelaySense
from rig.errors import LinkError


@dataclass
class SenseBench:
    """`set_sides(load, line)` puts voltage on the two sides of the contact; `break_link` makes the channel unreachable."""

    sense: RelaySense
    clock: Clock
    set_sides: Callable[[bool, bool], None]
    break_link: Callable[[], None]
    senses_line: bool
    announces: bool


def shows_both_sides(bench: SenseBench) -> None:
    for load, line in ((True, True), (False, True), (False, False), (True, True)):
        bench.set_sides(load, line)
        sample = bench.sense.sample()
        assert sample.load_side is load
        assert sample.line_side is (line if bench.senses_line else None)


def stamps_hold_the_look(bench: SenseBench) -> None:
    bench.set_sides(True, True)
    before = bench.clock.now()
    first, second = bench.sense.sample(), bench.sense.sample()
    assert before <= first.sent < first.received <= second.sent < second.received <= bench.clock.now()


def every_look_is_fresh(bench: SenseBench) -> None:
    for load in (True, False) * 5:
        bench.set_sides(load, True)
        assert bench.sense.sample().load_side is load


def a_dead_channel_is_a_link_error_and_never_a_state(bench: SenseBench) -> None:
    bench.set_sides(True, True)
    bench.sense.sample()
    bench.break_link()
    with pytest.raises(LinkError):
        bench.sense.sample()


def announces_only_what_it_promises(bench: SenseBench) -> None:
    heard: list[int] = []
    assert bench.sense.announces(lambda: heard.append(1)) is bench.announces
    bench.set_sides(True, True)
    bench.set_sides(False, True)
    assert bool(heard) is bench.announces


CASES: tuple[Callable[[SenseBench], None], ...] = (
    shows_both_sides,
    stamps_hold_the_look,
    every_look_is_fresh,
    a_dead_channel_is_a_link_error_and_never_a_state,
    announces_only_what_it_promises,
)
