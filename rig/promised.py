"""What a meter's maker promises, number by number, as the map states it.

A promise that the map does not make raises ConfigError when it is asked for: ask `missing_for` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Self

from pydantic import ValidationError

from rig.clock import FOREVER
from rig.contracts import Capability, ControlState
from rig.errors import ConfigError
from rig.interval import Interval
from rig.opener import problems
from rig.promise_table import PromiseTable

ALWAYS = (
    "metering_window_s", "ledger_tick_s", "status_refresh_s", "contact_s", "power_up_s", "energy_quantum_wh",
    "accuracy_percent", "balance_step_paise",
)  # fmt: skip
"""What no scenario can do without."""

NEEDED: Mapping[Capability, tuple[str, ...]] = {
    Capability.RECHARGE: ("recharge_s", "smallest_recharge_paise", "largest_recharge_paise"),
    Capability.CREDIT_CUT: ("reclose_after_recharge_s", "recharge_s", "control_state.credit"),
    Capability.OVERLOAD: ("overload", "control_state.overload"),
    Capability.AUTO_RECLOSE: ("overload", "control_state.lock_out"),
    Capability.REMOTE_RELAY: ("command_s", "control_state.command"),
    Capability.CLOCK: ("clock_s_per_day",),
    Capability.TAMPER: ("tamper",),
}
"""What a capability is judged by."""


WHOLE = Interval.of(1)


@dataclass(frozen=True, slots=True)
class Promised:
    """The promises of one map; `where` names it in messages. Durations are ns, money is paise."""

    where: str
    table: PromiseTable
    heaviest_phase: Interval = WHOLE
    """The part of the load's current in the phase that carries most: over-current is promised for each phase."""
    _asked: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was asked for before."""

    @classmethod
    def read(cls, table: Mapping[str, object], where: str) -> Self:
        """Read a map's `[promises]` table. ConfigError names every unknown key, wrong value and contradiction."""
        here = f"{where}: promises"
        try:
            read = PromiseTable.model_validate(dict(table))
        except ValidationError as error:
            raise ConfigError([line.replace(f"{here}: ", f"{here}.", 1) for line in problems(error, here)]) from None
        if found := [f"{here}.{path}: {text}" for path, text in read.findings()]:
            raise ConfigError(found)
        return cls(where, read)

    def missing_for(self, needs: Iterable[Capability]) -> list[str]:
        """Promises that a scenario with these needs is judged by, and that the map does not make."""
        wanted = [*ALWAYS, *(path for need in sorted(needs) for path in NEEDED.get(need, ()))]
        return [path for path in dict.fromkeys(wanted) if self._stated(path) is None]

    def _stated(self, path: str) -> object:
        found: object = self.table
        for key in path.split("."):
            found = getattr(found, key)
        return found

    def _needed(self, path: str) -> int:
        found: Any = self._asked.get(path)
        if found is None:
            found = self._asked[path] = self._stated(path)
        if found is None:
            raise ConfigError(f"{self.where}: promises.{path}: is not promised, and this cannot be judged without it")
        number: int = found
        return number

    def _percent(self, path: str) -> Fraction:
        """A promised percentage as a part of one."""
        found: Fraction | None = self._asked.get(path + " / 100")
        if found is None:
            found = self._asked[path + " / 100"] = self._exact(path) / 100
        return found

    def _exact(self, path: str) -> Fraction:
        return Fraction(self._needed(path))

    # what is promised

    @property
    def metering_window(self) -> int:
        """Power is averaged over windows of this length (ns)."""
        return self._needed("metering_window_s")

    @property
    def ledger_tick(self) -> int:
        """Consumption reaches the balance, and credit is looked at, this often (ns)."""
        return self._needed("ledger_tick_s")

    @property
    def status_refresh(self) -> int:
        """Registers follow the relay within this (ns)."""
        return self._needed("status_refresh_s")

    @property
    def contact(self) -> int:
        """From the drive to the contact, at most (ns)."""
        return self._needed("contact_s")

    @property
    def recharge_time(self) -> int:
        """From the commit of a recharge to its credit, at most (ns)."""
        return self._needed("recharge_s")

    @property
    def power_up(self) -> int:
        """From mains back to answering, at most (ns)."""
        return self._needed("power_up_s")

    @property
    def energy_quantum(self) -> Fraction:
        """One count of the energy register (Wh)."""
        return self._exact("energy_quantum_wh")

    @property
    def energy_loss(self) -> Fraction:
        """Energy that a power failure may keep from being counted, at most (Wh)."""
        return self.table.power_fail.energy_loss_wh

    @property
    def energy_uncertainty(self) -> Fraction:
        """The part by which the meter may measure energy too high or too low: 1/100 for class 1."""
        return self._percent("accuracy_percent")

    @property
    def display_uncertainty(self) -> Fraction:
        """The part by which the registers of voltage, current and power may be wrong: as promised, else the meter's class."""
        promised = self.table.display_percent
        return self.energy_uncertainty if promised is None else promised / 100

    @property
    def overload_tolerance(self) -> Fraction:
        """The part by which the meter may miss its load limit: as promised, else its class."""
        promised = self.table.overload.tolerance_percent if self.table.overload else None
        return self.energy_uncertainty if promised is None else promised / 100

    @property
    def balance_step(self) -> int:
        """One step of the balance register (paise)."""
        return self._needed("balance_step_paise")

    @property
    def smallest_recharge(self) -> int:
        """The least that a recharge may be (paise)."""
        return self._needed("smallest_recharge_paise")

    @property
    def largest_recharge(self) -> int:
        """The most that a recharge may be (paise)."""
        return self._needed("largest_recharge_paise")

    @property
    def clock_seconds_per_day(self) -> Fraction:
        """How far the clock may run off in a day (s)."""
        return self._exact("clock_s_per_day")

    @property
    def attempts_cleared_after(self) -> int:
        """How long without overload until reclose attempts count from nought again (ns); FOREVER when never."""
        overload = self.table.overload
        return FOREVER if overload is None or overload.cleared_after_s is None else overload.cleared_after_s

    def control_state(self, held_by: str) -> ControlState:
        """The control state while "credit", "overload", "lock_out" or "command" holds the relay open."""
        return ControlState(self._needed(f"control_state.{held_by}"))
