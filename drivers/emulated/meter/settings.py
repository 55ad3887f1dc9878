"""What an emulated meter is made with: plain numbers, filled from the promises of its map and a price table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, Self

from drivers.emulated.meter.money_table import NOTHING_ELSE, MoneyTable
from drivers.emulated.meter.promised import as_charged, as_promised
from drivers.emulated.meter.sharing import SIMPLE
from rig.clock import HOUR, MILLISECOND, SECOND
from rig.errors import ConfigError

MOST_NOTICES = 4
FAMILIES = ("definite_time", "demand_average", "block_average", "inverse")


@dataclass(frozen=True, slots=True)
class MeterSettings:
    """Durations ending in `_ns` are ns; other durations s; money is whole paise; the load limit W.

    The price is `price_paise / price_divisor` paise per kWh. `starting_ma`: less than that (mA) is not measured.
    `reverse_adds`: energy backwards counts as import. `low_power_factor` is in thousandths. `commit_ns`: so long after a
    recharge the account reaches the store. `password` 0 means that nothing is guarded. `error_ppm`: how far what it measures
    lies beside the truth. `grid_ns`: so long before power-up the window and the tick began in which it starts. `turnaround_ns`:
    its answers take anything up to this.
    """

    serial: str = "EMU0000000000001"
    firmware: str = "1.0.0"

    imp_per_kwh: int = 3200
    window_ns: int = SECOND
    tick_ns: int = SECOND
    refresh_ns: int = 100 * MILLISECOND
    contact_ns: int = 20 * MILLISECOND
    command_ns: int = 50 * MILLISECOND
    recharge_ns: int = 120 * MILLISECOND
    reclose_ns: int = 500 * MILLISECOND
    power_up_ns: int = 1200 * MILLISECOND
    drift_ppb: int = 0
    error_ppm: int = 0
    grid_ns: int = 0
    turnaround_ns: int = 0

    price_paise: int = 650
    price_divisor: int = 1
    prices: tuple[tuple[int, ...], ...] = ()
    """By time of use and slab, in parts of the same divisor; empty where one price is all."""
    money: MoneyTable = NOTHING_ELSE
    arrears_mode: str = "first"
    opening_balance: int = 52_345
    opening_arrears: int = 0
    opening_quanta: int = 0
    """Counts of the energy register before the first one."""
    smallest_recharge: int = 100
    largest_recharge: int = 5_000_000
    remembered_ids: int = 200
    payment_mode: str = "prepaid"
    alarm_1: int = 10_000
    alarm_2: int = 2_000

    overload_enabled: bool = True
    overload_family: str = "definite_time"
    overload_curve: tuple[tuple[Fraction, int], ...] = ()
    """For the inverse family: (times the limit, seconds that it may last)."""
    average_s: int = 0
    """For an average: its length; the settable duration counts in the other families."""
    fixed_delay_ns: int = 0
    """Definite time without a register: so long the load may be above; 0: as `over_threshold_duration` is set."""
    most_ma: int = 0
    """Over-current begins above this; 0: it is not watched."""
    over_current_s: int = 5
    trips_at_limit: bool = False
    load_limit: int = 3000
    over_threshold_duration: int = 10
    under_threshold_duration: int = 10
    reclose_attempts: int = 3
    reclose_interval: int = 30
    lock_out_duration: int = 1800
    cleared_after_ns: int = HOUR

    control_mode: int = 7
    control_credit: int = 2
    control_overload: int = 2
    control_lock_out: int = 0
    control_command: int = 0
    control_tamper: int = 2

    phase_shares: tuple[int, ...] = (100,)
    """Part of the load (%) on each phase; three of them make a meter of three phases."""
    starting_ma: int = 0
    measures_neutral: bool = True
    reverse_adds: bool = False
    over_voltage_mv: int = 276_000
    low_voltage_mv: int = 160_000
    low_power_factor: int = 300
    watch_persistence_ns: int = 5 * SECOND
    tamper_opens: bool = False
    log_entries: int = 32
    last_sequence: int = 0xFFFF
    """The highest number of an event; a power of two less one."""
    event_codes: tuple[tuple[int, int], ...] | None = None
    """(the firmware's own code, the code it is logged under); events that are not named are not logged. None: its own."""
    log_stops_when_full: bool = False
    commit_ns: int = 0

    button: bool = True
    """Whether there is one on the front."""
    numbered_recharges: bool = True
    """Whether a recharge bears an id, by which a second one with it is known."""

    password: int = 0
    password_lasts_ns: int = 60 * SECOND
    guarded: tuple[str, ...] = ("balance", "arrears", "load_limit", "clock")

    @property
    def quantum(self) -> int:
        """One count of the energy register in W·ns; exact when `imp_per_kwh` divides 3.6e15."""
        return 3_600_000 * SECOND // self.imp_per_kwh

    @property
    def units_per_paisa(self) -> int:
        """Parts of a paisa in which the wallet counts, so that the cost of one quantum is a whole number of them."""
        return self.imp_per_kwh * self.price_divisor

    @classmethod
    def from_promises(cls, promises: Mapping[str, Any], money: Mapping[str, Any], **overrides: Any) -> Self:
        """A meter that keeps `promises` (a map's table), charges by `money`, and differs where `overrides` say so.

        `money`: `price_paise_per_kwh` (whole, or exact as text), the keys of `MoneyTable`, and any field of this class.
        Delays of the firmware lie well inside what is promised. Raises ConfigError with every unknown or impossible entry.
        """
        found: dict[str, Any] = {**as_promised(promises), **as_charged({**money, **overrides})}
        known = {f.name: f.default for f in fields(cls)}
        problems = [f"meter.{name}: unknown setting of the emulated meter" for name in found if name not in known]
        for name in found.keys() & known.keys():
            if isinstance(found[name], list):
                found[name] = tuple(found[name])
            if isinstance(known[name], bool) and found[name] in (0, 1):
                found[name] = bool(found[name])
            if known[name] is not None and type(found[name]) is not type(known[name]):
                problems.append(f"meter.{name}: {found[name]!r} is not of type {type(known[name]).__name__}")
        if problems:
            raise ConfigError(sorted(problems))
        made = cls(**found)
        if problems := made.problems():
            raise ConfigError(problems)
        return made

    def problems(self) -> list[str]:
        """What no meter could be made of, in words."""
        found = [
            f"meter.{name}: must be above zero"
            for name in (
                "imp_per_kwh",
                "window_ns",
                "tick_ns",
                "refresh_ns",
                "price_divisor",
                "remembered_ids",
                "load_limit",
                "log_entries",
            )
            if getattr(self, name) <= 0
        ]
        found += [
            f"meter.{f.name}: must not be negative"
            for f in fields(self)
            if f.name.endswith("_ns") and getattr(self, f.name) < 0
        ]
        if self.imp_per_kwh > 0 and 3_600_000 * SECOND % self.imp_per_kwh:
            found.append(f"meter.imp_per_kwh: {self.imp_per_kwh} pulses do not divide a kWh exactly")
        if self.arrears_mode not in SIMPLE:
            found.append(f"meter.arrears_mode: {self.arrears_mode!r} is none of {', '.join(SIMPLE)}")
        if self.payment_mode not in ("prepaid", "postpaid"):
            found.append(f"meter.payment_mode: {self.payment_mode!r} is neither prepaid nor postpaid")
        if self.overload_family not in FAMILIES:
            found.append(f"meter.overload_family: {self.overload_family!r} is none of {', '.join(FAMILIES)}")
        if (self.overload_family == "inverse") != bool(self.overload_curve):
            found.append("meter.overload_curve: belongs to the family inverse, and to no other")
        if self.overload_family.endswith("average") != bool(self.average_s):
            found.append("meter.average_s: belongs to the families that average, and to no other")
        if len(self.phase_shares) not in (1, 3) or sum(self.phase_shares) != 100 or min(self.phase_shares) < 0:
            found.append(f"meter.phase_shares: {self.phase_shares} are no parts of 100 % on one phase or three")
        if self.control_mode not in range(8):
            found.append(f"meter.control_mode: {self.control_mode} is no control mode; there are 0 to 7")
        if len(self.money.notices_percent) > MOST_NOTICES:
            found.append(f"meter.notices_percent: the meter has {MOST_NOTICES} notices at most")
        return found

    def with_(self, **changes: Any) -> Self:
        """A copy that differs in some fields."""
        return replace(self, **changes)
