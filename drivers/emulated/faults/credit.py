"""Faults of cut-off: when the wallet finds that credit is gone, and what brings it back."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, fails
from drivers.emulated.meter.relay import Relay
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


FAULTS = (
    Fault(
        "C1",
        "never cuts at zero",
        "wallet",
        "the relay stays closed far below zero",
        (NeverCuts,),
        ends_in=fails("EXH-1", "credit at the cut"),
    ),
    Fault(
        "C2",
        "cuts 60 s late",
        "wallet",
        "the cut comes after the window, with the balance below zero",
        (CutsLate,),
        ends_in=fails("EXH-1", "credit at the cut"),
    ),
    Fault(
        "C3",
        "cuts early, at +0.50",
        "wallet",
        "the cut comes with half a rupee left",
        (CutsEarly,),
        ends_in=fails("EXH-3", "stays closed with a paisa"),
    ),
    Fault(
        "C11",
        "cuts below zero only",
        "wallet",
        "with nothing left the relay stays closed",
        (CutsBelowZeroOnly,),
        ends_in=fails("EXH-3", "opens at zero"),
    ),
    Fault(
        "C12",
        "no cut above the load limit",
        "wallet",
        "an overload keeps the relay closed when credit is gone",
        (NoCutAboveTheLimit,),
        ends_in=fails("EXH-7", "credit at the cut"),
    ),
    Fault(
        "P22",
        "any recharge closes",
        "wallet",
        "the relay closes although the balance is still below zero",
        (ClosesAfterAnyRecharge,),
        ends_in=fails("EXH-4", "stays open without credit"),
    ),
    Fault(
        "P23",
        "negative balance forgiven",
        "wallet",
        "after a recharge the balance is higher than what was paid",
        (NegativeForgiven,),
        ends_in=fails("EXH-4", "balance below zero"),
    ),
    Fault(
        "C14",
        "a remote reconnect closes without credit",
        "relay",
        "the relay closes on a command with nothing left",
        (ReconnectClearsAll,),
        ends_in=fails("EXH-6", "stays open after a remote reconnect"),
    ),
)
