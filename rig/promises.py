"""What the maker promises of a meter, read from its map's `[promises]` table, and the windows that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from rig.clock import MILLISECOND, Span, seconds
from rig.config import Strict
from rig.contracts import Capability, ControlState
from rig.errors import ConfigError
from rig.interval import Interval
from rig.opener import problems
from rig.policy import Policy

SLACK = 100 * MILLISECOND
"""What a firmware loop may take beside everything that is promised by name (protocols.md 5.3)."""


def _ns(given: object) -> object:
    return seconds(given) if isinstance(given, str) else given


def _exact(given: object) -> object:
    if isinstance(given, str):
        try:
            return Fraction(given)
        except (ValueError, ZeroDivisionError):
            raise ValueError("is not a decimal number") from None
    return given


Duration = Annotated[int, BeforeValidator(_ns), Field(ge=0)]
"""Decimal seconds as text in the file, ns in here."""
Exact = Annotated[Fraction, BeforeValidator(_exact), Field(ge=0)]
Control = Annotated[int, Field(ge=0, le=2)]


class OverloadPromise(Strict):
    """The limiter's family and its edges. `tolerance_percent` is how well the threshold itself is kept."""

    family: Literal["definite_time"]
    compares: Literal[">", ">="] = ">"
    delay: str = "over_threshold_duration"
    cleared_after_s: Duration | None = None
    tolerance_percent: Exact | None = None


class ControlPromise(Strict):
    """The control state (0, 1, 2) that each cause of disconnection leads to."""

    credit: Control
    overload: Control
    lock_out: Control
    command: Control


class PowerFailPromise(Strict):
    """What a power failure leaves."""

    keeps_relay: bool
    keeps_money: bool
    keeps_clock: bool
    energy_loss_wh: Exact


class Promises(Strict):
    """Durations in ns, percentages and Wh as fractions, money in paise. What a map does not promise is None."""

    metering_window_s: Duration | None = None
    energy_quantum_wh: Exact | None = None
    ledger_tick_s: Duration | None = None
    status_refresh_s: Duration = 0
    contact_s: Duration | None = None
    command_s: Duration | None = None
    recharge_s: Duration | None = None
    reclose_after_recharge_s: Duration | None = None
    power_up_s: Duration | None = None
    turnaround_s: Duration | None = None
    clock_s_per_day: Exact | None = None
    accuracy_percent: Exact | None = None
    balance_step_paise: int = Field(default=1, ge=1)
    smallest_recharge_paise: int = Field(default=1, ge=1)
    largest_recharge_paise: int = Field(default=2**31 - 2, ge=1)
    overload: OverloadPromise | None = None
    control_state: ControlPromise | None = None
    power_fail: PowerFailPromise | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.smallest_recharge_paise > self.largest_recharge_paise:
            raise ValueError("smallest_recharge_paise is above largest_recharge_paise")
        return self

    @classmethod
    def read(cls, table: Mapping[str, object], map_name: str) -> Promises:
        """Check a map's table. ConfigError names every problem."""
        try:
            return cls.model_validate(dict(table))
        except ValidationError as error:
            raise ConfigError(problems(error, f"map {map_name}: promises")) from None

    def missing_for(self, needs: Iterable[Capability]) -> list[str]:
        """Promises that a scenario with these needs derives its limits from, and that the map does not make."""
        wanted = [name for need in sorted(needs) for name in _NEEDED.get(need, ())]
        return [name for name in dict.fromkeys(wanted) if getattr(self, name) is None]

    # single figures

    @property
    def status_refresh(self) -> int:
        """How long registers may lag behind the relay (ns)."""
        return self.status_refresh_s

    @property
    def power_up(self) -> int:
        """From mains back to answering (ns)."""
        return self.power_up_s or 0

    @property
    def recharge_time(self) -> int:
        """From commit to credited (ns), with the loop's slack."""
        return (self.recharge_s or 0) + SLACK

    @property
    def balance_step(self) -> int:
        """One step of the balance register (paise)."""
        return self.balance_step_paise

    @property
    def smallest_recharge(self) -> int:
        """The smallest amount that must be taken (paise)."""
        return self.smallest_recharge_paise

    @property
    def largest_recharge(self) -> int:
        """The largest amount that must be taken (paise)."""
        return self.largest_recharge_paise

    @property
    def clock_seconds_per_day(self) -> Fraction:
        """How far the clock may drift (s a day)."""
        return self.clock_s_per_day or Fraction(0)

    @property
    def overload_tolerance(self) -> Fraction:
        """How well the load limit is kept, relative: promised, else the metering accuracy."""
        promised = self.overload.tolerance_percent if self.overload else None
        percent = promised if promised is not None else (self.accuracy_percent or Fraction(0))
        return percent / 100

    @property
    def energy_uncertainty(self) -> Fraction:
        """The meter's accuracy, relative."""
        return (self.accuracy_percent or Fraction(0)) / 100

    @property
    def attempts_cleared_after(self) -> int:
        """How long without overload clears the attempts done (ns)."""
        promised = self.overload.cleared_after_s if self.overload else None
        return 2**62 if promised is None else promised

    @property
    def settles_within(self) -> int:
        """When the registers have followed the relay (ns)."""
        return self.status_refresh + (self.contact_s or 0) + SLACK // 2

    @property
    def balance_lag(self) -> int:
        """How old the balance register's view of consumption may be (ns): tick, refresh, slack."""
        return (self.ledger_tick_s or 0) + self.status_refresh + SLACK

    def control_state_after(self, cause: str) -> ControlState:
        """The control state promised after "credit", "overload", "lock_out" or "command"."""
        if self.control_state is None:
            return ControlState.DISCONNECTED
        return ControlState(getattr(self.control_state, cause))

    # money

    def quantum_cost(self, policy: Policy) -> Fraction:
        """What one quantum of energy costs (paise)."""
        return (self.energy_quantum_wh or Fraction(0)) * policy.paise_per_wh

    def opening_balance(self, shown: int, policy: Policy) -> Interval:
        """What an account that shows `shown` (paise) may be: up to a quantum is not charged yet, up to a step not shown."""
        return Interval(shown - self.quantum_cost(policy), Fraction(shown + self.balance_step))

    def metered(self, energy_wh: Interval) -> Interval:
        """What a meter within its accuracy may make of an energy (Wh)."""
        return Interval(energy_wh.lo * (1 - self.energy_uncertainty), energy_wh.hi * (1 + self.energy_uncertainty))

    def money_width(self, policy: Policy) -> Fraction:
        """The widest difference (paise) that still tells something: four times step and quanta, and a rupee's tenth."""
        return 4 * (self.balance_step + 2 * self.quantum_cost(policy)) + 10

    # windows, each as durations since its cause

    @property
    def _contact(self) -> int:
        return self.contact_s or 0

    def trip_window(self, delay_s: int) -> Span:
        """Step above the limit to open contact: the delay, one window early (a partly filled window counts by its mean),
        two windows late, the contact, and the loop's slack (protocols.md 5.3)."""
        delay, window = seconds(delay_s), self.metering_window_s or 0
        return Span(max(delay - window, 0), delay + 2 * window + self._contact + SLACK)

    @property
    def trip_tail(self) -> int:
        """How long after a load went back its trip may still come (ns): the window's end, the contact, slack."""
        return (self.metering_window_s or 0) + self._contact + SLACK

    @property
    def cut_allowance(self) -> Span:
        """Credit gone to open contact: a ledger tick, a metering window, the contact, slack (protocols.md 5.3)."""
        return Span(0, (self.ledger_tick_s or 0) + (self.metering_window_s or 0) + self._contact + SLACK)

    @property
    def command_window(self) -> Span:
        """Remote command taken to moved contact: the promise and the contact."""
        return Span(0, (self.command_s or 0) + self._contact)

    @property
    def reclose_after_recharge(self) -> Span:
        """Commit of a recharge to closed contact: credited, then driven, then the contact, slack."""
        return Span(0, (self.recharge_s or 0) + (self.reclose_after_recharge_s or 0) + self._contact + SLACK)

    def reclose_interval_window(self, interval_s: int) -> Span:
        """Overload trip to the next attempt: the interval, a loop early, a window late, the contact twice."""
        return self._after(seconds(interval_s))

    def lock_out_window(self, lock_out_s: int) -> Span:
        """Trip that locked out to its release: the same sum on the lock-out's duration."""
        return self._after(seconds(lock_out_s))

    def _after(self, duration: int) -> Span:
        late = (self.metering_window_s or 0) + 2 * self._contact + SLACK
        return Span(max(duration - self._contact - SLACK, 0), duration + late)


_NEEDED: Mapping[Capability, tuple[str, ...]] = {
    Capability.RECHARGE: ("recharge_s",),
    Capability.CREDIT_CUT: (
        "ledger_tick_s",
        "energy_quantum_wh",
        "contact_s",
        "reclose_after_recharge_s",
        "accuracy_percent",
    ),
    Capability.OVERLOAD: ("overload", "metering_window_s", "contact_s"),
    Capability.AUTO_RECLOSE: ("overload", "contact_s"),
    Capability.REMOTE_RELAY: ("command_s", "contact_s"),
}

Derived = Callable[[Promises], Span]
