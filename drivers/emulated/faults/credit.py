"""Faults of consumption and cut-off: what the wallet takes off, and when it finds that credit is gone."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, Setting
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.wallet import Wallet
from rig.clock import MINUTE, SECOND

PULSES = 2**32 - 1


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


class CounterRollsOver(Wallet):
    """The wallet's counter of pulses has 32 bits, and its rollover is taken for energy that was given back."""

    def take(self, quanta: int) -> None:
        account = self.store.account
        if (quanta & PULSES) < (account.booked_quanta & PULSES):
            account.booked_quanta += PULSES + 1
        super().take(quanta)


class CutsBelowZeroOnly(Wallet):
    """Credit is found gone below zero only, not at zero."""

    @property
    def gone_at(self) -> int:
        return -1


class NoCutAboveTheLimit(Wallet):
    """While the load is above its limit the wallet leaves the relay to the limiter."""

    def cut(self, now: int) -> None:
        if self.metering.watts <= self.store.setup["load_limit"]:
            super().cut(now)


class ClosesAfterAnyRecharge(Wallet):
    """A recharge closes the relay, whatever the balance is then."""

    _paid = False

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        super().credit(amount, recharge_id, now)
        self._paid = True

    def may_reclose(self) -> bool:
        return super().may_reclose() or self._paid

    def cut(self, now: int) -> None:
        self._paid = False
        super().cut(now)


class NegativeForgiven(Wallet):
    """A recharge begins at zero when the balance was below."""

    def credit(self, amount: int, recharge_id: int, now: int) -> None:
        self.store.account.balance = max(self.store.account.balance, 0)
        super().credit(amount, recharge_id, now)


class ReconnectClearsAll(Relay):
    """A remote reconnect closes the relay, whatever else holds it open."""

    def command(self, closed: bool, now: int) -> None:
        if closed:
            self.store.holds = 0
        super().command(closed, now)


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


FAULTS = (
    Fault("C1", "never cuts at zero", "wallet", "the relay stays closed far below zero", (NeverCuts,)),
    Fault("C2", "cuts 60 s late", "wallet", "the cut comes after the window, with the balance below zero", (CutsLate,)),
    Fault("C3", "cuts early, at +0.50", "wallet", "the cut comes with half a rupee left", (CutsEarly,)),
    Fault("C7", "balance frozen", "wallet", "the balance does not move while energy is consumed", (BalanceFrozen,)),
    Fault(
        "C8", "debits without load", "wallet", "the balance falls with the relay open or no load", (ChargesForNothing,)
    ),
    Fault(
        "C9", "balance rises with consumption", "wallet", "the balance rises while energy is consumed", (BalanceRises,)
    ),
    Fault("L1", "truncation drift", "wallet", "the balance falls by less than price times energy", (PulseTruncated,)),
    Fault(
        "L9",
        "rollover taken for consumption",
        "wallet",
        "the balance leaps when a counter begins anew",
        (CounterRollsOver,),
        needs=Setting(meter={"opening_quanta": 2**32 - 977}),
    ),
    Fault("C11", "cuts below zero only", "wallet", "with nothing left the relay stays closed", (CutsBelowZeroOnly,)),
    Fault(
        "C12",
        "no cut above the load limit",
        "wallet",
        "an overload keeps the relay closed when credit is gone",
        (NoCutAboveTheLimit,),
    ),
    Fault(
        "P22",
        "any recharge closes",
        "wallet",
        "the relay closes although the balance is still below zero",
        (ClosesAfterAnyRecharge,),
    ),
    Fault(
        "P23",
        "negative balance forgiven",
        "wallet",
        "after a recharge the balance is higher than what was paid",
        (NegativeForgiven,),
    ),
    Fault(
        "C14",
        "a remote reconnect closes without credit",
        "relay",
        "the relay closes on a command with nothing left",
        (ReconnectClearsAll,),
    ),
)
