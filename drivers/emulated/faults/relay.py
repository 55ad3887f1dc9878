"""Faults of the relay's firmware: what it claims, and what it does with orders."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, fails
from drivers.emulated.meter.relay import CAUSES, Relay
from drivers.emulated.meter.wallet import Wallet


class OutputStateLags(Relay):
    """`output_state` shows where the relay was before its last operation."""

    def shown_position(self) -> bool:
        return self.before


class ReadyShownAsConnected(Relay):
    """`control_state` 2 is shown as 1."""

    def shown_control(self) -> int:
        state = super().shown_control()
        return 1 if state == 2 else state


class StatusBitBeside(Relay):
    """In the status word of the causes it is the next bit that is set."""

    def shown_cause(self) -> int:
        cause = super().shown_cause()
        return (cause << 1) & CAUSES or (cause and 1)


class CommandsIgnored(Relay):
    """A remote command is acknowledged, and that is all."""

    def command(self, _closed: bool, _now: int) -> None:
        return None


class HoldsForgotten(Relay):
    """The store does not keep why the relay is open, so that it closes at the next start."""

    def power_fails(self) -> None:
        super().power_fails()
        self.store.holds = 0


class BrokeAtStart(Wallet):
    """Credit that was gone at the start is not looked at again before it comes back."""

    _broke = False

    def boots(self, now: int) -> None:
        super().boots(now)
        self._broke = self.store.account.balance <= self.gone_at

    def raised(self) -> None:
        super().raised()
        self._broke = False

    def cut(self, now: int) -> None:
        if not self._broke:
            super().cut(now)


FAULTS = (
    Fault(
        "R5",
        "output_state is stale",
        "relay",
        "output_state contradicts the load side after an operation",
        (OutputStateLags,),
        ends_in=fails("OVL-5", "register views in lock-out"),
    ),
    Fault(
        "R6",
        "control_state says connected while ready",
        "relay",
        "control_state 1 while the contact is open",
        (ReadyShownAsConnected,),
        ends_in=fails("OVL-1", "register views after the trip"),
    ),
    Fault(
        "E5",
        "status bit off by one",
        "relay",
        "the status word names another cause",
        (StatusBitBeside,),
        ends_in=fails("OVL-1", "disconnect cause"),
    ),
    Fault(
        "R7",
        "command acknowledged, not executed",
        "relay",
        "no edge follows a remote command",
        (CommandsIgnored,),
        ends_in=fails("REL-1", "time to open"),
    ),
    Fault(
        "R12",
        "relay state lost at power failure",
        "store",
        "the relay closes at power-up with no credit",
        (HoldsForgotten, BrokeAtStart),
        ends_in=fails("EXH-6", "stays open over a power failure"),
    ),
)
