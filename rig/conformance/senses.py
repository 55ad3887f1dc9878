"""What every relay sense channel must do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rig.clock import Clock
from rig.conformance.holding import hold, nothing_settles, refuses
from rig.contracts import RelaySense
from rig.errors import LinkError


@dataclass
class SenseUnderTest:
    """A channel, and hands on the copper behind it.

    `set_sides(load, line)` puts voltage on the two sides of the contact; `break_link` makes the channel unreachable.
    """

    sense: RelaySense
    clock: Clock
    set_sides: Callable[[bool, bool], None]
    break_link: Callable[[], None]
    senses_line: bool
    announces: bool
    settle: Callable[[], None] = nothing_settles

    def sides(self, load: bool, line: bool) -> None:
        """Both sides so, and settled."""
        self.set_sides(load, line)
        self.settle()


def shows_both_sides(under: SenseUnderTest) -> None:
    """Both sides are shown as they are, together; a side that is not sensed is None and never a guess."""
    for load, line in ((True, True), (False, True), (False, False), (True, True)):
        under.sides(load, line)
        seen = under.sense.sample()
        hold(seen.load_side is load, f"load side {load} is shown as {seen.load_side}")
        wanted = line if under.senses_line else None
        hold(seen.line_side is wanted, f"line side {line} is shown as {seen.line_side}, not {wanted}")


def stamps_hold_the_look(under: SenseUnderTest) -> None:
    """The stamps of a sample lie inside the call, and two samples do not overlap."""
    under.sides(True, True)
    before = under.clock.now()
    first, second = under.sense.sample(), under.sense.sample()
    after = under.clock.now()
    kept = before <= first.sent < first.received <= second.sent < second.received <= after
    hold(kept, f"{before} {first} {second} {after} are not in this order")


def every_look_is_fresh(under: SenseUnderTest) -> None:
    """A sample is never the last one again."""
    for load in (True, False) * 5:
        under.sides(load, True)
        seen = under.sense.sample().load_side
        hold(seen is load, f"load side {load} is shown as {seen}")


def a_dead_channel_is_a_link_error_and_never_a_state(under: SenseUnderTest) -> None:
    """A channel that does not answer raises a LinkError."""
    under.sides(True, True)
    under.sense.sample()
    under.break_link()
    refuses(LinkError, under.sense.sample, "a sample of a channel that is gone")


def announces_only_what_it_promises(under: SenseUnderTest) -> None:
    """It calls the listener at every change if it says so, and otherwise never."""
    heard: list[int] = []
    said = under.sense.announces(lambda: heard.append(1))
    hold(said is under.announces, f"announces says {said}")
    under.sides(True, True)
    under.sides(False, True)
    hold(bool(heard) is under.announces, f"it was heard {len(heard)} times and announces says {said}")


CASES: tuple[Callable[[SenseUnderTest], None], ...] = (
    shows_both_sides,
    stamps_hold_the_look,
    every_look_is_fresh,
    a_dead_channel_is_a_link_error_and_never_a_state,
    announces_only_what_it_promises,
)
