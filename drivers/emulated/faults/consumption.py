"""Faults of consumption: what energy takes off the balance."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, fails
from drivers.emulated.meter.wallet import Wallet
from rig.clock import MINUTE

PULSES = 2**8


class BalanceFrozen(Wallet):
    """Consumption does not reach the balance."""

    @property
    def quantum_cost(self) -> int:
        return 0


class ChargesForNothing(Wallet):
    """Every full minute without load costs two paise."""

    _idle = 0
    _seen: int | None = None

    def book(self, now: int) -> None:
        super().book(now)
        if self._seen is not None and not self.metering.watts:
            minutes = self._idle // MINUTE
            self._idle += now - self._seen
            self.store.account.balance -= 2 * (self._idle // MINUTE - minutes) * self.settings.units_per_paisa
        self._seen = now

    def power_fails(self) -> None:
        super().power_fails()
        self._seen = None


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


class CounterRollsOver(Wallet):
    """The wallet reads its pulses off a counter of eight bits, and takes its rollover for energy that was given back."""

    def take(self, quanta: int) -> None:
        account = self.store.account
        account.booked_quanta += (quanta // PULSES - account.booked_quanta // PULSES) * PULSES
        super().take(quanta)


FAULTS = (
    Fault(
        "C7",
        "balance frozen",
        "wallet",
        "the balance does not move while energy is consumed",
        (BalanceFrozen,),
        ends_in=fails("EXH-1", "balance on the way"),
    ),
    Fault(
        "C8",
        "debits without load",
        "wallet",
        "the balance falls with the relay open or no load",
        (ChargesForNothing,),
        ends_in=fails("IDL-1", "charged"),
    ),
    Fault(
        "C9",
        "balance rises with consumption",
        "wallet",
        "the balance rises while energy is consumed",
        (BalanceRises,),
        ends_in=fails("EXH-1", "balance on the way"),
    ),
    Fault(
        "L1",
        "truncation drift",
        "wallet",
        "the balance falls by less than price times energy",
        (PulseTruncated,),
        ends_in=fails("CHG-6", "debited beside the tariff"),
    ),
    Fault(
        "L9",
        "rollover taken for consumption",
        "wallet",
        "the balance leaps up when a counter begins anew",
        (CounterRollsOver,),
        ends_in=fails("MET-1", "balance afterwards"),
    ),
)
