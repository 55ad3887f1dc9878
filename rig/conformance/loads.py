"""What every `Load` must do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from rig.clock import Clock
from rig.conformance.holding import Number, hold, near, nothing_settles, refuses
from rig.contracts import Load


@dataclass
class LoadUnderTest:
    """A load, and how a case sees and moves the world around it.

    `set_volts` puts a voltage (V rms, 0 = dead) on the line; `true_watts` is what is drawn, seen without asking the load
    where that can be; `levels` are three powers that it can make (W, rising, all below its rating). `within` is how far
    power and voltage may lie off (percent), `settle` waits until a setting shows. `full_w` is what it can really make at
    the most (its rating when None). `tells_undervoltage`: it has a name for a dead line.
    """

    load: Load
    clock: Clock
    set_volts: Callable[[int], None]
    true_watts: Callable[[], Number]
    levels: tuple[int, int, int] = (900, 1234, 2317)
    within: Decimal = Decimal(0)
    settle: Callable[[], None] = nothing_settles
    full_w: int | None = None
    volts: int = 230
    tells_undervoltage: bool = True
    measures: bool = True
    """False for a load without a meter: what it draws cannot be seen, and is taken on its word."""

    def live(self) -> None:
        """The line as it ought to be."""
        self.set_volts(self.volts)

    def drawn(self, watts: int, what: str) -> None:
        """Broken unless this power is truly drawn."""
        self.settle()
        if not self.measures:
            return
        near(self.true_watts(), watts, self.within, f"{what}: power truly drawn (W)")


def draws_what_it_was_told(under: LoadUnderTest) -> None:
    """The power asked for is drawn."""
    under.live()
    under.load.draw_watts(under.levels[2])
    under.drawn(under.levels[2], "after draw_watts")


def the_span_holds_the_moment(under: LoadUnderTest) -> None:
    """The span of a setting begins after the call began and ends before it ended."""
    under.live()
    for watts in (under.levels[2], under.levels[1]):
        before = under.clock.now()
        span = under.load.draw_watts(watts)
        after = under.clock.now()
        hold(before <= span.lo < span.hi <= after, f"span {span} is not inside the call, {before} to {after}")
        under.drawn(watts, "after a second setting")


def zero_watts_is_off(under: LoadUnderTest) -> None:
    """Drawing 0 W switches off."""
    under.live()
    under.load.draw_watts(under.levels[0])
    under.load.draw_watts(0)
    under.drawn(0, "after draw_watts(0)")


def off_is_off_and_may_be_said_twice(under: LoadUnderTest) -> None:
    """Off is off, has an honest span, and may be said again."""
    under.live()
    under.load.draw_watts(under.levels[0])
    before = under.clock.now()
    span = under.load.off()
    after = under.clock.now()
    hold(before <= span.lo < span.hi <= after, f"span {span} is not inside the call, {before} to {after}")
    under.drawn(0, "after off")
    under.load.off()
    under.drawn(0, "after a second off")


def the_rating_refuses_and_nothing_changes(under: LoadUnderTest) -> None:
    """A power outside the rating is refused before anything is sent, and the full power is drawn."""
    under.live()
    under.load.draw_watts(under.levels[0])
    for watts in (under.load.rating_w + 1, -1):
        refuses(ValueError, partial(under.load.draw_watts, watts), f"{watts} W", "nothing was sent")
        under.drawn(under.levels[0], f"after {watts} W was refused")
    full = under.load.rating_w if under.full_w is None else under.full_w
    under.load.draw_watts(full)
    under.drawn(full, "at full power")


def measures_what_is_there(under: LoadUnderTest) -> None:
    """Voltage, current and power fit what is there and each other, and the stamps hold the look."""
    under.live()
    under.load.draw_watts(under.levels[2])
    under.settle()
    before = under.clock.now()
    seen = under.load.measure()
    after = under.clock.now()
    near(seen.voltage_v, under.volts, max(under.within, Decimal("0.001")), "voltage (V)")
    near(seen.power_w, under.levels[2], max(under.within, Decimal("0.001")), "power (W)")
    near(seen.voltage_v * seen.current_a, seen.power_w, max(under.within, Decimal("0.05")), "voltage times current (W)")
    inside = before <= seen.sent < seen.received and (seen.received <= after or under.clock.virtual)
    hold(inside, f"stamps {seen.sent} to {seen.received} are not inside the call, {before} to {after}")


def measures_anew_each_time(under: LoadUnderTest) -> None:
    """A measurement is never the last one again."""
    under.live()
    for watts in (under.levels[2], under.levels[0], under.levels[1]):
        under.load.draw_watts(watts)
        under.settle()
        near(under.load.measure().power_w, watts, max(under.within, Decimal("0.001")), "power after a change (W)")


def a_dead_line_is_a_trip_by_name_and_not_an_error(under: LoadUnderTest) -> None:
    """A line that goes dead under load is told as undervoltage, where the load has a name for it, and measures no power."""
    under.live()
    under.load.draw_watts(under.levels[1])
    under.settle()
    hold(under.load.tripped() == "", f"tripped says {under.load.tripped()!r} while all is well")
    under.set_volts(0)
    under.settle()
    if under.tells_undervoltage:
        hold(under.load.tripped() == "undervoltage", f"a dead line is told as {under.load.tripped()!r}")
    if not under.measures:
        return
    seen = under.load.measure().power_w
    hold(abs(seen) <= max(Decimal(1), under.levels[0] * under.within / 100), f"{seen} W are measured on a dead line")


def draws_again_after_a_trip(under: LoadUnderTest) -> None:
    """A load that dropped out with the line is armed again by the next setting."""
    under.live()
    under.load.draw_watts(under.levels[1])
    under.set_volts(0)
    under.settle()
    under.load.tripped()
    under.live()
    under.settle()
    under.load.draw_watts(under.levels[2])
    under.drawn(under.levels[2], "after the line came back")
    hold(under.load.tripped() == "", f"tripped says {under.load.tripped()!r} while it draws")


def off_works_while_tripped(under: LoadUnderTest) -> None:
    """Off is taken on a dead line, and stays when the line comes back."""
    under.live()
    under.load.draw_watts(under.levels[1])
    under.set_volts(0)
    under.settle()
    under.load.off()
    under.live()
    under.drawn(0, "after off on a dead line")
    hold(under.load.tripped() in ("", "undervoltage"), f"tripped says {under.load.tripped()!r}")


CASES: tuple[Callable[[LoadUnderTest], None], ...] = (
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

MEASURING = (measures_what_is_there, measures_anew_each_time)
"""Cases that only a load with a meter can pass."""
