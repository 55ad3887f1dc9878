"""The `[promises]` table of a register map: what its keys may be, and what in it cannot be true together.

Durations are decimal seconds as text and become ns; energies Wh as text and become fractions; money is whole paise.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from rig.clock import seconds
from rig.config import Strict

Finding = tuple[str, str]
"""Key path, and what is wrong there."""


def _ns(given: object) -> object:
    if not isinstance(given, str):
        raise ValueError('is a duration in seconds as text, like "0.5"')
    return seconds(given)


def _fraction(given: object) -> object:
    if not isinstance(given, str):
        raise ValueError('is a decimal number as text, like "0.3125"')
    try:
        return Fraction(given)
    except (ValueError, ZeroDivisionError):
        raise ValueError("is not a decimal number") from None


Seconds = Annotated[int, BeforeValidator(_ns), Field(ge=0)]
Exact = Annotated[Fraction, BeforeValidator(_fraction), Field(ge=0)]
Open = Annotated[int, Field(ge=0, le=2)]


class _Table(Strict):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True, defer_build=True)


class TripPair(_Table):
    """Above `times` the limit, the limiter waits so long (s)."""

    times: Exact
    delay_s: Seconds


class OverloadPromise(_Table):
    """How the limiter decides, by its family.

    definite_time: the load stays above the limit for a delay that is a number of its own, or stands in the register
    over_threshold_duration. inverse: `pairs`, each a delay of its own above so many times the limit; the first that is up
    trips. demand_average: the mean over `average_s` is above the limit; a sliding mean is looked at every metering window,
    a block mean at the end of each block. A mean begins anew, with nothing before it, when the contact closes, power
    returns or the limit is changed.

    `tolerance_percent` is how well the limit itself is kept; the meter's accuracy where that is not promised.
    """

    family: Literal["definite_time", "demand_average", "inverse"]
    compares: Literal[">", ">="] = ">"
    delay: Literal["over_threshold_duration"] | None = None
    delay_s: Seconds | None = None
    pairs: list[TripPair] = Field(default=[])
    average_s: Seconds | None = None
    average: Literal["sliding", "block"] | None = None
    cleared_after_s: Seconds | None = None
    tolerance_percent: Exact | None = None

    def findings(self) -> Iterator[Finding]:
        """What in it cannot be true together."""
        if self.family == "definite_time" and (self.delay is None) == (self.delay_s is None):
            yield "delay", "needs either delay (the register) or delay_s (a fixed time), and not both"
        if self.family == "inverse" and not self.pairs:
            yield "pairs", "is missing: an inverse limiter needs its times and delays"
        if self.family == "demand_average":
            for key in ("average_s", "average"):
                if not getattr(self, key):
                    yield (
                        key,
                        "is missing: an averaging limiter needs its length, and whether it slides or comes in blocks",
                    )
        yield from self._strange()
        yield from self._order()

    def _strange(self) -> Iterator[Finding]:
        belongs = {"delay": "definite_time", "delay_s": "definite_time", "pairs": "inverse"}
        belongs |= {"average_s": "demand_average", "average": "demand_average"}
        for key, family in belongs.items():
            if getattr(self, key) not in (None, []) and self.family != family:
                yield key, f"belongs to the family {family}, and this is {self.family}"

    def _order(self) -> Iterator[Finding]:
        pairs = list(pairwise(self.pairs))
        if self.pairs and self.pairs[0].times < 1:
            yield "pairs", "begin below the limit"
        if any(two.times <= one.times or two.delay_s >= one.delay_s for one, two in pairs):
            yield "pairs", "must rise in times and fall in delay_s"


class OverCurrentPromise(_Table):
    """Above so many amperes for so long (s), the relay opens; then attempts, interval and lock-out as with an overload."""

    amps: Exact
    delay_s: Seconds
    tolerance_percent: Exact | None = None

    def findings(self) -> Iterator[Finding]:
        """A relay that opens at no current carries none."""
        if not self.amps:
            yield "amps", "is zero; leave the table out where over-current is not promised"


class VoltagePromise(_Table):
    """Line voltage above `over_v` or below `low_v` that lasts `lasts_s` is an event, and so is its end when that has lasted as long.

    `works_from_v`: down to this voltage the meter answers and takes recharges.
    """

    over_v: Exact
    low_v: Exact
    lasts_s: Seconds
    works_from_v: Exact | None = None
    tolerance_percent: Exact | None = None

    def findings(self) -> Iterator[Finding]:
        """What is too low is not too high, and a meter that works no more tells nothing."""
        if self.low_v >= self.over_v:
            yield "low_v", "is not below over_v"
        if self.works_from_v is not None and self.works_from_v > self.low_v:
            yield "works_from_v", "is above low_v: a meter that does not work there logs nothing"


class TamperPromise(_Table):
    """A sign of tampering that lasts `lasts_s` is an event, and so is its end when that has lasted as long.

    `opens_relay`: and it opens the relay, until every sign has ended; else supply goes on.
    """

    lasts_s: Seconds
    opens_relay: bool = False


class ControlStates(_Table):
    """The control state while this holds the relay open: 0 disconnected, 2 ready for reconnection."""

    credit: Open | None = None
    overload: Open | None = None
    lock_out: Open | None = None
    command: Open | None = None
    tamper: Open | None = None

    def findings(self) -> Iterator[Finding]:
        """An open relay is never in control state 1, connected."""
        for name in type(self).model_fields:
            if getattr(self, name) == 1:
                yield name, "1 is connected, and the relay is open then; give 0 or 2"


class PowerFailPromise(_Table):
    """What outlives a power failure, and how much energy may not be counted because of one."""

    keeps_relay: bool = False
    keeps_money: bool = False
    keeps_clock: bool = False
    energy_loss_wh: Exact = Fraction(0)


class PromiseTable(_Table):
    """Every promise that a map may make; what is left out is not promised."""

    metering_window_s: Seconds | None = None
    energy_quantum_wh: Exact | None = None
    ledger_tick_s: Seconds | None = None
    status_refresh_s: Seconds | None = None
    contact_s: Seconds | None = None
    command_s: Seconds | None = None
    recharge_s: Seconds | None = None
    reclose_after_recharge_s: Seconds | None = None
    power_up_s: Seconds | None = None
    turnaround_s: Seconds | None = None
    clock_s_per_day: Exact | None = None
    accuracy_percent: Exact | None = None
    display_percent: Exact | None = None
    balance_step_paise: int | None = Field(default=None, gt=0)
    smallest_recharge_paise: int | None = Field(default=None, gt=0)
    largest_recharge_paise: int | None = Field(default=None, gt=0)
    overload: OverloadPromise | None = None
    over_current: OverCurrentPromise | None = None
    line_voltage: VoltagePromise | None = None
    tamper: TamperPromise | None = None
    event_log: Literal["wraps", "stops"] = "wraps"
    starting_current_a: Exact | None = None
    control_mode: int | None = Field(default=None, ge=0, le=7)
    control_state: ControlStates = ControlStates()
    power_fail: PowerFailPromise = PowerFailPromise()

    def findings(self) -> Iterator[Finding]:
        """What in the table cannot be true together."""
        for key in ("metering_window_s", "ledger_tick_s", "energy_quantum_wh"):
            if getattr(self, key) == 0:
                yield key, "is zero, which nothing real is; leave it out where it is not known"
        if self.accuracy_percent is not None and self.accuracy_percent >= 100:
            yield "accuracy_percent", "a meter that may be wrong by the whole measures nothing"
        least, most = self.smallest_recharge_paise, self.largest_recharge_paise
        if least is not None and most is not None and least > most:
            yield "smallest_recharge_paise", f"{least} is above largest_recharge_paise, {most}"
        if self.overload is not None:
            yield from ((f"overload.{key}", text) for key, text in self.overload.findings())
        if self.over_current is not None:
            yield from ((f"over_current.{key}", text) for key, text in self.over_current.findings())
        if self.tamper is not None and self.tamper.opens_relay and self.control_state.tamper is None:
            yield (
                "tamper.opens_relay",
                "needs control_state.tamper: what the register says while it holds the relay open",
            )
        if self.line_voltage is not None:
            yield from ((f"line_voltage.{key}", text) for key, text in self.line_voltage.findings())
        yield from ((f"control_state.{key}", text) for key, text in self.control_state.findings())
