"""Faults of consumption and cut-off: what the wallet takes off, and when it finds that credit is gone."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault
from drivers.emulated.meter.metering import Metering
from drivers.emulated.meter.wallet import Wallet
from rig.clock import SECOND


class NeverCuts(Wallet):
    """Credit is never found gone."""

    @property
    def gone_at(self) -> int:
        return -(10**9) * self.settings.units_per_paisa


class CutsLate(Wallet):
    """The cut comes 60 s after the tick at which credit was found gone."""

    _since: int | None = None

    def cut(self, now: int) -> None:
        if self._since is None:
            self._since = now
        if now - self._since >= 60 * SECOND:
            self._since = None
            super().cut(now)

    def raised(self) -> None:
        self._since = None
        super().raised()


class CutsEarly(Wallet):
    """The cut comes with half a rupee left."""

    @property
    def gone_at(self) -> int:
        return 50 * self.settings.units_per_paisa


class BalanceFrozen(Wallet):
    """Consumption does not reach the balance."""

    @property
    def quantum_cost(self) -> int:
        return 0


class BalanceRises(Wallet):
    """Consumption is added."""

    @property
    def quantum_cost(self) -> int:
        return -super().quantum_cost


class PulseTruncated(Wallet):
    """The cost of each pulse is cut to a tenth of a paisa before it is taken off."""

    @property
    def quantum_cost(self) -> int:
        tenth = max(1, self.settings.units_per_paisa // 10)
        return super().quantum_cost // tenth * tenth


class Creeps(Metering):
    """60 W are counted when nothing flows."""

    def seen(self, watts: int) -> int:
        return super().seen(watts) or 60


FAULTS = (
    Fault("C1", "never cuts at zero", "wallet", "the relay stays closed far below zero", (NeverCuts,)),
    Fault("C2", "cuts 60 s late", "wallet", "the cut comes after the window, with the balance below zero", (CutsLate,)),
    Fault("C3", "cuts early, at +0.50", "wallet", "the cut comes with half a rupee left", (CutsEarly,)),
    Fault("C7", "balance frozen", "wallet", "the balance does not move while energy is consumed", (BalanceFrozen,)),
    Fault("C8", "debits without load", "metering", "the balance falls with the relay open or no load", (Creeps,)),
    Fault(
        "C9", "balance rises with consumption", "wallet", "the balance rises while energy is consumed", (BalanceRises,)
    ),
    Fault("L1", "truncation drift", "wallet", "the balance falls by less than price times energy", (PulseTruncated,)),
)
