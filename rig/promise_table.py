"""The `[promises]` table of a register map: what its keys may be, and what in it cannot be true together.

Durations are decimal seconds as text and become ns; energies Wh as text and become fractions; money is whole paise.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
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
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class OverloadPromise(_Table):
    """How the limiter decides. The delay is a number of its own, or stands in the register over_threshold_duration.

    `tolerance_percent` is how well the limit itself is kept; the meter's accuracy where that is not promised.
    """

    family: Literal["definite_time"]
    compares: Literal[">", ">="] = ">"
    delay: Literal["over_threshold_duration"] | None = None
    delay_s: Seconds | None = None
    cleared_after_s: Seconds | None = None
    tolerance_percent: Exact | None = None

    def findings(self) -> Iterator[Finding]:
        """What in it cannot be true together."""
        if (self.delay is None) == (self.delay_s is None):
            yield "delay", "needs either delay (the register) or delay_s (a fixed time), and not both"


class ControlStates(_Table):
    """The control state while this holds the relay open: 0 disconnected, 2 ready for reconnection."""

    credit: Open | None = None
    overload: Open | None = None
    lock_out: Open | None = None
    command: Open | None = None

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
        yield from ((f"control_state.{key}", text) for key, text in self.control_state.findings())
