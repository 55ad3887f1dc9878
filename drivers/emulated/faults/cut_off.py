"""Faults of what a power failure cuts off: settings, commands, and a recharge between its writes."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, fails
from drivers.emulated.meter.mailbox import IDLE, Mailbox
from drivers.emulated.meter.registers import Registers
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.store import COMMAND
from rig.clock import SECOND
from rig.contracts import Value

TORN_FOR = 2 * SECOND
LOW_BYTE = 0xFF


class SettingTorn(Registers):
    """A power failure within two seconds of a write leaves the low byte of the new setting on the rest of the old one."""

    _old: dict[str, tuple[int, int]] | None = None

    def write(self, item: str, to: Value, now: int) -> None:
        before = self.store.setup.get(item)
        super().write(item, to, now)
        if before is not None and before != self.store.setup[item]:
            self._old = {**(self._old or {}), item: (before, now)}

    def power_fails(self) -> None:
        super().power_fails()
        last = max((at for _, at in (self._old or {}).values()), default=0)
        for item, (before, at) in (self._old or {}).items():
            if at > last - TORN_FOR:
                self.store.setup[item] = before & ~LOW_BYTE | self.store.setup[item] & LOW_BYTE
        self._old = None


class CreditedUncommitted(Mailbox):
    """What lies in the mailbox when the power fails is put onto the balance, though nobody has committed it."""

    def power_fails(self) -> None:
        if self.result == IDLE:
            self.store.account.balance += self.amount * self.settings.units_per_paisa
        super().power_fails()


class CommandHalfTaken(Relay):
    """A command that a power failure cuts off before the contact has moved is shown as done, and never is."""

    def power_fails(self) -> None:
        cut_off = self._follow_at < self._arrive_at and bool(self.store.holds & COMMAND) == self.position
        super().power_fails()
        self._half = cut_off

    _half = False

    def boots(self, now: int) -> None:
        if self._half:
            self.refresh()
        else:
            super().boots(now)

    def shown_position(self) -> bool:
        return not self.position if self._half else super().shown_position()


FAULTS = (
    Fault(
        "L8",
        "a setting is torn at a power failure",
        "registers",
        "after a power failure a setting is neither old nor new",
        (SettingTorn,),
        ends_in=fails("OVL-16", "settings that have changed"),
    ),
    Fault(
        "P24",
        "credited without a commit at a power failure",
        "mailbox",
        "a recharge that was never committed is on the balance",
        (CreditedUncommitted,),
        ends_in=fails("RCH-12", "credited without a commit"),
    ),
    Fault(
        "R16",
        "a command that is cut off is shown as done",
        "relay",
        "output_state contradicts the load side after a power failure",
        (CommandHalfTaken,),
        ends_in=fails("PWR-4", "register views after the failure"),
    ),
)
